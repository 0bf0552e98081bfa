"""Temporary files and folders beside what they become, and those that a killed process left behind.

A name tells whose it is, `.photos.3f2a9c.4711-5d8e01.1b2c3d4e.tmp`: of which machine (workspaces may lie on a
shared disk) and which process. What no living process owns is cleared by a call that says so, where such work
begins and when the dashboard starts; reading never clears anything.
"""

import hashlib
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import DirEntry, getpid, scandir
from os.path import lexists
from pathlib import Path

from poetcore.system.identity import birth_of, find_process, machine, own_birth
from poetcore.system.names import TEMPORARY_NAME

__all__ = ["clear_leftovers", "find_leftovers", "take_name", "temporary_folder", "temporary_path"]

#: What earlier versions left of zip files: whose it was cannot be told, so it is cleared once it is old.
_EARLIER = re.compile(r"\.upload\.[a-z0-9_]{8}")
_OLD_SECONDS = 86_400

#: What another machine that shares the disk left, or a container that was made anew, is cleared after a week.
_LONG_SECONDS = 7 * 86_400

#: File systems take 255 bytes a name.
_PURPOSE_BYTES = 150


def temporary_path(target: Path) -> Path:
    """Return a new path beside the one that a file is to have in the end.

    Args:
        target: where the file will be once it is whole.
    """
    purpose = target.name.encode(errors="surrogateescape")[:_PURPOSE_BYTES].decode(errors="ignore")
    return target.with_name(f".{purpose}.{machine()}.{_process()}.{secrets.token_hex(4)}.tmp")


@contextmanager
def temporary_folder(target: Path) -> Iterator[Path]:
    """Make a folder beside a path, and delete it with what is still in it at the end.

    Args:
        target: where its content goes once it is whole; the folder that it is to be in exists.
    """
    folder = temporary_path(target)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def take_name(made: Path, folder: Path) -> bool:
    """Give a folder its name once everything that it begins with is in it, unless that name is taken.

    An empty folder makes way: it is what a process left that was killed before it wrote anything.

    Args:
        made: the folder, on the same disk.
        folder: what it is to be from now on.

    Returns:
        Whether nothing else had that name.

    Raises:
        OSError: it cannot be renamed for another reason.
    """
    with suppress(OSError):
        folder.rmdir()
    try:
        made.rename(folder)
    except OSError:
        if not lexists(folder):
            raise
        return False
    return True


def clear_leftovers(folder: Path, *, deep: bool = False) -> int:
    """Delete the temporary files and folders in a folder whose process has ended.

    Args:
        folder: where to look; it may be missing.
        deep: look into its folders too.

    Returns:
        How many were deleted.
    """
    return sum(map(_delete, find_leftovers(folder, deep=deep)))


def find_leftovers(folder: Path, *, deep: bool = False) -> list[Path]:
    """List the temporary files and folders in a folder whose process has ended; see `clear_leftovers`."""
    found: list[Path] = []
    for entry in _entries(folder):
        if _is_left(entry):
            found.append(Path(entry.path))
        elif deep and not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
            found += find_leftovers(Path(entry.path), deep=True)
    return found


def _entries(folder: Path) -> list[DirEntry[str]]:
    try:
        with scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _is_left(entry: DirEntry[str]) -> bool:
    """Return whether an entry is temporary and nobody works on it any more."""
    named = TEMPORARY_NAME.fullmatch(entry.name)
    if not named and not _EARLIER.fullmatch(entry.name):
        return False
    try:
        stat = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    if not named:
        return time.time() - stat.st_mtime > _OLD_SECONDS
    # A copy has its source's time of change, so the other time counts too: on Windows that of making it.
    changed = max(stat.st_mtime, stat.st_ctime)
    if named["machine"] != machine():  # whose processes nobody knows here
        return time.time() - changed > _LONG_SECONDS
    pid = int(named["pid"])
    birth = birth_of(pid) if named["birth"] else ""
    # Of earlier versions: a process of the same number that began after the last change is another one.
    return named["birth"] not in (None, _short(birth)) or find_process(pid, birth, changed) is None


def _delete(left: Path) -> bool:
    with suppress(OSError):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        else:
            left.unlink()
        return True
    return False


def _process() -> str:
    return f"{getpid()}-{_short(own_birth())}"


def _short(birth: str) -> str:
    return hashlib.sha256(birth.encode()).hexdigest()[:6] if birth else ""
