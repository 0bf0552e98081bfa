"""Fetch pictures from lists of addresses into label folders, and keep only what is really a picture.

What comes is decoded, never believed by its content type. Left out are web pages, damaged and tiny files,
pictures that are there already (under any label), and placeholders: nearly one colour, where a redirect leads
to a "photo unavailable", or the same picture from several addresses of one host. What became of each address
is remembered in `GatherLog`, so that a run that was stopped goes on where it was, and one that is repeated
asks only for what is new.
"""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from poetcore.data.file_index import FileIndex
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.arrivals import check_picture
from poetcore.sources.fetch import Fetched, FetchOptions, Outcome
from poetcore.sources.fetch_pool import FetchPool
from poetcore.sources.gather_log import DUPLICATE, KEPT, Entry, GatherLog
from poetcore.sources.gathered import (
    DOWNLOADED,
    PRESENT,
    Gathered,
    GatherProgress,
    LabelState,
    Rejected,
    Source,
    check_count,
)
from poetcore.sources.keeper import Keeper
from poetcore.sources.urls import UrlEntry
from poetcore.system.files import walk
from poetcore.system.names import check_name
from poetcore.system.progress import OnProgress

__all__ = ["gather"]

_DAY = 86_400

#: Seconds for which an address is not asked again; what is not listed is asked at the next run.
_REMEMBERED = {
    Outcome.REFUSED: 30 * _DAY,
    Outcome.PLACEHOLDER: 30 * _DAY,
    DUPLICATE: 30 * _DAY,
    Outcome.UNREACHABLE: _DAY,
    Outcome.SKIPPED: _DAY,
}

#: Addresses that wait, per worker: enough that a slow host leaves work for all.
_BACKLOG = 8

