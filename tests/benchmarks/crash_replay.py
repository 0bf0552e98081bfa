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

__all__ = ["MODELS", "copy", "crashed", "cuts_of", "same"]

MODELS = ("kept", "lost", "empty", "zeros", "torn", "folders", "random")


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
                data.extend(bytes(start + len(op.data) - len(data)))
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
    """Return after how many changes a cut is tried: all where there are few, else some by lot."""
    if len(ops) < most:
        return list(range(len(ops) + 1))
    return sorted({0, len(ops), *random.Random(seed).sample(range(len(ops) + 1), most)})


def crashed(start: Path, ops: Sequence[Op], cut: int, model: str, to: Path, seed: int = 0) -> None:
    """Make what a disk holds after a cut.

    Args:
        start: a copy of the folder as it was before.
        ops: what was recorded.
        cut: after how many of them the power is gone.
        model: one of `MODELS`.
        to: where it is made; it is not there yet.
        seed: of the lots of `random`.
    """
    lot = random.Random(f"{seed} {cut} {model}")
    contents: list[_Content] = []
    tree = _Tree({})
    for place in sorted(start.rglob("*")):
        name = place.relative_to(start).as_posix()
        if place.is_symlink():
            tree.names[name] = str(place.readlink())
        elif place.is_dir():
            tree.names[name] = None
        else:
            contents.append(_Content(place.read_bytes()))
            tree.names[name] = len(contents) - 1
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
    _write(lasting, contents, keeps.get(model, lambda number: False), model == "zeros", to)


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


def _write(
    tree: _Tree, contents: Sequence[_Content], keeps: Callable[[int], bool], whole: bool, to: Path
) -> None:
    to.mkdir()
    for name in sorted(tree.names):
        held, place = tree.names[name], to / name
        if not place.parent.is_dir():
            continue  # its folder's name was lost
        if held is None:
            place.mkdir(exist_ok=True)
        elif isinstance(held, str):
            place.symlink_to(held)
        else:
            place.write_bytes(contents[held].now(keeps, whole))


def same(one: Path, other: Path, ignored: Callable[[str], bool] = lambda name: False) -> list[str]:
    """List the names below two folders that differ: the replay of everything must be what was written."""

    def held(folder: Path) -> dict[str, bytes | str | None]:
        return {
            path.relative_to(folder).as_posix(): str(path.readlink())
            if path.is_symlink()
            else path.read_bytes()
            if path.is_file()
            else None
            for path in folder.rglob("*")
        }

    first, second = held(one), held(other)
    return sorted(
        name
        for name in first.keys() | second.keys()
        if not ignored(name) and first.get(name, 0) != second.get(name, 0)
    )


def copy(folder: Path, to: Path) -> Path:
    """Copy a folder with its links, into memory where the system has such a place."""
    shutil.copytree(folder, to, symlinks=True)
    return to
