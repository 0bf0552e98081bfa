"""From origins to pictures: each origin is opened, and several of one label are taken from in turn."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.archives import (
    BOXES_ENDPOINT,
    ORIGINALS_ENDPOINT,
    original_pictures,
    synset_boxes,
)
from poetcore.sources.boxes import Box
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.imagenet import SYNSET_ENDPOINT, check_wnid, synset_urls
from poetcore.sources.inaturalist import INATURALIST, find_taxon, observations, parse_licences
from poetcore.sources.origin import Origin
from poetcore.sources.urls import Source, UrlEntry, UrlList, read_urls
from poetcore.system.wording import counted

__all__ = ["Endpoints", "in_turn", "open_sources", "pair_labels"]

#: Lines of a list that are no URLs and are shown.
_SHOWN = 10


@dataclass(frozen=True)
class Endpoints:
    """Addresses of the services; `{wnid}` in one stands for a WordNet id.

    Attributes:
        synsets: answers with the URLs of a synset.
        originals: the archive of a synset's pictures.
        boxes: the archive of a synset's annotations, or of all.
        taxa: iNaturalist's API, version 1.

    Raises:
        OptionError: one is no URL, or lacks `{wnid}`.
    """

    synsets: str = SYNSET_ENDPOINT
    originals: str = ORIGINALS_ENDPOINT
    boxes: str = BOXES_ENDPOINT
    taxa: str = INATURALIST

    def __post_init__(self) -> None:
        for address in (self.synsets, self.originals, self.boxes, self.taxa):
            if not re.match(r"https?://", address):
                raise OptionError(f"The endpoint is a URL. Received: {address!r}")
        for address in (self.synsets, self.originals):
            if "{wnid}" not in address:
                raise OptionError(f"The endpoint is a URL with {{wnid}} in it. Received: {address!r}")


def pair_labels(labels: Sequence[str], origins: Sequence[Origin]) -> list[tuple[str, Origin]]:
    """Give each origin its label: "" for the origin's own name.

    Args:
        labels: none, one for all origins, or one for each in the same order.
        origins: where pictures come from.

    Raises:
        OptionError: the numbers do not fit.
    """
    if len(labels) not in (0, 1, len(origins)):
        raise OptionError(
            f"{counted(len(labels), 'label')} cannot be shared out among {counted(len(origins), 'source')} of"
            " pictures: give one --label for each, in the same order, or one for all."
        )
    named = [*labels] * (len(origins) if len(labels) == 1 else 1) or [""] * len(origins)
    return list(zip(named, origins, strict=True))


@dataclass(frozen=True)
class _Opened:
    """An origin with its own name, its pictures, and how many those are; 0 where that is not known."""

    name: str
    entries: Iterable[UrlEntry]
    expected: int = 0


def open_sources(
    wanted: Sequence[tuple[str, Origin]],
    endpoints: Endpoints,
    options: FetchOptions,
    on_message: Callable[[str], object],
) -> list[Source]:
    """Open origins; those of one label become one source, which takes from each in turn.

    Args:
        wanted: (label, origin); the label "" stands for the origin's own name.
        endpoints: addresses of the services.
        options: the limits of the requests.
        on_message: called with a sentence for a person, such as on a line that is no URL.

    Raises:
        OptionError: an origin cannot be what it is said to be. A service that does not answer raises
            DownloadError when the first picture of it is taken.
    """
    for _, origin in wanted:
        if origin.kind == "wnid":
            check_wnid(origin.value)
    opened: dict[str, list[tuple[Origin, _Opened]]] = {}
    for label, origin in wanted:
        try:
            one = _open(origin, endpoints, options, on_message)
        except DownloadError as error:
            one = _Opened(origin.value, _failing(error))
        opened.setdefault(label or one.name, []).append((origin, one))
    return [
        Source(
            label,
            in_turn([one.entries for _, one in some]),
            sum(one.expected for _, one in some) if all(one.expected for _, one in some) else 0,
            tuple(origin for origin, _ in some),
        )
        for label, some in opened.items()
    ]


def _open(
    origin: Origin, endpoints: Endpoints, options: FetchOptions, on_message: Callable[[str], object]
) -> _Opened:
    if origin.kind == "taxon":
        taxon = find_taxon(origin.value, endpoints.taxa, options)
        on_message(f"Pictures of {taxon} from iNaturalist.")
        licences = parse_licences(origin.licences) if origin.licences else None
        entries = observations(
            taxon,
            licences=licences,
            size=origin.size,
            every_photo=origin.every_photo,
            endpoint=endpoints.taxa,
            options=options,
        )
        return _Opened(taxon.name, entries, origin.count or 0)
    if origin.kind == "urls":
        return _listed(os.fspath(origin.value), read_urls(Path(origin.value)), on_message)
    boxes = synset_boxes(origin.value, endpoints.boxes, options) if origin.bounding_boxes else {}
    if origin.original:
        return _Opened(origin.value, original_pictures(origin.value, endpoints.originals, options, boxes))
    listed = _listed(origin.value, synset_urls(origin.value, endpoints.synsets, options), on_message)
    boxed = [_in_box(entry, boxes.get(entry.name)) for entry in listed.entries]
    if boxes and not any(entry.box for entry in boxed):
        on_message(
            f"None of the {len(boxed)} URLs of {origin.value} names the picture that a box is for, so nothing"
            " is cropped; --original has both."
        )
    return replace(listed, entries=boxed)


def _in_box(entry: UrlEntry, box: Box | None) -> UrlEntry:
    return replace(entry, url=f"{entry.url}#{box.fragment}", box=box) if box else entry


def _listed(name: str, listed: UrlList, on_message: Callable[[str], object]) -> _Opened:
    """Return the pictures of a list; report its bad lines, which are skipped."""
    if not listed.entries:  # it may be another file, whose lines are not for a message
        raise OptionError(f"No URL in {name}: write one a line, http or https.")
    for number, text, reason in listed.bad_lines[:_SHOWN]:
        on_message(f"Skipped: line {number} of {name} {reason}: {text}")
    if len(listed.bad_lines) > _SHOWN:
        on_message(f"Skipped: {len(listed.bad_lines) - _SHOWN} more lines of {name}.")
    return _Opened(name, listed.entries, len(listed.entries))


def _failing(error: DownloadError) -> Iterator[UrlEntry]:
    raise error
    yield


def in_turn(sources: Sequence[Iterable[UrlEntry]]) -> Iterator[UrlEntry]:
    """Yield a picture of each source in turn until all have ended.

    Raises:
        DownloadError: at the end, where a source failed; the others went on.
    """
    left = list(map(iter, sources))
    problem: DownloadError | None = None
    while left:
        for one in list(left):
            try:
                entry = next(one)
            except StopIteration:
                left.remove(one)
            except DownloadError as error:
                problem = error
                left.remove(one)
            else:
                yield entry
    if problem:
        raise problem