#: Seconds without a result after which progress is told anyway, so that whoever watches can stop.
_TICK = 0.5


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

    Whatever ends it - a raised exception in `on_progress`, Ctrl-C, a killed process - leaves whole files and a
    log that the next run goes on from. Several processes may gather into one folder.

    Args:
        dest: the folder of label folders; made where it is missing.
        sources: the labels and what is wanted of each.
        fingerprints: the memory of what is in files, to know the pictures that are there.
        count: pictures to have of each label from its source, those of earlier runs included; None for all.
        options: limits and patience.
        again: ask for dead links and for pictures that were taken away too, before their time.
        on_progress: called with a `GatherProgress`, at least twice a second.

    Raises:
        OptionError: a label, the count or the folder cannot be used.
        DownloadError: the disk is full, or a source failed before it gave anything.
    """
    for source in sources:
        check_name(source.label, "A label")
    check_count(count)
    try:
        dest.mkdir(parents=True, exist_ok=True)
        log = GatherLog(dest)
    except OSError as error:
        raise OptionError(f"{dest} cannot be made or written ({error.strerror or error}).") from None
    options = options or FetchOptions()
    try:
        with FetchPool(options, check_picture) as pool:
            work = _Gathering(dest, sources, log, pool, count, again, _present(dest, file_index))
            return work.run(on_progress or (lambda _: None), _BACKLOG * options.workers)
    except OSError as error:
        raise DownloadError(
            f"{error.filename or dest} cannot be written ({error.strerror or error}); what has been gathered"
            " is kept."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            log.write()
        log.close()


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
        # Does nobody answer there, or is it our own connection? An answer from elsewhere will tell.
        self._unsure: list[Entry] = []
        self._last_answer = 0.0

    def run(self, on_progress: OnProgress, backlog: int) -> Gathered:
        while True:
            self._feed(backlog)
            if not self._pool.outstanding:
                break
            if result := self._pool.next(_TICK):
                (state, wanted), fetched = result
                state.outstanding -= 1
                self._settle(state, wanted, fetched)
            on_progress(self._progress())
        on_progress(self._progress())
        for entry in self._unsure:
            self._log.put(replace(entry, outcome=Outcome.TEMPORARY))
        self._log.write()
        if self._problems and not any(state.became for state in self._states):
            raise DownloadError(self._problems[0])
        return Gathered(
            self._dest,
            {state.source.label: state.tally() for state in self._states},
            tuple(
                Rejected(state.source.label, address, became)
                for state in self._states
                for address, became in state.became.items()
                if became not in (DOWNLOADED, PRESENT)
            ),
            self._log.file,
            self._log.attribution_file if self._log.attribution_file.exists() else None,
            tuple(self._problems),
        )

    def _feed(self, backlog: int) -> None:
        """Queue what is wanted next, label by label in turn, until enough waits."""
        moving = True
        while moving and self._pool.outstanding < backlog:
            moving = False
            for state in self._states:
                if self._has_room(state):
                    moving = self._feed_one(state) or moving

    def _has_room(self, state: LabelState) -> bool:
        return not state.ended and (self._count is None or state.got + state.outstanding < self._count)

    def _feed_one(self, state: LabelState) -> bool:
        try:
            wanted = next(state.left)
        except StopIteration:
            state.ended = True
            return False
        except DownloadError as error:
            state.ended = True
            self._problems.append(str(error))
            return False
        if wanted.address in state.became:
            return True
        known = self._log.get(state.source.label, wanted.address)
        became = self._remembered(known) if known else None
        if became is None:
            state.note(wanted.address, "was not finished")
            state.outstanding += 1
            self._pool.add((state, wanted), wanted.address)
        else:
            state.note(wanted.address, became)
        return True

    def _remembered(self, known: Entry) -> str | None:
        """Say what an address became in an earlier run, or None where it is to be asked again."""
        if known.outcome == KEPT:
            if (self._dest / known.file).exists():
                return PRESENT
            return None if self._again else "was gathered before, and its file has been taken away"
        young = time.time() - known.asked < _REMEMBERED.get(known.outcome, 0)
        return known.reason if young and not self._again else None

    def _settle(self, state: LabelState, wanted: UrlEntry, fetched: Fetched) -> None:
        entry = Entry(
            state.source.label,
            wanted.address,
            fetched.outcome,
            fetched.reason,
            host=urlsplit(fetched.final or wanted.address).netloc.lower(),
            bytes=len(fetched.content),
            asked=time.time(),
            licence=wanted.licence,
            attribution=wanted.attribution,
            page=wanted.page,
        )
        if fetched.outcome in (Outcome.UNREACHABLE, Outcome.SKIPPED):
            self._unsure.append(entry)
            if self._last_answer > time.monotonic() - fetched.seconds:
                self._connection_works()
        else:
            if fetched.outcome is not Outcome.TEMPORARY:
                self._last_answer = time.monotonic()
                self._connection_works()
            if fetched.outcome is Outcome.FETCHED:
                entry = self._keeper.keep(entry, wanted, fetched)
            if entry.outcome != KEPT:
                self._log.put(entry)
        state.note(wanted.address, DOWNLOADED if entry.outcome == KEPT else entry.reason)

    def _connection_works(self) -> None:
        """Believe of the addresses where nobody answered that it is their own fault."""
        for entry in self._unsure:
            self._log.put(entry)
        self._unsure.clear()

    def _note_placeholder(self, entry: Entry) -> None:
        """Count a placeholder against its host, and no more among the pictures of its label."""
        self._pool.note_placeholder(entry.address)
        for state in self._states:
            if state.source.label == entry.label and entry.address in state.became:
                state.note(entry.address, entry.reason)

    def _progress(self) -> GatherProgress:
        done = total = kept = rejected = 0
        known = True
        for state in self._states:
            asked, expected = len(state.became), state.source.expected
            settled = asked - state.outstanding
            kept += state.got
            rejected += settled - state.got
            if self._count:
                most = min(self._count, expected or self._count)
                done += state.got
                total += state.got if state.ended and not state.outstanding else most
            else:
                done += settled
                total += asked if state.ended else max(expected, asked)
                known = known and (expected > 0 or state.ended)
        return GatherProgress("gathering", done, total if known else 0, kept=kept, rejected=rejected)


def _present(dest: Path, file_index: FileIndex) -> dict[str, str]:
    """Know the contents below the folder, what was set aside there included: sha -> relative file."""
    paths = [Path(entry.path) for entry in walk(dest) if Path(entry.path).parent != dest]
    index = file_index.take(paths)
    return {p.sha: p.path.relative_to(dest).as_posix() for p in reversed(index) if p.sha}
