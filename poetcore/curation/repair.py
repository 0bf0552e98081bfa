"""Repairing a dataset: pictures get another label, are set aside or are verified, and all can be undone.

    repairs = Repairs(folder)
    repairs.propose([Change(picture, "quarantine", sha, "blurry")])
    step = repairs.apply()  # only now a file is moved
    repairs.undo(step.id)

Everything is kept in the dataset's folder: what was proposed, applied and undone in `.poet/repairs.jsonl`
(see `repair_log`), what was set aside under `quarantine/<label>/` with the reasons in
`quarantine/REASONS.csv`. Any number of windows and programs may repair the same folder at once; what a killed
process left half done is recovered (see `mover`).
"""

import contextlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from poetcore.curation.changes import ACTIONS, Change, Pending, Step, check_changes
from poetcore.curation.journal import Journal
from poetcore.curation.merging import plan_merge
from poetcore.curation.mover import Group, Mover
from poetcore.curation.moving import content_of, free_name
from poetcore.curation.repair_log import Entry, now, proposal
from poetcore.data.dataset import check_dataset
from poetcore.data.held_out import home_of
from poetcore.data.labels import match_labels
from poetcore.data.layout import QUARANTINE, LevelError, better_level, folders_in
from poetcore.data.listing import is_listing
from poetcore.errors import DatasetError, OptionError, ResourceError
from poetcore.system.files import printable
from poetcore.system.progress import OnProgress

__all__ = ["ACTIONS", "Change", "Pending", "Repairs", "Step"]


