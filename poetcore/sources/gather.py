"""Fetch pictures from lists of URLs into label folders, and keep only what is really a picture.

Every file is decoded; its content type is never believed. Rejected are web pages, damaged and tiny files,
pictures that are there already (under any label), and placeholders: nearly one colour, a redirect to a "photo
unavailable", or the same picture from several URLs of one host. The outcome of each URL is stored in
`GatherLog`, so that a run that was stopped goes on where it was, and a repeated one requests only new URLs.
"""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from poetcore.data.file_index import FileIndex
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.fetch_pool import FetchPool
from poetcore.sources.gather_log import GatherLog
from poetcore.sources.gather_run import Asked, GatherRun
from poetcore.sources.gathered import Gathered
from poetcore.sources.keeper import check_picture
from poetcore.sources.urls import Source
from poetcore.system.failures import unwritable, why_refused
from poetcore.system.files import walk
from poetcore.system.names import check_name
from poetcore.system.options import check_number
from poetcore.system.progress import OnProgress
from poetcore.system.temporary import clear_leftovers

__all__ = ["check_count", "gather"]


def gather(
    dest: Path,
    sources: Sequence[Source],
    file_index: FileIndex,
    *,
    count: int | None = None,
    options: FetchOptions | None = None,
    again: bool = False,
    refresh: bool = False,
    on_progress: OnProgress | None = None,
) -> Gathered:
    """Fetch pictures into `dest/<label>/`, politely and many at once.

    Whatever ends it - an exception raised by `on_progress`, Ctrl-C, a killed process - leaves whole files and
    a log that the next run goes on from. Several processes may gather into one folder.

    Args:
        dest: the folder of label folders; made where it is missing.
        sources: the labels and the URLs of each.
        file_index: tells which pictures are there already.
        count: pictures to have of each label from its source, those of earlier runs included; None for all.
        options: the limits of the requests.
        again: request dead links, and pictures whose files were deleted, before their time too.
        refresh: request dead links again, but nothing that was deleted; no picture of an earlier run is
            removed, whatever turns out about it.
        on_progress: called with a `GatherProgress`, at least twice a second.

    Raises:
        OptionError: a label, the count or the folder cannot be used.
        DownloadError: the disk is full, or a source failed before its first URL.
    """
    for source in sources:
        check_name(source.label, "A label")
    check_count(count)
    try:
        dest.mkdir(parents=True, exist_ok=True)
        clear_leftovers(dest, deep=True)
        log = GatherLog(dest)
    except OSError as error:
        raise unwritable(dest, error, "give another folder") from None
    options = options or FetchOptions()
    with log:
        try:
            with FetchPool(options, check_picture) as pool:
                log.put_origins({source.label: source.origins for source in sources})
                asked = Asked(count, again, refresh)
                run = GatherRun(dest, sources, log, pool, options, asked, _present(dest, file_index))
                return run.gather(on_progress or (lambda _: None))
        except OSError as error:
            raise DownloadError(
                f"{error.filename or dest} cannot be written, because {why_refused(error, dest)}; what has"
                " been gathered is kept."
            ) from error
        finally:
            with contextlib.suppress(OSError):
                log.write()


def check_count(count: int | None) -> None:
    """Check a number of pictures for each label.

    Args:
        count: the number; None for all.

    Raises:
        OptionError: it is less than 1.
    """
    check_number(count, "count")
    if count is not None and count < 1:
        raise OptionError(f"count is a number of pictures and must be at least 1. Received: {count}")


def _present(dest: Path, file_index: FileIndex) -> dict[str, str]:
    """Index the files below the folder, quarantined ones included: sha256 -> file relative to it."""
    paths = [Path(entry.path) for entry in walk(dest) if Path(entry.path).parent != dest]
    index = file_index.lookup(paths)
    return {p.sha: p.path.relative_to(dest).as_posix() for p in reversed(index) if p.sha}
