"""Carrying out repairs: files are moved as one group, with a journal that a killed process leaves readable.

The journal says where from and where to a file is going to be moved before it is, so that a move which was
left half done can be recovered.
"""

import contextlib
import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poetcore.curation.changes import Step
from poetcore.curation.journal import Journal
from poetcore.curation.moving import content_of, finish, free_name, move
from poetcore.curation.quarantine import Quarantine
from poetcore.curation.repair_log import Entry, Log, now
from poetcore.data.layout import QUARANTINE
from poetcore.errors import OptionError
from poetcore.system.files import printable, sync_folder
from poetcore.system.progress import OnProgress, Progress

__all__ = ["Group", "Mover"]


@dataclass(frozen=True)
class Group:
    """Moves that are carried out together.

    Attributes:
        name: the number of a step, or "undo 3".
        moves: the changes, each with where its file is and where it goes.
        undoes: the step that is undone, or None.
        blocked: changes that must not be made now: id -> why.
        before: lines for the journal that come first.
        emptied: folders to be removed once they are empty, inner ones first, relative.
        restored: folders to be made again, relative.
    """

    name: str
    moves: Sequence[tuple[Entry, Path, Path]]
    undoes: str | None = None
    blocked: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[Mapping[str, Any]] = ()
    emptied: Sequence[str] = ()
    restored: Sequence[str] = ()


class Mover:
    """Moves the files of a dataset and writes down what it does; the journal's lock must be held.

    Args:
        folder: the folder of label folders.
        journal: of its repairs.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self.quarantine = Quarantine(folder)
        self._journal = journal

    def execute(self, group: Group, on_progress: OnProgress | None) -> Step:
        """Move files; the journal gets the plan first, then the outcome of each."""
        listed = [
            {"id": entry.id, "from": self.relative(source), "to": self.relative(target)}
            for entry, source, target in group.moves
        ]
        begin: dict[str, Any] = {"event": "begin", "step": group.name, "undoes": group.undoes, "time": now()}
        made = self._missing_folders(target for _, _, target in group.moves)
        begin |= {"made": [place for place in made if place not in group.restored], "moves": listed}
        begin |= {"emptied": list(group.emptied)} if group.emptied else {}
        begin |= {"restored": list(group.restored)} if group.restored else {}
        self._journal.append(*group.before, begin)
        for number, (entry, source, target) in enumerate(group.moves, 1):
            refusal = group.blocked.get(entry.id)
            if refusal is None and not (group.undoes and source == target):
                refusal = self._move(entry, source, target)
            line = {"event": "refused", "id": entry.id, "reason": refusal}
            # Not synchronised to disk each time: where a file is shows what was done.
            self._journal.append(line if refusal else {"event": "done", "id": entry.id}, sync=False)
            if on_progress:
                on_progress(Progress("moving", number, len(group.moves)))
        self._end(group.name, {place.parent for _, *places in group.moves for place in places})
        steps = self.log().steps(self.folder)
        return next(step for step in steps if step.id == (group.undoes or group.name))

    def _move(self, entry: Entry, source: Path, target: Path) -> str | None:
        """Move one file and return None, or leave it and return why."""
        if not os.path.lexists(source):
            return "It is not there any more."
        if not entry.sha:
            return "It is no file that can be read: move it by hand."
        if content_of(source) != entry.sha:
            return "Its content is not what it was: look at it again."
        if source == target:
            return None
        if source.is_symlink() and not source.readlink().is_absolute():
            return "It is a link that only works where it is: move it by hand."
        while True:
            try:
                if target.is_relative_to(self.quarantine.folder):
                    if not self.quarantine.is_a_label():
                        self.quarantine.prepare()
                    elif entry.action == "quarantine":
                        return f"The folder {QUARANTINE} is a label here: rename it."
                move(source, target, entry.sha)
                return None
            except FileExistsError:
                if not target.parent.is_dir():
                    return f"The folder {target.parent.name} cannot be made: a file of that name is there."
                # Another program took the name just now.
                target = free_name(target)
                self._journal.append({"event": "intent", "id": entry.id, "to": self.relative(target)})
            except OSError as error:
                return f"It cannot be moved ({error.strerror or error})."

    def _end(self, group: str, touched: Iterable[Path]) -> None:
        """End a group of moves: remove the folders that it emptied or Poet made, list what is set aside.

        Args:
            group: its name.
            touched: the folders out of which and into which it moved, also those of moves that were refused.
        """
        for folder in touched:
            sync_folder(folder)  # the journal must not say of moves that they are done if a cut can undo them
        log = self.log()
        removed = []
        emptied, restored = log.open_folders()
        for place in emptied:
            with contextlib.suppress(OSError):
                (self.folder / place).rmdir()
        for place in restored:
            with contextlib.suppress(OSError):
                (self.folder / place).mkdir(parents=True, exist_ok=True)
        for made in sorted(log.made, key=lambda made: made.count("/"), reverse=True):
            with contextlib.suppress(OSError):
                if made == QUARANTINE:
                    self.quarantine.clear()
                if (self.folder / made).is_dir():
                    (self.folder / made).rmdir()  # fails where it is not empty
                removed.append(made)
        self.quarantine.list_reasons(
            (entry.place, entry.origin, entry.reason, entry.time) for entry in log.quarantined()
        )
        self._journal.append({"event": "end", "step": group, "time": now(), "removed": removed})

    def log(self) -> Log:
        """Read the journal; nothing is written. What is returned is shared, so nobody may change it."""
        return _log(self._journal.file, self._journal.state())

    def recovered(self) -> Log:
        """Read the journal after finishing what a killed process left half moved; the lock must be held."""
        log = self.log()
        if log.open is None:
            return log
        touched = set()
        for entry, origin, to in log.done_last():
            source, target = self.folder / origin, self.folder / to
            touched |= {source.parent, target.parent}
            if source != target and not finish(source, target, entry.sha) and content_of(source) == entry.sha:
                with contextlib.suppress(OSError):
                    move(source, target, entry.sha)  # a power cut has undone it
        for entry, origin, to in log.half_done():
            source, target = self.folder / origin, self.folder / to
            touched |= {source.parent, target.parent}
            if source != target and finish(source, target, entry.sha):
                self._journal.append({"event": "done", "id": entry.id}, sync=False)
        self._end(log.open, touched)
        return self.log()

    def _missing_folders(self, targets: Iterable[Path]) -> list[str]:
        """List the folders that must be made, outer ones first."""
        wanted = {parent for target in targets for parent in target.parents}
        inside = [parent for parent in wanted if parent.is_relative_to(self.folder) and not parent.exists()]
        return sorted(self.relative(parent) for parent in inside)

    def relative(self, path: Path) -> str:
        """Return a path as the journal has it: `rose/a.jpg`, on every system."""
        path = Path(os.path.abspath(path))
        if not path.is_relative_to(self.folder):
            raise OptionError(f"{printable(path)} does not lie in {printable(self.folder)}.")
        return path.relative_to(self.folder).as_posix()


@functools.lru_cache(maxsize=4)
def _log(file: Path, state: tuple[int, ...]) -> Log:
    """Read a journal that is in this state: a page asks several times at each click."""
    return Log(Journal(file).lines())
