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


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that everybody may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
