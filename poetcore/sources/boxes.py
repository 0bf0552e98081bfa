"""Bounding boxes: where in a picture its object is, as ImageNet's annotations have it, and cropping to it.

An annotation is an XML file in the form of PASCAL VOC: the `size` of the picture on which the boxes were
drawn, and an `object` with a `bndbox` (`xmin`, `ymin`, `xmax`, `ymax`, in pixels of that size) for each box.
The picture that is fetched may be larger, so boxes are kept as shares of both sides.
"""

import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from poetcore.data import images

__all__ = ["Box", "crop", "parse_annotation"]

#: Quality of a cropped JPEG: the picture is encoded a second time, and nobody should see it.
_QUALITY = 95

#: https://www.w3.org/TR/media-frags/#naming-space: how an address names a part of a picture.
_FRAGMENT = re.compile(r"xywh=percent:([\d.]+),([\d.]+),([\d.]+),([\d.]+)$")


@dataclass(frozen=True)
class Box:
    """A rectangle in a picture, in hundredths of its width and height, 0 at the top left.

    Attributes:
        left: from the left side to the box.
        top: from the upper side to the box.
        width: of the box.
        height: of the box.
    """

    left: float
    top: float
    width: float
    height: float

    @property
    def fragment(self) -> str:
        """How an address names this part of a picture, to stand behind its #."""
        return f"xywh=percent:{self.left:.2f},{self.top:.2f},{self.width:.2f},{self.height:.2f}"

    @classmethod
    def of(cls, url: str) -> "Box | None":
        """Return the box that an address names; None where it names none."""
        found = _FRAGMENT.search(url)
        try:
            return cls(*map(float, found.groups())) if found else None
        except ValueError:
            return None


def parse_annotation(content: bytes) -> tuple[str, Box] | None:
    """Parse the annotation of one picture.

    Args:
        content: an XML file.

    Returns:
        The name of the picture, without ending, and its largest box. One picture is one file of a dataset:
        two crops of it would show the same thing, on either side of a split. None where there is no box.
    """
    try:
        annotation = ElementTree.fromstring(content)
        name = (annotation.findtext("filename") or "").strip()
        boxes = list(_boxes(annotation))
    except (ElementTree.ParseError, ValueError):
        return None
    if not name or not boxes:
        return None
    return re.sub(r"\.(jpe?g|png)$", "", name, flags=re.IGNORECASE), max(
        boxes, key=lambda box: box.width * box.height
    )


def _boxes(annotation: ElementTree.Element) -> Iterator[Box]:
    width, height = (float(annotation.findtext(f"size/{side}") or 0) for side in ("width", "height"))
    for place in annotation.iterfind("object/bndbox"):
        x0, y0, x1, y1 = (float(place.findtext(side) or 0) for side in ("xmin", "ymin", "xmax", "ymax"))
        x0, x1 = (min(max(x, 0), width) for x in (x0, x1))
        y0, y1 = (min(max(y, 0), height) for y in (y0, y1))
        if x1 > x0 and y1 > y0 and math.isfinite(width + height):
            yield Box(100 * x0 / width, 100 * y0 / height, 100 * (x1 - x0) / width, 100 * (y1 - y0) / height)


def crop(content: bytes, box: Box) -> bytes:
    """Crop a picture to a box; returns a JPEG.

    Args:
        content: the whole file.
        box: what to keep.

    Raises:
        PictureError: it cannot be decoded.
    """
    picture = images.decode(content)
    across, down = picture.width / 100, picture.height / 100
    left, top = min(int(box.left * across), picture.width - 1), min(int(box.top * down), picture.height - 1)
    right, bottom = round((box.left + box.width) * across), round((box.top + box.height) * down)
    part = picture.crop(
        (left, top, min(max(right, left + 1), picture.width), min(max(bottom, top + 1), picture.height))
    )
    out = io.BytesIO()
    part.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()
