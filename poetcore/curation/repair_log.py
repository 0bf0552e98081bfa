"""What the lines of a repair journal mean: pending changes, applied steps, and what was undone.

The lines, each an object with `event`:

propose    id, time, path, action, label, sha, reason: a change is proposed for the picture at a path; a
           pending one is discarded, unless `merge` is true
withdraw   time, ids: pending changes are discarded
begin      step, undoes, time, made, moves: these files will be moved; `step` is a number, or "undo 3"
           where `undoes` is "3" instead of null; `made` lists the folders that are made for it, `moves` has
           id, from, to; `emptied`, where it is there, lists folders to be removed once they are empty,
           `restored` those to be made again
intent     id, to: this one goes to another name than `begin` said
done       id: this one was moved
refused    id, reason: this one was left as it is
end        step, time, removed: all was tried; `removed` lists folders that Poet had made and that are gone

Paths are relative to the dataset's folder and written with slashes. A line that tells of another place, or of
something of which no line before it told, is passed over: journals come with the folders of others.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from poetcore.curation.changes import Change, Outcome, Pending, Step

__all__ = ["Entry", "Log", "now", "proposal"]

_EVENTS = ("propose", "withdraw", "begin", "intent", "done", "refused", "end")


@dataclass
class Entry:
    """One change and its state: `place` is the picture's path now, `origin` that before the step."""

    id: str
    time: str
    action: str
    label: str
    sha: str
    reason: str
    place: str
    origin: str
    state: str = "pending"  # then "discarded", or "applied" or "refused", and after "applied" "undone"
    step: int = 0
    trouble: str = ""

    @classmethod
    def proposed(cls, line: Mapping[str, Any]) -> "Entry":
        """Return the change that a line `propose` tells of."""
        words = [_text(line[name]) for name in ("id", "time", "action", "label", "sha", "reason")]
        place = _place(line["path"])
        id, time, action, label, sha, reason = words
        return cls(id, time, action, label, sha, reason, place, origin=place)

    def change(self, path: Path) -> Change:
        """Return the change, of the picture at a path."""
        return Change(path, self.action, self.sha, self.reason, self.label)

    def as_pending(self, folder: Path) -> Pending:
        """Return the change as a pending one; the folder makes its path absolute."""
        return Pending(self.id, self.change(folder / self.place), self.time)

    def outcome(self, folder: Path) -> Outcome:
        """Return the outcome; the folder makes its paths absolute."""
        return Outcome(self.change(folder / self.origin), self.state, folder / self.place, self.trouble)


@dataclass
class _Group:
    """Moves that began together: `moves` without an outcome yet, `done` as told; id -> (from, to)."""

    step: str
    undoes: str | None
    time: str
    moves: dict[str, tuple[str, str]] = field(default_factory=dict)
    done: dict[str, tuple[str, str]] = field(default_factory=dict)
    emptied: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


