"""What a disk holds after a power cut: writes of a program are recorded by strace, and replayed in part.

Every change below a folder is recorded in its order, with the moments at which the program waited for the
disk (fsync, fdatasync, sync). A disk owes only what was waited for. Of the rest the models here keep as
little or as much as real file systems do:

kept      everything until the cut: as if the process had been killed
lost      names as they were at the last wait, content as waited for
empty     names up to the cut (a journal keeps their order), content as waited for: the files of zero bytes
zeros     likewise, but each file has its length, and zeros where nothing was waited for
torn      likewise, but of what was not waited for every second write is there
folders   names only where their own folder was waited for, content as waited for
random    each name and write that nobody waited for is there or not, by lot
"""

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.disk_record import Op

__all__ = ["MODELS", "Held", "copy", "cuts_of", "held_in", "left_by", "make", "same"]

MODELS = ("kept", "lost", "empty", "zeros", "torn", "folders", "random")

#: What is below a folder, by name: a file's content, a link's target as text, None for a folder.
Held = dict[str, bytes | str | None]

#: Changes beside which a cut tells most: a name changes, or a wait is over.
_TELLING = ("rename", "link", "unlink", "rmdir", "sync")


@dataclass
class _Content:
    """A file's content: what was waited for, and the writes since, oldest first."""

    synced: bytes = b""
    later: list[Op] = field(default_factory=list)

    def now(self, keeps: Callable[[int], bool] = lambda number: True, whole_length: bool = False) -> bytes:
        """Return the content with those later writes that are kept."""
        data = bytearray(self.synced)
        for number, op in enumerate(self.later):
            if op.kind == "truncate":
                if keeps(number):
                    del data[op.offset :]
                    data.extend(bytes(op.offset - len(data)))
                continue
            start = len(data) if op.offset < 0 else op.offset
            if keeps(number) or whole_length:
                data.extend(bytes(max(0, start + len(op.data) - len(data))))
            if keeps(number):
                data[start : start + len(op.data)] = op.data
        return bytes(data)

    def sync(self) -> None:
        self.synced, self.later = self.now(), []


@dataclass
class _Tree:
    """Names and what they lead to: a number of a content, None for a folder, a text for a link."""

    names: dict[str, int | str | None]

    def apply(self, op: Op, number: int | None = None) -> None:
        if op.kind == "create":
            self.names.setdefault(op.path, number)
        elif op.kind == "mkdir":
            self.names[op.path] = None
        elif op.kind == "symlink":
            self.names[op.path] = op.other
        elif op.kind in ("unlink", "rmdir"):
            self.names.pop(op.path, None)
        elif op.kind == "link" and op.path in self.names:
            self.names[op.other] = self.names[op.path]
        elif op.kind == "rename" and op.path in self.names:
            moved = [one for one in self.names if one == op.path or one.startswith(op.path + "/")]
            for one in moved:
                self.names[op.other + one[len(op.path) :]] = self.names.pop(one)


def cuts_of(ops: Sequence[Op], most: int, seed: int = 0) -> list[int]:
    """Return after how many changes a cut is tried: all where there are few, else some by lot.

    Half of them are just before or after a name changes or a wait ends.
    """
    if len(ops) < most:
        return list(range(len(ops) + 1))
    lot = random.Random(seed)
    telling = sorted({at for i, op in enumerate(ops) if op.kind in _TELLING for at in (i, i + 1)})
    drawn = lot.sample(telling, min(most // 2, len(telling)))
    drawn += lot.sample(range(len(ops) + 1), most - len(drawn))
    return sorted({0, len(ops), *drawn})


def left_by(start: Held, ops: Sequence[Op], cut: int, model: str, seed: int = 0) -> Held:
    """Return what a disk holds after a cut.

    Args:
        start: what the folder held before.
        ops: what was recorded.
        cut: after how many of them the power is gone.
        model: one of `MODELS`.
        seed: of the lots of `random`.
    """
    lot = random.Random(f"{seed} {cut} {model}")
    contents: list[_Content] = []
    tree = _Tree({})
    for name, before in start.items():
        if isinstance(before, bytes):
            contents.append(_Content(before))
            tree.names[name] = len(contents) - 1
        else:
            tree.names[name] = before
    lasting = _Tree(dict(tree.names))
    waiting: list[tuple[Op, int | None]] = []  # names that nobody waited for
    for op in ops[:cut]:
        number = None
        if op.kind in ("write", "truncate"):
            held = tree.names.get(op.path)
            if isinstance(held, int):
                contents[held].later.append(op)
            continue
        if op.kind == "sync":
            held = tree.names.get(op.path)
            for content in contents if op.path == "" else [contents[held]] if isinstance(held, int) else ():
                content.sync()
            waiting = _settle(lasting, waiting, op, model, tree)
            continue
        if op.kind == "create" and op.path not in tree.names:
            contents.append(_Content())
            number = len(contents) - 1
        tree.apply(op, number)
        waiting.append((op, number))
    if model in ("kept", "empty", "zeros", "torn"):
        lasting = tree
    elif model == "random":
        for op, number in waiting:
            if lot.random() < 0.5:
                lasting.apply(op, number)
    keeps: dict[str, Callable[[int], bool]] = {
        "kept": lambda number: True,
        "torn": lambda number: number % 2 == 0,
        "random": lambda number: lot.random() < 0.5,
    }
    kept, whole = keeps.get(model, lambda number: False), model == "zeros"
    left: Held = {}
    for name in sorted(lasting.names):
        above, place = str(Path(name).parent), lasting.names[name]
        if above == "." or left.get(above, b"") is None:  # else its folder's name was lost
            left[name] = contents[place].now(kept, whole) if isinstance(place, int) else place
    return left


def _settle(
    lasting: _Tree, waiting: list[tuple[Op, int | None]], sync: Op, model: str, tree: _Tree
) -> list[tuple[Op, int | None]]:
    """Let the names last that a wait makes last, and return the others."""
    if model not in ("folders", "random") or sync.path == "":  # a journal: all until then
        for op, number in waiting:
            lasting.apply(op, number)
        return []
    left = []
    for op, number in waiting:
        parents = {str(Path(one).parent) for one in (op.path, op.other or op.path)}
        if sync.path in parents:
            lasting.apply(op, number)
        else:
            left.append((op, number))
    return left


def held_in(folder: Path) -> Held:
    """Return what is below a folder."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else None
        for path in sorted(folder.rglob("*"))
    }


def copy(folder: Path, to: Path) -> Path:
    """Copy a folder with its links."""
    shutil.copytree(folder, to, symlinks=True)
    return to


def make(held: Held, to: Path) -> None:
    """Make a folder, which is not there yet, that holds this."""
    to.mkdir()
    for name, content in held.items():
        if content is None:
            (to / name).mkdir()
        elif isinstance(content, str):
            (to / name).symlink_to(content)
        else:
            (to / name).write_bytes(content)


def same(one: Held, other: Held, ignored: Callable[[str], bool] = lambda name: False) -> list[str]:
    """List the names that differ: the replay of everything must be what was written."""
    return sorted(
        name
        for name in one.keys() | other.keys()
        if not ignored(name) and one.get(name, 0) != other.get(name, 0)
    )
