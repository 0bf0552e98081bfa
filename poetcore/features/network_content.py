"""The content of a network of one's own: its hash, and whether LiteRT runs it."""

import base64
import hashlib
from pathlib import Path

from poetcore.errors import BackboneError, PoetError
from poetcore.features.allowed_operations import MOST_BYTES
from poetcore.system.processes import run_module
from poetcore.system.reading import check_size, open_regular

__all__ = ["check_runs", "hash_of"]


def hash_of(path: Path) -> str:
    """Return the sha256 of a file, or of a folder with all its files, names included.

    Raises:
        OSError: a file cannot be read, or is larger than any network.
    """
    if path.is_file():
        return _digest(path)
    whole = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        whole.update(f"{file.relative_to(path).as_posix()} {_digest(file)}\n".encode())
    return whole.hexdigest()


def check_runs(path: Path, content: bytes) -> None:
    """Check in a process of its own, which a crash ends, that LiteRT runs a network.

    Args:
        path: where it came from, for the message.
        content: as it is kept, and run from then on.

    Raises:
        BackboneError: it does not.
    """
    try:
        run_module("poetcore.features.lite_trial", [], base64.b64encode(content).decode())
    except PoetError:
        raise BackboneError(
            f"The network in {path} cannot be run by LiteRT: it is damaged, needs operations that LiteRT does"
            " not have, or more memory than there is."
        ) from None


def _digest(file: Path) -> str:
    with open_regular(file) as opened:
        check_size(opened, file, MOST_BYTES)
        return hashlib.file_digest(opened, "sha256").hexdigest()