class Log:
    """The state of a dataset's repairs according to its journal.

    Args:
        lines: oldest first.

    Attributes:
        made: folders that Poet made and that are still there, relative.
        open: the id of the group of moves that was begun and not ended, or None.
        next_id: free for a change.
        next_step: free for a step.
    """

    def __init__(self, lines: Iterable[Mapping[str, Any]]) -> None:
        self.made: set[str] = set()
        self._entries: dict[str, Entry] = {}
        self._at: dict[str, list[Entry]] = {}
        self._group: _Group | None = None
        self._last = 0
        self._times: dict[str, str] = {}
        self._emptied: dict[str, tuple[str, ...]] = {}
        for line in lines:
            with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
                self._take(line)
        self.open = self._group.step if self._group else None
        self.next_id = len(self._entries) + 1
        self.next_step = str(self._last + 1)

    def pending(self) -> list[Entry]:
        """List the pending changes."""
        return [entry for entry in self._entries.values() if entry.state == "pending"]

    def applied_in(self, step: str) -> list[Entry]:
        """List the changes of a step that are applied and not undone."""
        return [e for e in self._entries.values() if e.state == "applied" and str(e.step) == step]

    def verified(self) -> set[str]:
        """Return the contents that the user found right (the action "fine")."""
        return {e.sha for e in self._entries.values() if e.state == "applied" and e.action == "fine"}

    def quarantined(self) -> list[Entry]:
        """List the applied changes that set a picture aside."""
        return [e for e in self._entries.values() if e.state == "applied" and e.action == "quarantine"]

    def steps(self, folder: Path) -> list[Step]:
        """List what was applied, the newest first; paths are made absolute."""
        by_step: dict[str, list[Entry]] = {}
        for entry in self._entries.values():
            by_step.setdefault(str(entry.step), []).append(entry)
        return [
            Step(step, time, tuple(entry.outcome(folder) for entry in by_step[step]))
            for step, time in reversed(self._times.items())
            if step in by_step
        ]

    def half_done(self) -> list[tuple[Entry, str, str]]:
        """List the moves of the open group without an outcome: (change, from, to)."""
        moves = self._group.moves if self._group else {}
        return [(self._entries[id], *move) for id, move in moves.items() if id in self._entries]

    def done_last(self) -> list[tuple[Entry, str, str]]:
        """List the moves of the open group that are told as done: (change, from, to).

        That was not waited for: after a power cut the file may be where it was.
        """
        moves = self._group.done if self._group else {}
        return [(self._entries[id], *move) for id, move in moves.items()]

    def emptied_in(self, step: str) -> tuple[str, ...]:
        """Return the folders that a step emptied to be removed, inner ones first."""
        return self._emptied.get(step, ())

    def open_folders(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the folders that the open group empties, inner ones first, and those that it makes again."""
        return (self._group.emptied, self._group.restored) if self._group else ((), ())

    def blocked(self, entries: Sequence[Entry], is_taken: Callable[[str], bool]) -> dict[str, str]:
        """Find the changes that cannot be undone before a later step is: id -> why.

        Args:
            entries: applied changes.
            is_taken: whether something is at a path.
        """
        moved = [e for e in self._entries.values() if e.state == "applied" and e.place != e.origin]
        moved.sort(key=lambda e: e.step)  # the latest counts
        by_origin = {(e.origin, e.sha): e for e in moved}
        by_place = {e.place: e for e in moved}

        def moved_on(entry: Entry) -> Entry | None:
            after = by_origin.get((entry.place, entry.sha))
            return after if after and after.step > entry.step else None

        found = {}
        for entry in entries:
            after, there = moved_on(entry), by_place.get(entry.origin)
            if after:
                found[entry.id] = f"Step {after.step} moved it on: undo that first."
            elif there and there.step > entry.step and (is_taken(entry.origin) or moved_on(there)):
                found[entry.id] = f"Step {there.step} put another picture in its place: undo that first."
        return found

    def _take(self, line: Mapping[str, Any]) -> None:
        event = line.get("event")
        if event in _EVENTS:
            getattr(self, f"_on_{event}")(line)

    def _on_propose(self, line: Mapping[str, Any]) -> None:
        entry = Entry.proposed(line)
        for earlier in self._at.setdefault(entry.place, []):
            if earlier.state == "pending" and not line.get("merge"):
                earlier.state = "discarded"
        self._entries[entry.id] = entry
        self._at[entry.place].append(entry)

    def _on_withdraw(self, line: Mapping[str, Any]) -> None:
        for id in line["ids"]:
            self._entries[id].state = "discarded"

    def _on_begin(self, line: Mapping[str, Any]) -> None:
        moves = {_text(move["id"]): (_place(move["from"]), _place(move["to"])) for move in line["moves"]}
        emptied, restored = (tuple(map(_place, line.get(name, ()))) for name in ("emptied", "restored"))
        made, step, undoes, time = set(map(_place, line["made"])), line["step"], line["undoes"], line["time"]
        number = int(_text(step)) if undoes is None else self._last
        self._group = _Group(
            _text(step), undoes and _text(undoes), _text(time), moves, emptied=emptied, restored=restored
        )
        self._emptied[step] = emptied
        self.made |= made
        if undoes is None:
            self._last = number
            self._times[step] = time

    def _on_intent(self, line: Mapping[str, Any]) -> None:
        if self._group:
            self._group.moves[line["id"]] = (self._group.moves[line["id"]][0], _place(line["to"]))

    def _on_done(self, line: Mapping[str, Any]) -> None:
        if self._group is None:
            return
        done = self._entries[line["id"]]
        before, after = self._group.done[done.id] = self._group.moves.pop(done.id)
        undone = self._group.undoes is not None
        if before != after:
            for entry in list(self._at.get(before, [])):
                if entry.state == "pending" and entry is not done:
                    self._put(entry, after)  # a pending change follows its picture
            for entry in list(self._at.get(done.origin, [])) if undone else []:
                if entry.state == "applied" and entry.sha == done.sha and entry is not done:
                    self._put(entry, after)  # an earlier step had moved it there
        self._put(done, after)
        done.trouble = ""
        done.state = "undone" if undone else "applied"
        if not undone:
            done.origin, done.step = before, int(self._group.step)

    def _put(self, entry: Entry, place: str) -> None:
        self._at[entry.place].remove(entry)
        self._at.setdefault(place, []).append(entry)
        entry.place = place

    def _on_refused(self, line: Mapping[str, Any]) -> None:
        if self._group is None:
            return
        entry = self._entries[line["id"]]
        self._group.moves.pop(entry.id)
        entry.trouble = str(line["reason"])
        if self._group.undoes is None:
            entry.state, entry.step = "refused", int(self._group.step)

    def _on_end(self, line: Mapping[str, Any]) -> None:
        self._group = None
        self.made -= set(map(_place, line["removed"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _place(value: object) -> str:
    """Return a path that lies in the dataset's folder, wherever that is."""
    path = PurePath(_text(value))
    if not path.parts or path.anchor or ".." in path.parts or "\0" in str(path):
        raise ValueError(value)
    return str(value)


def now() -> str:
    """Return the present time as journals have it: ISO 8601 with the time zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def proposal(id: str, place: str, change: Change, sha: str) -> dict[str, str]:
    """Return the journal's line for a proposed change.

    Args:
        id: its name.
        place: the picture's path, relative.
        change: what is to be done.
        sha: of the content that it is meant for.
    """
    words = {"action": change.action, "label": change.label, "sha": sha, "reason": change.reason}
    return {"event": "propose", "id": id, "time": now(), "path": place} | words
