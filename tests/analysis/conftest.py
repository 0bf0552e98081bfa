"""A folder of label folders and a demo folder, with nothing wrong in them, and what is found there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.analysis.issues import find_issues
from poetcore.data.dataset import scan
from poetcore.data.file_index import FileIndex
from poetcore.workspace.workspace import Workspace
from tests.analysis.drawn import photo, put


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def memory(place: Workspace) -> Iterator[FileIndex]:
    with place.file_index() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three roses and two tulips with nothing wrong about them."""
    for number in range(5):
        label = "rose" if number < 3 else "tulip"
        put(tmp_path / "set" / label / f"{label}_{number:03d}.jpg", photo(number), quality=90)
    return tmp_path / "set"


@pytest.fixture
def found(place: Workspace, folder: Path, memory: FileIndex):
    """Find the issues of the folder: file and check of each."""

    def find(demo: Path | None = None) -> list[tuple[str, str]]:
        demo_set = scan(demo, memory) if demo else None
        issues = find_issues(scan(folder, memory), place, demo_set)
        return [(Path(issue.path).relative_to(folder).as_posix(), issue.issue) for issue in issues]

    return find


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A demo folder of other pictures."""
    for number, label in enumerate(("rose", "tulip")):
        put(tmp_path / "demo" / label / "a.jpg", photo(100 + number), quality=90)
    return tmp_path / "demo"
