"""Where the pictures of a label come from, as a gathered set keeps it to be refreshed later."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, fields

from poetcore.system.shapes import fits

__all__ = ["KINDS", "Origin"]

#: A file of URLs, a synset of ImageNet, a taxon of iNaturalist.
KINDS = ("urls", "wnid", "taxon")


@dataclass(frozen=True)
class Origin:
    """Where pictures come from. The address of a service is no part of it: it may hold an access key.

    Attributes:
        kind: one of `KINDS`.
        value: path of the file of URLs, WordNet id, or name of the taxon.
        count: how many pictures were asked for; None for all.
        size: of a taxon's pictures, one of `inaturalist.PHOTO_SIZES`.
        licences: of a taxon's pictures, as `inaturalist.parse_licences` reads them.
        every_photo: whether to take all photos of an observation.
        original: whether a synset's pictures come from its archive.
        bounding_boxes: whether a synset's pictures are cropped to their boxes.
    """

    kind: str
    value: str
    count: int | None = None
    size: str = "medium"
    licences: str = ""
    every_photo: bool = False
    original: bool = False
    bounding_boxes: bool = False

    def to_json(self) -> str:
        """Return all but kind and value as one line of JSON."""
        return json.dumps(
            {name: value for name, value in asdict(self).items() if name not in ("kind", "value")}
        )

    @classmethod
    def from_json(cls, kind: str, value: str, settings: str) -> "Origin":
        """Return the origin that was kept; a setting of another version is ignored.

        Raises:
            ValueError: the settings are none.
        """
        known = {one.name for one in fields(cls)} - {"kind", "value"}
        with suppress(ValueError, TypeError, AttributeError, RecursionError):
            given = {name: one for name, one in json.loads(settings).items() if name in known}
            if fits(asdict(found := cls(kind, value, **given)), cls):
                return found
        raise ValueError(f"{settings[:100]!r} are no settings of an origin")
