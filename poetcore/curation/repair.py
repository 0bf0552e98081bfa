"""Repairing a dataset: pictures get another label, are set aside or are verified, and all can be undone.

    repairs = Repairs(folder)
    repairs.propose([Change(picture, "quarantine", sha, "blurry")])
    step = repairs.apply()  # only now a file is moved
    repairs.undo(step.id)

Everything is kept in the dataset's folder: what was proposed, applied and undone in `.poet/repairs.jsonl`
(see `repair_log`), what was set aside under `quarantine/<label>/` with the reasons in
`quarantine/REASONS.csv`. Any number of windows and programs may repair the same folder at once. The journal
says where from and where to a file is going to be moved before it is, so that a move which a killed process
left half done can be recovered.
"""

import contextlib
import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path, PurePosixPath

from poetcore.curation.changes import ACTIONS, Change, Pending, Step, check_changes
from poetcore.curation.journal import Journal
from poetcore.curation.moving import content_of, finish, free_name, move
from poetcore.curation.quarantine import Quarantine
from poetcore.curation.repair_log import Entry, Log, now, proposal
from poetcore.data.layout import QUARANTINE
from poetcore.errors import DatasetError, OptionError
from poetcore.system.files import printable
from poetcore.system.progress import OnProgress, Progress

__all__ = ["ACTIONS", "Change", "Pending", "Repairs", "Step"]


