"""A journal: a file of JSON lines that several processes add to, and that survives being killed.

A line once written stays. The state follows from all lines, oldest first, so nothing can be half changed: at
worst the last line is not whole, and then it does not count.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from poetcore.errors import DatasetError, PoetError
from poetcore.system.failures import as_poet_error, is_full, why_refused
from poetcore.system.files import printable, sync_folder, write_all
from poetcore.system.reading import TEXT_BYTES, read_limited

__all__ = ["Journal"]

#: Seconds to wait for another writer; moving ten thousand files takes less.
_PATIENCE = 120.0


class Journal:
    """Lines of JSON in a file, and the lock that its writers hold one after the other.

    Args:
        file: the journal; it and its folder are made when something is first written.
        read_only: why nothing may be written, as a sentence; empty where it may.

    Attributes:
        file: as given.
    """

    def __init__(self, file: Path, read_only: str = "") -> None:
        self.file = file
        self._read_only = read_only
        self._lock = file.with_suffix(".lock")

    @contextmanager
    def locked(self, patience: float = _PATIENCE) -> Iterator[None]:
        """Hold the lock, against writers of this process and of others; one that was killed does not count.

        Raises:
            DatasetError: another still holds it after so many seconds, or the folder cannot be written.
        """
        self.check_writable()
        try:
            self.file.parent.mkdir(exist_ok=True)
            sync_folder(self.file.parent.parent)
            lock = FileLock(self._lock).acquire(timeout=patience)
        except Timeout:
            raise DatasetError(
                f"Another window or program is changing {printable(self.file.parent.parent)}: try again when"
                " it is done."
            ) from None
        except OSError as error:
            raise self._unwritable(error) from None
        with lock:
            yield

    def check_writable(self) -> None:
        """Check that something may be written.

        Raises:
            DatasetError: it may not.
        """
        if self._read_only:
            raise DatasetError(self._read_only)

    def state(self) -> tuple[int, ...]:
        """Return what changes with every line that is added; nothing where there is no journal."""
        try:
            found = self.file.stat()
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError:
            return (-1,)  # to be read, and refused
        return found.st_ino, found.st_size, found.st_mtime_ns

    def lines(self) -> list[dict[str, Any]]:
        """Read all lines, oldest first; one that is not whole or not JSON is skipped."""
        try:
            content = read_limited(self.file, TEXT_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise DatasetError(
                f"{printable(self.file)} cannot be read ({error.strerror}): change its permissions."
            ) from None
        return [line for text in content.split(b"\n") if (line := _parsed(text)) is not None]

    def append(self, *lines: Mapping[str, Any], sync: bool = True) -> None:
        """Add lines; the lock must be held.

        Args:
            lines: what to write, one object a line.
            sync: return only when they would survive a power failure.

        Raises:
            DatasetError: the file cannot be written.
            ResourceError: the disk is full.
        """
        if not lines:
            return
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        try:
            with self.file.open("ab+", buffering=0) as file:
                end = file.tell()
                if end and _last_byte(file) != b"\n":
                    text = b"\n" + text  # the torn line of a killed process ends here
                try:
                    write_all(file, text)
                except OSError:  # a full disk
                    file.truncate(end)
                    raise
                if sync:
                    os.fsync(file.fileno())
            if sync and not end:
                sync_folder(self.file.parent)  # else a power cut may take the new file's name
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> PoetError:
        if is_full(error):
            error.filename = str(self.file)
            return as_poet_error(error) or DatasetError(str(error))
        why = why_refused(error, self.file)
        return DatasetError(
            f"{printable(self.file)} cannot be written, because {why}: change the permissions of its folder,"
            " or copy the pictures to where they may be changed."
        )


def _last_byte(file: FileIO) -> bytes:
    file.seek(-1, os.SEEK_END)
    return bytes(file.read(1))


#: A zero in JSON, and not a backslash before "u0000", which a name may have.
_ZERO = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
        # No file has such a name: half a character, which cannot be written, or a zero.
        if _ZERO.search(text) or (b"\\u" in text and not json.dumps(line, ensure_ascii=False).encode()):
            return None
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None
