"""A folder to repair."""

from pathlib import Path

import pytest

from poetcore.curation.repair import Repairs
from tests.curation.repairing import put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures of roses, two of tulips; contents are of no matter here."""
    for label, count in {"rose": 3, "tulip": 2}.items():
        for number in range(count):
            put(tmp_path / "set", f"{label}/{number}.jpg", f"{label} {number}")
    return tmp_path / "set"


@pytest.fixture
def repairs(folder: Path) -> Repairs:
    return Repairs(folder)
