"""Checksums: what was written is what is read, or that is noticed.

The checksum of a file stands beside it, `model.tflite.sha256`, as `sha256sum` writes and checks it. That of a
JSON object stands in it, of its values rather than its text, so that a file may be written in another way.
What an earlier version wrote has none; then nothing is known of it.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from poetcore.system.files import write_whole
from poetcore.system.reading import open_regular

__all__ = [
    "add_checksum",
    "checksum_file",
    "is_sound",
    "sealed",
    "sha256_of",
    "told_checksum",
    "unsealed",
    "write_checked",
]

#: Under which name the checksum of an object stands in it.
_SEAL = "checksum"

#: Files whose checksum a process remembers.
_REMEMBERED = 4_096


def sha256_of(file: Path) -> str:
    """Compute the sha256 of a file's content, 64 hexadecimal digits; once, as long as nobody writes it.

    Raises:
        OSError: it cannot be read.
    """
    stat = file.stat()
    return _sha256(file, stat.st_size, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=_REMEMBERED)
def _sha256(file: Path, *stamp: int) -> str:
    with open_regular(file) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def checksum_file(file: Path) -> Path:
    """Return where the checksum of a file stands."""
    return file.with_name(f"{file.name}.sha256")


def told_checksum(file: Path) -> str | None:
    """Return what stands beside a file as its checksum; None where nothing does."""
    try:
        return checksum_file(file).read_text(encoding="utf-8").partition(" ")[0]
    except (OSError, ValueError):
        return None


def is_sound(file: Path) -> bool | None:
    """Return whether a file is what was written; None where it has no checksum, or is missing.

    Raises:
        OSError: the file cannot be read.
    """
    told = told_checksum(file) if file.exists() else None
    return None if told is None else sha256_of(file) == told


def add_checksum(file: Path) -> None:
    """Write the checksum of a file beside it."""
    _write(file, sha256_of(file))


def write_checked(file: Path, content: bytes) -> None:
    """Write a file whole and its checksum beside it; killed in between, the file has none."""
    checksum_file(file).unlink(missing_ok=True)
    write_whole(file, content)
    _write(file, hashlib.sha256(content).hexdigest())


def _write(file: Path, told: str) -> None:
    with suppress(OSError):  # a full disk: the file itself is whole
        write_whole(checksum_file(file), f"{told}  {file.name}\n")


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a JSON object with their checksum, which `unsealed` looks at.

    >>> unsealed(sealed({"correct": 95, "total": 100}))
    {'correct': 95, 'total': 100}
    >>> unsealed(sealed({"correct": 95, "total": 100}) | {"correct": 99})
    Traceback (most recent call last):
    ValueError: the values are not those that were written
    """
    # As JSON has them: what is written as a tuple is read as a list, a number as a name is read as text.
    plain: dict[str, Any] = json.loads(json.dumps(_without_seal(values)))
    return plain | {_SEAL: _checksum_of(plain)}


def unsealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an object from JSON, without their checksum, which an earlier version had not.

    Raises:
        ValueError: they are not those that were sealed.
    """
    plain = _without_seal(values)
    if _SEAL in values and values[_SEAL] != _checksum_of(plain):
        raise ValueError("the values are not those that were written")
    return plain


def _without_seal(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != _SEAL}


def _checksum_of(plain: dict[str, Any]) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
