"""What a gathered set is refreshed from: the origins and URLs in its own log."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from poetcore.errors import OptionError
from poetcore.sources.boxes import Box
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.gather_log import KEPT, Entry, GatherLog, has_log
from poetcore.sources.opening import Endpoints, open_sources
from poetcore.sources.origin import Origin
from poetcore.sources.urls import Source, UrlEntry

__all__ = ["sources_of_log"]


def sources_of_log(
    dest: Path,
    labels: Sequence[str],
    count: int | None,
    endpoints: Endpoints,
    options: FetchOptions,
    on_message: Callable[[str], object],
) -> list[Source]:
    """Return where the pictures of a gathered set come from: what is in its log, then what is new.

    Of a label that was asked for so many pictures as many new ones are taken, unless `count` is given.

    Args:
        dest: the folder of label folders.
        labels: only these; none for all whose folder is still there.
        count: pictures to have of each label.
        endpoints: addresses of the services.
        options: the limits of the requests.
        on_message: called with a sentence for a person.

    Raises:
        OptionError: nothing was gathered into the folder, or not for one of the labels.
    """
    if not has_log(dest):
        raise OptionError(
            f"Nothing was gathered into {dest} before: name a source, one of --urls, --table, --wnid and"
            " --taxon."
        )
    with GatherLog(dest) as log:
        origins, entries = log.origins(), log.entries()
    known = list(dict.fromkeys([*(entry.label for entry in entries), *origins]))
    if unknown := sorted(set(labels) - set(known)):
        raise OptionError(
            f"Nothing was gathered for {', '.join(map(repr, unknown))}: choose from {', '.join(known)}."
        )
    sources = []
    for label in labels or known:
        if not labels and not (dest / label).is_dir():
            on_message(f"The folder {label} is gone, so nothing is gathered for it; --label {label} does.")
            continue
        own = [entry for entry in entries if entry.label == label]
        there = sum(entry.outcome == KEPT and (dest / entry.file).exists() for entry in own)
        sources.append(
            _source(label, own, there, origins.get(label, []), count, endpoints, options, on_message)
        )
    return sources


def _source(
    label: str,
    logged: Sequence[Entry],
    there: int,
    origins: Sequence[Origin],
    count: int | None,
    endpoints: Endpoints,
    options: FetchOptions,
    on_message: Callable[[str], object],
) -> Source:
    opened: list[Source] = []
    for origin in origins:
        try:
            opened += open_sources([(label, origin)], endpoints, options, on_message)
        except OptionError as error:  # a list that was deleted, a taxon that was renamed
            on_message(f"{error} The URLs in the log are requested all the same.")
    entries = [_logged(entry) for entry in logged if entry.outcome == KEPT or not _in_archive(entry.url)]
    asked = [origin.count for origin in origins if origin.count]
    expected = sum(source.expected for source in opened)
    return Source(
        label,
        chain(entries, *(source.entries for source in opened)),
        len(entries) + expected if expected else 0,
        tuple(origins),
        count if count is not None else there + sum(asked) if asked else None,
    )


def _logged(entry: Entry) -> UrlEntry:
    listed = UrlEntry(entry.url, licence=entry.licence, attribution=entry.attribution, page=entry.page)
    return replace(listed, box=Box.of(entry.url))


def _in_archive(url: str) -> bool:
    """Return whether a URL names a file of an archive: that is not requested by itself."""
    part = url.partition("#")[2]
    return bool(part) and not part.startswith("xywh=")
