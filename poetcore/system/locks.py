"""Locks of folders and files that are written: one process at a time, and others are told at once who it is.

A lock is a file beside what it is for, `.photos.lock`, that the system holds for the process: one that is
killed holds nothing any more, whatever is left of the file. Containers and machines that share a disk share
its locks too, where that disk has any; where it has none, work goes on without.
"""

import contextlib
import hashlib
import json
import os
import platform
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from poetcore.errors import OptionError
from poetcore.system.identity import host, host_name

__all__ = ["Holder", "check_free", "holder_of", "in_use", "locked", "users_of"]

#: Seconds to try: another process may just be looking whether it is held.
_GLIMPSE = 0.3

#: Between two tries.
_POLL = 0.02

#: All that share a folder may lock it.
_MODE = 0o666

#: File systems take 255 bytes a name; one that is longer than this gets a lock named by its hash.
_NAME_BYTES = 200

#: On Windows the first byte of a file that is locked cannot be read by others.
_FIRST = 1


@dataclass(frozen=True)
class Holder:
    """Who holds a lock.

    Attributes:
        doing: what is being done, as "is being prepared".
        pid: its process.
        host: where that is the number of the process; see `identity.host`.
        since: seconds since 1970.
    """

    doing: str = "is being changed"
    pid: int = field(default_factory=os.getpid)
    host: str = field(default_factory=host)
    since: float = field(default_factory=time.time)

    @property
    def words(self) -> str:
        """What is told: `is being prepared (process 4711, since 14:02)`."""
        elsewhere = "" if self.host == host() else f" on {host_name(self.host)}"
        number = f"process {self.pid}{elsewhere}" if self.pid else "another process"
        since = f", since {datetime.fromtimestamp(self.since):%H:%M}" if self.since else ""
        return f"{self.doing} ({number}{since})"


@contextlib.contextmanager
def locked(target: Path, doing: str = "is being changed", patience: float = _GLIMPSE) -> Iterator[None]:
    """Hold the lock of a folder or file for the time of a `with` block, whether it exists yet or not.

    A block inside the block of the same process would wait for itself: lock once, where the work begins.

    Args:
        target: what is going to be written.
        doing: what others are told: "is being prepared".
        patience: seconds to wait for another.

    Raises:
        OptionError: another process, or another window of this one, holds it.
    """
    file = _file_of(target)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = _acquired(file, patience)
    except Timeout:
        raise busy(target, holder_of(target) or Holder(pid=0, since=0)) from None
    with _held(file, lock, doing):
        yield


def holder_of(target: Path) -> Holder | None:
    """Return who holds the lock of a folder or file; None where nobody does. Nothing is written."""
    return _holder(_file_of(target))


def check_free(folder: Path, *, levels: int = 1) -> None:
    """Check that nobody is writing a folder that is to be read, nor those that it lies in.

    Args:
        folder: what is to be read.
        levels: how many folders above it to look at: `photos/train` is written with `photos`.

    Raises:
        OptionError: somebody is.
    """
    real = Path(os.path.realpath(folder))
    for place in (real, *list(real.parents)[:levels]):
        if holder := holder_of(place):
            raise busy(place, holder)


@contextlib.contextmanager
def in_use(folder: Path, doing: str) -> Iterator[None]:
    """Have it known for the time of a `with` block that a folder is read and must stay; any number may.

    Args:
        folder: of a run; where it cannot be written this does nothing.
        doing: what others are told: "is being evaluated".
    """
    users_of(folder)  # clears what killed processes left
    if not folder.is_dir():  # a lock would make it
        yield
        return
    file = folder / f".{os.getpid()}-{secrets.token_hex(4)}.use"
    with _held(file, _acquired(file, 0), doing):
        yield


def users_of(folder: Path) -> list[Holder]:
    """List who uses a folder, and clear what killed processes left of that."""
    found = []
    for file in folder.glob(".*.use"):
        if holder := _holder(file):
            found.append(holder)
        else:
            with contextlib.suppress(OSError):
                file.unlink()
    return found


def busy(target: Path, holder: Holder) -> OptionError:
    """Return what is raised where another holds a lock."""
    name = os.fsencode(target).decode("utf-8", "backslashreplace")
    return OptionError(f"{name} {holder.words}: wait until that is done, or end it first.")


def _file_of(target: Path) -> Path:
    """Return the lock's file: one for all paths that lead to the same place."""
    real = Path(os.path.realpath(target))
    name = real.name  # "" of a whole disk
    if len(os.fsencode(name)) > _NAME_BYTES:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return real.parent / f".{name}.lock"


def _acquired(file: Path, patience: float) -> FileLock | None:
    """Return the lock that is held now, or None where there can be none; Timeout where another holds it."""
    lock = FileLock(file, mode=_MODE)
    try:
        lock.acquire(timeout=patience, poll_interval=_POLL)
    except Timeout:
        raise
    except (OSError, NotImplementedError):
        return None
    return lock


@contextlib.contextmanager
def _held(file: Path, lock: FileLock | None, doing: str) -> Iterator[None]:
    """Write who holds a lock, and release it at the end."""
    if lock is None:  # the disk has no locks, or nothing may be written there
        yield
        return
    try:
        with contextlib.suppress(OSError), file.open("r+b", buffering=0) as content:
            content.truncate(_FIRST)
            content.seek(_FIRST)
            content.write(json.dumps(asdict(Holder(doing))).encode())
        yield
    finally:
        if platform.system() != "Windows":  # there it is deleted by who closes it
            with contextlib.suppress(OSError):
                file.unlink()
        lock.release()


def _holder(file: Path) -> Holder | None:
    for _ in range(3):  # another may just be looking, as this does
        if not os.path.lexists(file):
            return None
        lock = FileLock(file, mode=_MODE)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            time.sleep(_POLL)
            continue
        except (OSError, NotImplementedError):
            return None
        lock.release()
        return None
    try:
        with file.open("rb", buffering=0) as content:
            content.seek(_FIRST)
            holder = Holder(**json.loads(content.read(10_000)))
            return holder if holder.words else None
    except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return Holder(pid=0, since=0)
