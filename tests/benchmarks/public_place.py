"""A workspace of which some is published, with private things beside it, and a watch over all of its files.

The watch is inotify's, by the system's own call: what a process opens, reads, writes, makes or deletes below
these folders is told, whoever it is and in whatever language. Linux only.
"""

import ctypes
import hashlib
import os
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from poetcore.evaluation.evaluate import evaluate
from poetcore.workspace.published import publish_dataset, publish_run
from poetcore.workspace.workspace import Workspace
from tests.records import change_record

__all__ = ["MARK", "FileWatch", "PublicPlace", "hashes", "make_public_place"]

#: Stands in the names and contents of what is not published: it may never reach a visitor.
MARK = "private-7c1f"

_OPEN, _READ = 0x20, 0x1
_CHANGED = {0x2: "written", 0x4: "attributes", 0x40: "moved", 0x80: "moved", 0x100: "made", 0x200: "deleted"}
_FOLDER = 0x40000000


@dataclass(frozen=True)
class PublicPlace:
    """Where a public view is tried.

    Attributes:
        root: holds everything; its path may never reach a visitor.
        workspace: of which one run of two and one dataset are published.
        private_sha: content of a picture that is not published.
        shown_sha: content of one that is.
        allowed: files and folders that a public view may open.
    """

    root: Path
    workspace: Workspace
    private_sha: str
    shown_sha: str
    allowed: tuple[Path, ...]

    def may_open(self, path: str) -> bool:
        """Return whether a public view may open a file."""
        return any(path == str(one) or path.startswith(f"{one}{os.sep}") for one in self.allowed)


def make_public_place(source: Workspace, root: Path) -> PublicPlace:
    """Copy a workspace with two runs on `datasets/sample`, publish one run, and put private things beside it.

    Args:
        source: is read only.
        root: is made.
    """
    place = Workspace(root / "tf_files")
    shutil.copytree(source.root, place.root)
    for file in (*place.runs.glob("*/run.json"), *place.runs.glob("*/split.csv")):
        file.write_text(file.read_text().replace(str(source.root), str(place.root)))
        if file.suffix == ".json":
            change_record(file)  # what was changed on purpose is no damage
    for old in (*place.runs.glob("*/evaluations"), place.comparisons):
        shutil.rmtree(old, ignore_errors=True)
    first, second = place.finished_runs()[:2]
    second.rename_title(MARK)
    sample = place.datasets / "sample"
    for run in (first, second):
        evaluate(run, sample / "demo", place)
    private = root / MARK / "photos"
    shutil.copytree(sample / "demo", private / "demo")
    secret = next((private / "demo").rglob("*.jpg"))
    secret.write_bytes(secret.read_bytes() + MARK.encode())
    (root / MARK / "notes.txt").write_text(MARK)
    evaluate(first, private / "demo", place)
    shown = publish_run(place, first, sample / "demo").evaluations
    publish_dataset(place, sample / "train")
    allowed = (
        *(place.root / name for name in ("published.json", "published", "models", "bottlenecks")),
        *(path for path in first.folder.rglob("*") if path.is_file() and "evaluations" not in path.parts),
        *(first.evaluation(name).folder for name in shown),
        *(path for part in ("train", "demo") for path in (sample / part).rglob("*.jpg")),
    )
    contents = [file.read_bytes() for file in (secret, next((sample / "train").rglob("*.jpg")))]
    return PublicPlace(root, place, *(hashlib.sha256(one).hexdigest() for one in contents), allowed)


def hashes(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return of each file below a folder its hash, time of change and permissions."""
    found = {}
    for file in sorted(folder.rglob("*")):
        stat = file.lstat()
        content = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
        found[str(file)] = (content, stat.st_mtime_ns, stat.st_mode)
    return found


class FileWatch:
    """Tells what was done below a folder; for a `with` statement.

    Args:
        folder: it and all folders below it, as they are now.
    """

    def __init__(self, folder: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._queue = self._libc.inotify_init1(os.O_NONBLOCK)
        assert self._queue >= 0, os.strerror(ctypes.get_errno())
        asked = _OPEN | _READ | sum(_CHANGED)
        self._folders = {
            self._libc.inotify_add_watch(self._queue, os.fsencode(one), asked): str(one)
            for one in (folder, *(path for path in folder.rglob("*") if path.is_dir()))
        }
        assert all(number >= 0 for number in self._folders), os.strerror(ctypes.get_errno())
        #: Files and folders that were opened, and what else was done: "written PATH".
        self.opened: set[str] = set()
        self.changed: set[str] = set()

    def __enter__(self) -> "FileWatch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.look()
        os.close(self._queue)

    def look(self) -> None:
        """Take in what was done since; the system keeps 16,384 events."""
        while True:
            try:
                events = os.read(self._queue, 1_000_000)
            except BlockingIOError:
                return
            while events:
                watch, what, _, length = struct.unpack_from("iIII", events)
                name = os.fsdecode(events[16 : 16 + length].rstrip(b"\0"))
                events = events[16 + length :]
                assert not what & 0x4000, "more happened than the system keeps: look more often"
                folder = self._folders.get(watch, "?")
                path = f"{folder}/{name}" if name else folder
                if what & (_OPEN | _READ):
                    self.opened.add(path)
                self.changed |= {f"{words} {path}" for bit, words in _CHANGED.items() if what & bit}