class Repairs:
    """The repairs of a folder of label folders: pending, applied and undone.

    Args:
        folder: the folder of label folders; of a list of held-out pictures, the folder that it is of is
            repaired, and the list follows.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(os.path.abspath(home_of(folder)))
        self._journal = Journal(self.folder / ".poet" / "repairs.jsonl", _read_only(self.folder))
        self._mover = Mover(self.folder, self._journal)

    def propose(self, changes: Sequence[Change]) -> int:
        """Add changes to be applied later; a picture's new change replaces its pending one.

        Args:
            changes: one that would change nothing, such as a label that the picture has, is skipped. A label
                that looks like that of a folder means that folder.

        Returns:
            How many were added.

        Raises:
            OptionError: a change is impossible; then none is added.
            DatasetError: the folder cannot be written.
        """
        if not changes:
            return 0
        self._journal.check_writable()
        proposed = {self._mover.relative(change.path): change for change in self._as_folders(changes)}
        check_changes(proposed, self.folder, self._mover.quarantine.is_a_label())
        as_is = {place for place, change in proposed.items() if _label(place) == change.folder}
        proposed = {place: change for place, change in proposed.items() if place not in as_is}
        with self._journal.locked():
            log = self._mover.recovered()
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
        return [entry.as_pending(self.folder) for entry in self._mover.log().pending()]

    def discard(self, ids: Collection[str]) -> None:
        """Discard pending changes; those that are no longer pending are skipped."""
        with self._journal.locked():
            self._discard([entry.id for entry in self._mover.recovered().pending() if entry.id in ids])

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
            log = self._mover.recovered()
            entries = [entry for entry in log.pending() if ids is None or entry.id in ids]
            if not entries:
                return None
            taken: set[Path] = set()
            moves = []
            for entry in entries:
                target = self._target(entry, taken)
                taken.add(target)
                moves.append((entry, self.folder / entry.place, target))
            return self._mover.execute(Group(log.next_step, moves), on_progress)

    def merge(self, label: str, into: str, on_progress: OnProgress | None = None) -> Step:
        """Put all pictures of a label under another one, at once and as one step, and remove its folder.

        Pending changes of its pictures stay pending. A file of a name that is taken gets another one.

        Args:
            label: the label folder that is emptied.
            into: the label that takes its pictures; a new name renames the label.
            on_progress: called in the phase `moving`.

        Raises:
            OptionError: there is no such label folder, or the two are one.
            DatasetError: the folder is missing or cannot be written.
            LevelError: its folders are no labels, but the parts of a divided set or a wrapper.
        """
        check_dataset(self.folder, None)
        if level := better_level(self.folder):  # merging train into demo would mix what must stay apart
            raise LevelError(level)
        with self._journal.locked():
            log = self._mover.recovered()
            plan = plan_merge(self.folder, label, into)
            places = [self._mover.relative(change.path) for change in plan.changes]
            lines = [
                proposal(str(number), place, change, change.sha) | {"merge": True}
                for number, (place, change) in enumerate(zip(places, plan.changes, strict=True), log.next_id)
            ]
            same = [e.id for e in log.pending() if e.place in places and e.label == into]
            moves = [
                (Entry.proposed(line), change.path, target)
                for line, change, target in zip(lines, plan.changes, plan.targets, strict=True)
            ]
            emptied = [self._mover.relative(place) for place in plan.emptied]
            before: list[Mapping[str, Any]] = [*([_withdrawal(same)] if same else []), *lines]
            return self._mover.execute(
                Group(log.next_step, moves, before=before, emptied=emptied), on_progress
            )

    def steps(self) -> list[Step]:
        """List the steps that were applied, the newest first."""
        return self._mover.log().steps(self.folder)

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
            log = self._mover.recovered()
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
            restored = log.emptied_in(step) if len(blocked) < len(entries) else ()
            group = Group(f"undo {step}", moves, undoes=step, blocked=blocked, restored=restored)
            return self._mover.execute(group, on_progress)

    def verified(self) -> set[str]:
        """Return the contents (sha256) that the user found right as they are."""
        return self._mover.log().verified()

    def interrupted(self) -> bool:
        """Return whether a killed process left a repair half done, and nobody is at it now."""
        if self._mover.log().open is None:
            return False
        with contextlib.suppress(DatasetError), self._journal.locked(patience=0):
            return self._mover.log().open is not None
        return False

    def recover(self) -> None:
        """Finish what a killed process left half moved, unless another process is applying changes now.

        Every change does this first. A page or a program that shows the folder calls it before scanning, so
        that no picture is seen in two places or in none.
        """
        if self._mover.log().open is None:
            return
        # Whoever holds the lock recovers; a folder that cannot be written stays as it is and can be read.
        with contextlib.suppress(DatasetError, ResourceError), self._journal.locked(patience=0):
            self._mover.recovered()

    def _as_folders(self, changes: Sequence[Change]) -> list[Change]:
        """Return changes with their new labels as the label folders are called: a run may write `Rose`."""
        folders = [path.name for path in folders_in(self.folder)]
        known = match_labels({one.label for one in changes if one.action == "relabel"}, folders)
        return [replace(change, label=known.get(change.label, change.label)) for change in changes]

    def _target(self, entry: Entry, taken: Collection[Path]) -> Path:
        place = PurePosixPath(entry.place)
        if entry.action == "relabel":
            return free_name(self.folder / entry.label / place.name, taken)
        if entry.action == "quarantine":
            return free_name(self.folder / QUARANTINE / place.parts[0] / place.name, taken)
        return self.folder / place

    def _is_taken(self, place: str) -> bool:
        return os.path.lexists(self.folder / place)

    def _discard(self, ids: list[str]) -> None:
        if ids:
            self._journal.append(_withdrawal(ids))


def _withdrawal(ids: list[str]) -> Mapping[str, Any]:
    return {"event": "withdraw", "time": now(), "ids": ids}


def _read_only(folder: Path) -> str:
    """Return why nothing can be repaired in a dataset; empty where it can."""
    if not is_listing(folder):
        return ""
    return (
        f"The pictures of the CSV file {printable(folder)} cannot be repaired, they stay where they are: copy"
        " them into folders first (the command prepare, or the page Prepare)."
    )


def _label(place: str) -> str:
    return PurePosixPath(place).parts[0]
