"""One run of `gather`: which URLs are requested next, and what becomes of each."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from poetcore.errors import DownloadError, PictureError
from poetcore.sources.boxes import Box, crop
from poetcore.sources.fetch import Fetched, Outcome
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.fetch_pool import FetchPool, checked
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
from poetcore.system.progress import OnProgress

__all__ = ["Asked", "GatherRun"]

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


@dataclass(frozen=True)
class Asked:
    """What a run is asked for.

    Attributes:
        count: pictures to have of each label; None for all.
        again: request dead links, and pictures whose files were deleted, before their time too.
        refresh: request dead links again, but nothing that was deleted, and remove nothing.
    """

    count: int | None = None
    again: bool = False
    refresh: bool = False


class GatherRun:
    """One run of `gather`.

    Args:
        dest: the folder of label folders.
        sources: the labels and the URLs of each.
        log: the outcomes of earlier runs.
        pool: requests the URLs.
        options: the limits of the requests.
        asked: how many pictures, and which again.
        present: sha256 -> file relative to `dest`, of the files that are there already.
    """

    def __init__(
        self,
        dest: Path,
        sources: Sequence[Source],
        log: GatherLog,
        pool: FetchPool,
        options: FetchOptions,
        asked: Asked,
        present: dict[str, str],
    ) -> None:
        self._dest = dest
        self._log = log
        self._pool = pool
        self._options = options
        self._asked = asked
        self._keeper = Keeper(
            dest,
            log,
            present,
            again=asked.again and not asked.refresh,
            on_placeholder=self._note_placeholder,
            stays_before=time.time() if asked.refresh else 0.0,
        )
        self._states = [LabelState(source) for source in sources]
        self._problems: list[str] = []
        # Is it their host or our own connection? They are stored once another host has answered.
        self._unreachable: list[Entry] = []
        self._last_answer = 0.0

    def gather(self, on_progress: OnProgress) -> Gathered:
        """Request every URL that is needed; `on_progress` is called at least twice a second."""
        backlog = _BACKLOG * self._options.workers
        while True:
            moved = self._queue(backlog)
            if not moved and not self._pool.outstanding:
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

    def _queue(self, backlog: int) -> bool:
        """Queue the next URLs, label by label in turn, until enough wait; False where none is left."""
        moved, ends = False, time.monotonic() + _TICK_SECONDS
        moving = True
        # A label out of an archive never has to wait, so the clock ends this too.
        while moving and self._pool.outstanding < backlog and time.monotonic() < ends:
            moving = False
            for state in self._states:
                if self._has_room(state):
                    moving = self._queue_one(state) or moving
            moved = moved or moving
        return moved

    def _count_of(self, state: LabelState) -> int | None:
        return state.source.count if state.source.count is not None else self._asked.count

    def _has_room(self, state: LabelState) -> bool:
        count = self._count_of(state)
        return not state.ended and (count is None or state.available + state.outstanding < count)

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
        if result is not None:
            state.record(url_entry.url, result)
        elif url_entry.content is not None:
            self._store(state, url_entry, self._out_of_archive(url_entry))
        else:
            state.record(url_entry.url, "was not finished")
            state.outstanding += 1
            self._pool.add((state, url_entry), url_entry.url.partition("#")[0])
        return True

    def _out_of_archive(self, url_entry: UrlEntry) -> Fetched:
        if url_entry.content:
            return checked(Fetched(url_entry.url, Outcome.FETCHED, content=url_entry.content), check_picture)
        reason = f"is empty, or larger than {self._options.max_megabytes:g} megabytes"
        return Fetched(url_entry.url, Outcome.REFUSED, reason)

    def _earlier_result(self, known: Entry) -> str | None:
        """Return the result of a URL in an earlier run, or None where it must be requested again."""
        if known.outcome == KEPT:
            if (self._dest / known.file).exists():
                return PRESENT
            wanted = self._asked.again and not self._asked.refresh
            return None if wanted else "was gathered before, and its file has been deleted"
        valid = time.time() - known.asked < _VALID_SECONDS.get(known.outcome, 0)
        return known.reason if valid and not (self._asked.again or self._asked.refresh) else None

    def _store(self, state: LabelState, url_entry: UrlEntry, fetched: Fetched) -> None:
        """Store the outcome of a URL, and its picture where there is one."""
        if url_entry.box and fetched.outcome is Outcome.FETCHED:
            fetched = _cropped(fetched, url_entry.box)
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
            if fetched.outcome not in (Outcome.TEMPORARY, Outcome.PRIVATE):
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
            if count := self._count_of(state):
                most = min(count, expected or count)
                done += state.available
                total += state.available if state.ended and not state.outstanding else most
            else:
                done += settled
                total += asked if state.ended else max(expected, asked)
                known = known and (expected > 0 or state.ended)
        return GatherProgress("gathering", done, total if known else 0, kept=kept, rejected=rejected)


def _cropped(fetched: Fetched, box: Box) -> Fetched:
    """Return what was fetched cropped to a box, and checked anew."""
    try:
        return checked(replace(fetched, content=crop(fetched.content, box)), check_picture)
    except PictureError as error:
        return replace(fetched, outcome=Outcome.REFUSED, reason=str(error), content=b"")
