"""Fetch pictures from lists of URLs into label folders, and keep only what is really a picture.

Every file is decoded; its content type is never believed. Rejected are web pages, damaged and tiny files,
pictures that are there already (under any label), and placeholders: nearly one colour, a redirect to a "photo
unavailable", or the same picture from several URLs of one host. The outcome of each URL is stored in
`GatherLog`, so that a run that was stopped goes on where it was, and a repeated one requests only new URLs.
"""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from poetcore.data.file_index import FileIndex
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch import Fetched, Outcome
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.fetch_pool import FetchPool
from poetcore.sources.gather_log import DUPLICATE, KEPT, Entry, GatherLog
from poetcore.sources.gathered import (
    DOWNLOADED,
    PRESENT,
    Gathered,
    GatherProgress,
    LabelState,
    Rejected,
)
from poetcore.sources.keeper import Keeper, check_picture
from poetcore.sources.urls import Source, UrlEntry
from poetcore.system.files import walk
from poetcore.system.names import check_name
from poetcore.system.options import check_number
from poetcore.system.progress import OnProgress
from poetcore.system.temporary import clear_leftovers

__all__ = ["check_count", "gather"]

_DAY = 86_400

#: Seconds for which a URL is not requested again; after other outcomes the next run requests it.
_VALID_SECONDS = {
    Outcome.REFUSED: 30 * _DAY,
    Outcome.PLACEHOLDER: 30 * _DAY,
    DUPLICATE: 30 * _DAY,
    Outcome.UNREACHABLE: _DAY,
    Outcome.SKIPPED: _DAY,
}

#: URLs that wait, per worker: enough that a slow host leaves work for all.
_BACKLOG = 8

#: Seconds without a result after which `on_progress` is called anyway, so that it can stop the work.
_TICK_SECONDS = 0.5


