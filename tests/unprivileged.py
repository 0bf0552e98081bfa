"""A way to meet "permission denied" for real, also where the tests run as root."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534

needs_permissions = pytest.mark.skipif(
    not hasattr(os, "geteuid"), reason="this system has no such permissions"
)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's right to read everything for a moment; other users never had it."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def others_may_read(*files: str) -> bool:
    """Return whether others than their owner may enter the folders of files, to import what lies there."""
    return all(folder.stat().st_mode & 0o001 for file in files for folder in Path(file).resolve().parents)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that everybody may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
