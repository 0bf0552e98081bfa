"""Moving files so that none is ever lost: nothing is overwritten, and contents are known by their hash."""

import errno
import hashlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from poetcore.system.files import make_folder, sync_folder
from poetcore.system.paths import MAX_NAME
from poetcore.system.reading import open_regular

__all__ = ["content_of", "finish", "free_name", "move"]


def content_of(path: Path) -> str | None:
    """Return the sha256 of a file's content, 64 hexadecimal digits, or None where no readable file is."""
    try:
        if not path.is_file():  # a pipe would never end
            return None
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def free_name(path: Path, taken: Collection[Path] = ()) -> Path:
    """Return a path, or one like it (`a.jpg`, `a_2.jpg`, ...) where it exists or is in `taken` already."""
    number, free = 1, path
    while free in taken or os.path.lexists(free):
        number += 1
        ending = f"_{number}{path.suffix}"
        stem = os.fsencode(path.stem)[: MAX_NAME - len(os.fsencode(ending))]
        free = path.with_name(stem.decode(errors="ignore") + ending)
    return free


def move(source: Path, target: Path, sha: str) -> None:
    """Move a file to where nothing is; the target's folder is made.

    Args:
        source: the file.
        target: its new path.
        sha: of its content, against which a copy is checked where source and target are on different disks.

    Raises:
        FileExistsError: something is there.
        OSError: it cannot be moved; it is where it was.
    """
    make_folder(target.parent)
    # A rename would silently replace a file that another program has just put there, so the name is first
    # claimed with an empty file, which fails where there is any.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    try:
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(source, target, sha)
            sync_folder(target.parent)  # before the only other one goes
            source.unlink()
    except OSError:
        target.unlink(missing_ok=True)  # the claim, or a copy whose source cannot be removed
        raise


def finish(source: Path, target: Path, sha: str) -> bool:
    """Finish or roll back a move that was interrupted anywhere.

    Returns:
        Whether the file is at the target; otherwise it is still at the source, or others removed it.
    """
    _part(target, sha).unlink(missing_ok=True)
    if content_of(target) == sha:
        try:
            if content_of(source) == sha:
                source.unlink()
        except OSError:
            target.unlink()
            return False
        return True
    if content_of(source) == sha and target.is_file() and not target.stat().st_size:
        target.unlink()  # the claim
    return False


def _copy(source: Path, target: Path, sha: str) -> None:
    part = _part(target, sha)
    try:
        shutil.copy2(source, part, follow_symlinks=False)
        if content_of(part) != sha:
            raise OSError(errno.EIO, "the copy differs from the file")
        if not part.is_symlink():
            with part.open("rb+") as file:
                os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _part(target: Path, sha: str) -> Path:
    """Return the hidden file that a copy is written to first."""
    return target.with_name(f".poet-{sha[:16]}.part")