def gather(
    dest: Path,
    sources: Sequence[Source],
    file_index: FileIndex,
    *,
    count: int | None = None,
    options: FetchOptions | None = None,
    again: bool = False,
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
        raise OptionError(f"{dest} cannot be made or written ({error.strerror or error}).") from None
    options = options or FetchOptions()
    with log:
        try:
            with FetchPool(options, check_picture) as pool:
                gathering = _Gathering(dest, sources, log, pool, count, again, _present(dest, file_index))
                return gathering.run(on_progress or (lambda _: None), _BACKLOG * options.workers)
        except OSError as error:
            raise DownloadError(
                f"{error.filename or dest} cannot be written ({error.strerror or error}); what has been"
                " gathered is kept."
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


class _Gathering:
    """One run of `gather`."""

    def __init__(
        self,
        dest: Path,
        sources: Sequence[Source],
        log: GatherLog,
        pool: FetchPool,
        count: int | None,
        again: bool,
        present: dict[str, str],
    ) -> None:
        self._dest = dest
        self._log = log
        self._pool = pool
        self._count = count
        self._again = again
        self._keeper = Keeper(dest, log, present, again, self._note_placeholder)
        self._states = [LabelState(source) for source in sources]
        self._problems: list[str] = []
        # Is it their host or our own connection? They are stored once another host has answered.
        self._unreachable: list[Entry] = []
        self._last_answer = 0.0

    def run(self, on_progress: OnProgress, backlog: int) -> Gathered:
        while True:
            self._queue(backlog)
            if not self._pool.outstanding:
                break
            if result := self._pool.next(_TICK_SECONDS):
                (state, url_entry), fetched = result
                state.outstanding -= 1
                self._store(state, url_entry, fetched)
            on_progress(self._progress())
        on_progress(self._progress())
        for entry in self._unreachable:
            self._log.put(replace(entry, outcome=Outcome.TEMPORARY))
        self._log.write()
        if self._problems and not any(state.results for state in self._states):
            raise DownloadError(self._problems[0])
        return Gathered(
            self._dest,
            {state.source.label: state.tally() for state in self._states},
            tuple(
                Rejected(state.source.label, url, result)
                for state in self._states
                for url, result in state.results.items()
                if result not in (DOWNLOADED, PRESENT)
            ),
            self._log.file,
            self._log.attribution_file if self._log.attribution_file.exists() else None,
            tuple(self._problems),
        )

    def _queue(self, backlog: int) -> None:
        """Queue the next URLs, label by label in turn, until enough of them wait."""
        moving = True
        while moving and self._pool.outstanding < backlog:
            moving = False
            for state in self._states:
                if self._has_room(state):
                    moving = self._queue_one(state) or moving

    def _has_room(self, state: LabelState) -> bool:
        return not state.ended and (self._count is None or state.available + state.outstanding < self._count)

    def _queue_one(self, state: LabelState) -> bool:
        """Queue the next URL of a label unless its result is known; False where none is left."""
        try:
            url_entry = next(state.remaining)
        except StopIteration:
            state.ended = True
            return False
        except DownloadError as error:
            state.ended = True
            self._problems.append(str(error))
            return False
        if url_entry.url in state.results:
            return True
        known = self._log.get(state.source.label, url_entry.url)
        result = self._earlier_result(known) if known else None
        if result is None:
            state.record(url_entry.url, "was not finished")
            state.outstanding += 1
            self._pool.add((state, url_entry), url_entry.url)
        else:
            state.record(url_entry.url, result)
        return True

    def _earlier_result(self, known: Entry) -> str | None:
        """Return the result of a URL in an earlier run, or None where it must be requested again."""
        if known.outcome == KEPT:
            if (self._dest / known.file).exists():
                return PRESENT
            return None if self._again else "was gathered before, and its file has been deleted"
        valid = time.time() - known.asked < _VALID_SECONDS.get(known.outcome, 0)
        return known.reason if valid and not self._again else None

    def _store(self, state: LabelState, url_entry: UrlEntry, fetched: Fetched) -> None:
        """Store the outcome of a URL, and its picture where there is one."""
        entry = Entry(
            state.source.label,
            url_entry.url,
            fetched.outcome,
            fetched.reason,
            host=urlsplit(fetched.final_url or url_entry.url).netloc.lower(),
            bytes=len(fetched.content),
            asked=time.time(),
            licence=url_entry.licence,
            attribution=url_entry.attribution,
            page=url_entry.page,
        )
        if fetched.outcome in (Outcome.UNREACHABLE, Outcome.SKIPPED):
            self._unreachable.append(entry)
            if self._last_answer > time.monotonic() - fetched.seconds:
                self._store_unreachable()
        else:
            if fetched.outcome is not Outcome.TEMPORARY:
                self._last_answer = time.monotonic()
                self._store_unreachable()
            if fetched.outcome is Outcome.FETCHED:
                entry = self._keeper.keep(entry, url_entry, fetched)
            if entry.outcome != KEPT:
                self._log.put(entry)
        state.record(url_entry.url, DOWNLOADED if entry.outcome == KEPT else entry.reason)

    def _store_unreachable(self) -> None:
        """Store the URLs that did not answer: another host has, so that it is not our own connection."""
        for entry in self._unreachable:
            self._log.put(entry)
        self._unreachable.clear()

    def _note_placeholder(self, entry: Entry) -> None:
        """Count a placeholder against its host, and no longer among the pictures of its label."""
        self._pool.note_placeholder(entry.url)
        for state in self._states:
            if state.source.label == entry.label and entry.url in state.results:
                state.record(entry.url, entry.reason)

    def _progress(self) -> GatherProgress:
        done = total = kept = rejected = 0
        known = True
        for state in self._states:
            asked, expected = len(state.results), state.source.expected
            settled = asked - state.outstanding
            kept += state.available
            rejected += settled - state.available
            if self._count:
                most = min(self._count, expected or self._count)
                done += state.available
                total += state.available if state.ended and not state.outstanding else most
            else:
                done += settled
                total += asked if state.ended else max(expected, asked)
                known = known and (expected > 0 or state.ended)
        return GatherProgress("gathering", done, total if known else 0, kept=kept, rejected=rejected)


def _present(dest: Path, file_index: FileIndex) -> dict[str, str]:
    """Index the files below the folder, quarantined ones included: sha256 -> file relative to it."""
    paths = [Path(entry.path) for entry in walk(dest) if Path(entry.path).parent != dest]
    index = file_index.lookup(paths)
    return {p.sha: p.path.relative_to(dest).as_posix() for p in reversed(index) if p.sha}