class Repairs:
    """The repairs of a folder of label folders: pending, applied and undone.

    Args:
        folder: the folder of label folders.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self._quarantine = Quarantine(self.folder)
        self._journal = Journal(self.folder / ".poet" / "repairs.jsonl")

    def propose(self, changes: Sequence[Change]) -> int:
        """Add changes to be applied later; a picture's new change replaces its pending one.

        Args:
            changes: one that would change nothing, such as a label that the picture has, is skipped.

        Returns:
            How many were added.

        Raises:
            OptionError: a change is impossible; then none is added.
            DatasetError: the folder cannot be written.
        """
        if not changes:
            return 0
        proposed = {self._relative(change.path): change for change in changes}
        check_changes(proposed, self.folder, self._quarantine.is_a_label())
        as_is = {place for place, change in proposed.items() if _label(place) == change.folder}
        proposed = {place: change for place, change in proposed.items() if place not in as_is}
        with self._journal.locked():
            log = self._recovered()
            first = log.next_id
            self._discard([entry.id for entry in log.pending() if entry.place in as_is])
            self._journal.append(
                *(
                    proposal(str(number), place, change, change.sha or content_of(change.path) or "")
                    for number, (place, change) in enumerate(proposed.items(), first)
                )
            )
        return len(proposed)

    def pending(self) -> list[Pending]:
        """List the changes that are not yet applied, the oldest first."""
        return [entry.as_pending(self.folder) for entry in self._log().pending()]

    def discard(self, ids: Collection[str]) -> None:
        """Discard pending changes; those that are no longer pending are skipped."""
        with self._journal.locked():
            self._discard([entry.id for entry in self._recovered().pending() if entry.id in ids])

    def apply(self, ids: Collection[str] | None = None, on_progress: OnProgress | None = None) -> Step | None:
        """Apply pending changes.

        A picture whose content is not what it was when the change was proposed is left as it is and counts as
        refused; so does one that cannot be moved.

        Args:
            ids: of the changes to apply, so that none is applied unseen; None for all.
            on_progress: called in the phase `moving`.

        Returns:
            The step with the outcome of each change, or None where none was pending.
        """
        with self._journal.locked():
            log = self._recovered()
            entries = [entry for entry in log.pending() if ids is None or entry.id in ids]
            if not entries:
                return None
            taken: set[Path] = set()
            moves = []
            for entry in entries:
                target = self._target(entry, taken)
                taken.add(target)
                moves.append((entry, self.folder / entry.place, target))
            return self._execute(log.next_step, None, moves, on_progress)

    def steps(self) -> list[Step]:
        """List the steps that were applied, the newest first."""
        return self._log().steps(self.folder)

    def undo(self, step: str, on_progress: OnProgress | None = None) -> Step:
        """Move every picture of a step back to where it was.

        A picture that a later step moved on, or whose place a later step gave to another, stays where it is
        until that step is undone; what could not be undone can be tried again.

        Args:
            step: its id.
            on_progress: called in the phase `moving`.

        Returns:
            The step as it is now: each of its changes is undone or says why not.

        Raises:
            OptionError: there is no such step, or nothing of it is left to undo.
        """
        with self._journal.locked():
            log = self._recovered()
            entries = log.applied_in(step)
            if not entries:
                raise OptionError(f"Step {step} is undone already, or there was none: choose another.")
            taken: set[Path] = set()
            moves = []
            for entry in entries:
                source, target = self.folder / entry.place, self.folder / entry.origin
                if source != target and content_of(source) != entry.sha == content_of(target):
                    source = target  # the user has moved it back
                elif source != target:
                    target = free_name(target, taken)
                taken.add(target)
                moves.append((entry, source, target))
            blocked = log.blocked(entries, self._is_taken)
            return self._execute(f"undo {step}", step, moves, on_progress, blocked)

    def verified(self) -> set[str]:
        """Return the contents (sha256) that the user found right as they are."""
        return self._log().verified()

    def recover(self) -> None:
        """Finish what a killed process left half moved, unless another process is applying changes now.

        Every change does this first. A page or a program that shows the folder calls it before scanning, so
        that no picture is seen in two places or in none.
        """
        if self._log().open is None:
            return
        # Whoever holds the lock recovers; a folder that cannot be written stays as it is and can be read.
        with contextlib.suppress(DatasetError), self._journal.locked(patience=0):
            self._recovered()

    def _execute(
        self,
        group: str,
        undoes: str | None,
        moves: list[tuple[Entry, Path, Path]],
        on_progress: OnProgress | None,
        blocked: dict[str, str] | None = None,
    ) -> Step:
        """Move files; the journal gets the plan first, then the outcome of each."""
        listed = [
            {"id": entry.id, "from": self._relative(source), "to": self._relative(target)}
            for entry, source, target in moves
        ]
        begin = {"event": "begin", "step": group, "undoes": undoes, "time": now()}
        made = self._missing_folders(target for _, _, target in moves)
        self._journal.append(begin | {"made": made, "moves": listed})
        for number, (entry, source, target) in enumerate(moves, 1):
            refusal = (blocked or {}).get(entry.id)
            if refusal is None and not (undoes and source == target):
                refusal = self._move(entry, source, target)
            line = {"event": "refused", "id": entry.id, "reason": refusal}
            # Not synchronised to disk each time: where a file is shows what was done.
            self._journal.append(line if refusal else {"event": "done", "id": entry.id}, sync=False)
            if on_progress:
                on_progress(Progress("moving", number, len(moves)))
        self._end(group)
        return next(step for step in self.steps() if step.id == (undoes or group))

    def _move(self, entry: Entry, source: Path, target: Path) -> str | None:
        """Move one file and return None, or leave it and return why."""
        if not os.path.lexists(source):
            return "It is not there any more."
        if content_of(source) != entry.sha:
            return "Its content is not what it was: look at it again."
        if source == target:
            return None
        if source.is_symlink() and not source.readlink().is_absolute():
            return "It is a link that only works where it is: move it by hand."
        while True:
            try:
                if target.is_relative_to(self._quarantine.folder):
                    if self._quarantine.is_a_label():
                        return f"The folder {QUARANTINE} is a label here: rename it."
                    self._quarantine.prepare()
                move(source, target, entry.sha)
                return None
            except FileExistsError:
                if not target.parent.is_dir():
                    return f"The folder {target.parent.name} cannot be made: a file of that name is there."
                # Another program took the name just now.
                target = free_name(target)
                self._journal.append({"event": "intent", "id": entry.id, "to": self._relative(target)})
            except OSError as error:
                return f"It cannot be moved ({error.strerror or error})."

    def _end(self, group: str) -> None:
        """End a group of moves: remove empty folders that Poet made, and list what is set aside."""
        log = self._log()
        removed = []
        for made in sorted(log.made, key=lambda made: made.count("/"), reverse=True):
            with contextlib.suppress(OSError):
                if made == QUARANTINE:
                    self._quarantine.clear()
                if (self.folder / made).is_dir():
                    (self.folder / made).rmdir()  # fails where it is not empty
                removed.append(made)
        self._quarantine.list_reasons(
            (entry.place, entry.origin, entry.reason, entry.time) for entry in log.quarantined()
        )
        self._journal.append({"event": "end", "step": group, "time": now(), "removed": removed})

    def _log(self) -> Log:
        """Read the journal; nothing is written."""
        return Log(self._journal.lines())

    def _recovered(self) -> Log:
        """Read the journal after finishing what a killed process left half moved; the lock must be held."""
        log = self._log()
        if log.open is None:
            return log
        for entry, origin, to in log.half_done():
            source, target = self.folder / origin, self.folder / to
            if source != target and finish(source, target, entry.sha):
                self._journal.append({"event": "done", "id": entry.id}, sync=False)
        self._end(log.open)
        return self._log()

    def _target(self, entry: Entry, taken: Collection[Path]) -> Path:
        place = PurePosixPath(entry.place)
        if entry.action == "relabel":
            return free_name(self.folder / entry.label / place.name, taken)
        if entry.action == "quarantine":
            return free_name(self.folder / QUARANTINE / place.parts[0] / place.name, taken)
        return self.folder / place

    def _missing_folders(self, targets: Iterable[Path]) -> list[str]:
        """List the folders that must be made, outer ones first."""
        wanted = {parent for target in targets for parent in target.parents}
        inside = [parent for parent in wanted if parent.is_relative_to(self.folder) and not parent.exists()]
        return sorted(self._relative(parent) for parent in inside)

    def _is_taken(self, place: str) -> bool:
        return os.path.lexists(self.folder / place)

    def _relative(self, path: Path) -> str:
        """Return a path as the journal has it: `rose/a.jpg`, on every system."""
        path = Path(os.path.abspath(path))
        if not path.is_relative_to(self.folder):
            raise OptionError(f"{printable(path)} does not lie in {printable(self.folder)}.")
        return path.relative_to(self.folder).as_posix()

    def _discard(self, ids: list[str]) -> None:
        if ids:
            self._journal.append({"event": "withdraw", "time": now(), "ids": ids})


def _label(place: str) -> str:
    return PurePosixPath(place).parts[0]
