"""Files of the user's that are read whole: what they are and how large is known before a byte is read.

A pipe that is opened waits for who writes it, a device has no end, and a sparse file of a few blocks can say
that it holds terabytes. Each of them is an `OSError` like that of a file that may not be read, so that
whoever explains those explains these.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from poetcore.system.figures import file_size

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "TEXT_BYTES",
    "check_size",
    "open_regular",
    "read_arrays",
    "read_limited",
    "read_text_limited",
    "rest_of",
]

#: What texts, tables and settings may have that people give or that lie in a workspace: a million rows.
TEXT_BYTES = 200_000_000

#: A pipe that takes the file's place after it was looked at is not waited for; Windows has none.
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def read_limited(path: Path, most: int) -> bytes:
    """Read a whole file that is not larger than it may be.

    Args:
        path: a file, or a link to one.
        most: bytes that it may have.

    Raises:
        OSError: it cannot be read, is a folder (`IsADirectoryError`), a pipe, socket or device (`ENXIO`), or
            larger (`EFBIG`), also where it grows meanwhile. `strerror` is the reason in a few words.
    """
    with open_regular(path) as file:
        return rest_of(file, path, most)


def read_text_limited(
    path: Path, most: int = TEXT_BYTES, encoding: str = "utf-8", errors: str = "strict"
) -> str:
    """Read a whole text that is not larger than it may be, as `read_limited` does.

    Args:
        path: a file, or a link to one.
        most: bytes that it may have.
        encoding: of the text.
        errors: what becomes of bytes that are none in it, as `bytes.decode` has it.

    Raises:
        OSError: as `read_limited` raises it.
        UnicodeDecodeError: it is no text in that encoding.
    """
    return read_limited(path, most).decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")


def read_arrays(file: Path | IO[bytes]) -> "dict[str, np.ndarray]":
    """Read the arrays of an `.npz` file.

    Raises:
        ValueError: it is missing or damaged, or something in it is no array.
    """
    import numpy as np

    try:
        with np.load(file, allow_pickle=False) as opened:
            arrays = dict(opened)
    except Exception as error:  # whatever a damaged file makes numpy and zipfile raise
        raise ValueError(str(error)) from None
    # What has no header of an array, numpy gives as bytes.
    if strange := [name for name, one in arrays.items() if not isinstance(one, np.ndarray)]:
        raise ValueError(f"{strange[0]} is no array")
    return arrays


@contextmanager
def open_regular(path: Path) -> Iterator[FileIO]:
    """Open a file to be read, unbuffered; nothing but a usual file is opened.

    Raises:
        OSError: as `read_limited` raises it, but for its size.
    """
    _check_regular(path.stat(), path)
    with open(path, "rb", buffering=0, opener=lambda name, _: os.open(name, _OPEN)) as file:
        _check_regular(os.fstat(file.fileno()), path)  # it may have become another one
        yield file


def check_size(file: FileIO, path: Path, most: int) -> int:
    """Return how many bytes an open file has.

    Raises:
        OSError: more than it may have (`EFBIG`).
    """
    size = os.fstat(file.fileno()).st_size
    if size > most:
        raise OSError(errno.EFBIG, f"has {file_size(size)}, more than {file_size(most)}", str(path))
    return size


def rest_of(file: FileIO, path: Path, most: int) -> bytes:
    """Read an open file from where it stands to its end.

    Args:
        file: of `open_regular`.
        path: where it lies, for the message.
        most: bytes that it may have.

    Raises:
        OSError: it is larger (`EFBIG`), also where it grows meanwhile.
    """
    wanted = check_size(file, path, most) + 1  # one more, by which is known that it has not grown
    parts, length = [], 0
    while length <= most and (part := file.read(wanted)):
        parts.append(part)
        length += len(part)
        wanted = min(max(wanted - len(part), 2**20), most + 1 - length)
    if length > most:
        raise OSError(errno.EFBIG, f"grew beyond {file_size(most)} while it was read", str(path))
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _check_regular(found: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.ENXIO, "is not a file (a pipe or a device)", str(path))
