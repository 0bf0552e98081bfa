"""What the system refuses - a file, memory, a database - as one sentence and an exit status."""

import errno
import os
import sqlite3
from pathlib import Path

from poetcore.errors import OptionError, PoetError, ResourceError
from poetcore.system.disks import full_disk, full_disks, is_writable
from poetcore.system.names import lasting_name

__all__ = ["as_poet_error", "is_full", "is_refusal", "unwritable", "why_refused"]

#: What went wrong with a file that is named before it, and what to do. These the user can mend.
_UNUSABLE = {
    errno.ENOENT: "is not there: give another path, or put it there",
    errno.ENOTDIR: "cannot be used, because a file stands where a folder is meant: give another path",
    errno.EISDIR: "is a folder, where a file is meant: give the path of a file",
    errno.EEXIST: "is there already, and is not what is meant: give another path",
    errno.ENOTEMPTY: "is a folder with other things in it: give another path",
    errno.EACCES: "may not be read or written: change its permissions, or give another path",
    errno.EPERM: "may not be read or written: change its permissions, or give another path",
    errno.EROFS: "lies on a disk that may only be read: give another path",
    errno.ENAMETOOLONG: "is too long a path for this disk: give a shorter one",
    errno.ELOOP: "is a link that leads to itself: give another path",
    errno.EINVAL: "cannot be used as it is: give another path",
    errno.ENXIO: "is no usual file: give another path",
    errno.ENODEV: "is no usual file: give another path",
    errno.EFBIG: "is larger than anything that is meant to be there: give a smaller file",
    errno.EILSEQ: "has a name that this disk does not take: give another path",
}

#: What may not be written, whoever may read it.
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))

#: SQLite may not open or write the file (sqlite.org/rescode.html).
_CLOSED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


def as_poet_error(error: BaseException, file: Path | None = None) -> PoetError | None:
    """Return the error that tells its user in one sentence what the system refused.

    Args:
        error: what was raised.
        file: of the database, which SQLite does not name.

    Returns:
        The error itself where it is Poet's, an `OptionError` where another path would do, a `ResourceError`
        where the machine is to blame, and None for anything else: that is a mistake of Poet's.
    """
    if isinstance(error, PoetError):
        return error
    if isinstance(error, MemoryError):
        detail = f" ({error})" if str(error) else ""
        return ResourceError(
            f"There is not enough memory{detail}: close other programs, or choose smaller numbers."
        )
    if isinstance(error, sqlite3.Error):
        return _of_database(error, file)
    if isinstance(error, OSError):
        return _of_file(error)
    return None


def is_refusal(error: BaseException) -> bool:
    """Return whether a file cannot be written as things are, though nothing is wrong with what it holds."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return code in (*_CLOSED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    return isinstance(error, OSError) and error.errno in (*_FORBIDDEN, *_FULL)


def why_refused(error: BaseException, file: Path) -> str:
    """Return why a file cannot be written, as the end of a sentence.

    Args:
        error: what was raised.
        file: the file, which may be missing.
    """
    disk = full_disk(file)
    if is_full(error) or disk:
        return f"the disk {disk or file.parent} is full"
    if isinstance(error, OSError) and error.errno in (errno.EEXIST, errno.ENOTDIR):
        return "a file stands where a folder is meant"
    return str(getattr(error, "strerror", None) or error) if is_writable(file) else "it may only be read"


def unwritable(place: Path, error: OSError, advice: str) -> PoetError:
    """Return the error that a file or folder cannot be written, with the true cause.

    Args:
        place: the file or folder that was named.
        error: what was raised.
        advice: what to do, for the end of a sentence, unless the disk is full.
    """
    if is_full(error):
        return _full(str(place), full_disk(place))
    return OptionError(f"{place} cannot be written, because {why_refused(error, place)}: {advice}.")


def is_full(error: BaseException) -> bool:
    """Return whether an error says that a disk, or a user's share of it, is full."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and error.errno in _FULL)


def _of_file(error: OSError) -> PoetError:
    named = [_named(one) for one in (error.filename, error.filename2) if one is not None]
    name = " and ".join(dict.fromkeys(named))
    if error.errno in _FULL:
        return _full(name, full_disk(Path(os.fsdecode(error.filename))) if _is_path(error.filename) else None)
    if not name:
        return ResourceError(f"{error.strerror or error or type(error).__name__}: no file was named.")
    if error.errno in _UNUSABLE:
        return OptionError(f"{name} {_UNUSABLE[error.errno]}.")
    return ResourceError(
        f"{name} cannot be used ({error.strerror or error}): try again, or give another path."
    )


def _full(name: str, disk: Path | None) -> ResourceError:
    """Return the error that a disk is full; it is searched for where no file was named."""
    disks = [disk] if disk else [] if name else full_disks()
    which = f"the disk {disks[0]}" if len(disks) == 1 else "the disk"
    if len(disks) > 1:
        listed = ", ".join(map(str, disks))
        return ResourceError(f"A disk is full, one of {listed}: make room, and try again.")
    if not name:
        return ResourceError(f"{which[0].upper()}{which[1:]} is full: make room, and try again.")
    return ResourceError(f"{name} cannot be written, because {which} is full: make room, and try again.")


def _is_path(name: object) -> bool:
    return isinstance(name, str | bytes | os.PathLike)


def _named(file: object) -> str:
    """Return what people call a file: of a temporary one, what it was to become."""
    path = Path(os.fsdecode(file)) if isinstance(file, str | bytes | os.PathLike) else None
    return str(path.with_name(lasting_name(path.name)) if path and path.name else file)


def _of_database(error: sqlite3.Error, file: Path | None) -> PoetError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    named = file or "A database of the workspace"
    what = f"{named} cannot be used ({error})"
    if code == sqlite3.SQLITE_FULL or (code in (*_CLOSED, sqlite3.SQLITE_IOERR) and file and full_disk(file)):
        return _full(str(named), full_disk(file) if file else None)
    if code in _CLOSED:
        return OptionError(f"{what}: make the file and its folder writable, or choose another workspace.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ResourceError(f"{what}: another process uses it, try again.")
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM):
        return ResourceError(f"{what}: try again.")
    return OptionError(f"{what}: delete the file, it is made again.")
