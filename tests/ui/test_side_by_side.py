"""Pictures that are the same, or nearly, are shown in groups: which stand in one, which may be set aside."""

import shutil
from pathlib import Path

import pytest

from poetcore.analysis.issues import CHECKS, find_issues
from poetcore.data.dataset import Dataset, scan
from poetcore.ui.data.side_by_side import side_by_side
from poetcore.ui.gallery.repair_gallery import Repairable
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "set", {"rose": 3, "tulip": 3})


def groups(check: str, folder: Path, tmp_path: Path, demo: Path | None = None) -> list[list[Repairable]]:
    """What is shown of a check: the groups in their order."""
    place = Workspace(tmp_path / "tf_files")
    here, there = scanned(folder, place), scanned(demo, place) if demo else None
    issues = [one for one in find_issues(here, place, there) if one.issue == check]
    shown = side_by_side(issues, CHECKS[check], here, there)
    return [[one for one in shown if one.group == name] for name in dict.fromkeys(one.group for one in shown)]


def scanned(folder: Path, place: Workspace) -> Dataset:
    with place.file_index() as index:
        return scan(folder, index)


def named(group: list[Repairable]) -> list[tuple[str, bool]]:
    return [(f"{one.label}/{Path(one.path).name}", one.kept) for one in group]


def test_a_copy_stands_beside_the_picture_that_stays(folder, tmp_path):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "rose/rose_001 copy.jpg")
    (pair,) = groups("duplicate", folder, tmp_path)
    assert named(pair) == [("rose/rose_001 copy.jpg", True), ("rose/rose_001.jpg", False)]


def test_conflicting_labels_stand_side_by_side_and_either_may_be_wrong(folder, tmp_path):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/moved.jpg")
    (pair,) = groups("two_labels", folder, tmp_path)
    assert sorted(named(pair)) == [("rose/rose_001.jpg", False), ("tulip/moved.jpg", False)]


def test_copies_are_told_apart_by_label_name_and_size(folder, tmp_path):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/moved.jpg")
    (pair,) = groups("two_labels", folder, tmp_path)
    moved = next(one.card for one in pair if one.label == "tulip")
    assert (moved.title, moved.lines[0]) == ("tulip", "moved.jpg") and " x " in moved.lines[1]


def test_a_near_duplicate_stands_beside_what_it_is_similar_to(folder, tmp_path):
    (folder / "rose/large.jpg").write_bytes(encoded(picture(99, (400, 300)), quality=95))
    (folder / "rose/small.jpg").write_bytes(encoded(picture(99, (400, 300)).resize((320, 240)), quality=80))
    (pair,) = groups("near_duplicate", folder, tmp_path)
    assert sorted(Path(one.path).name for one in pair) == ["large.jpg", "small.jpg"]
    assert [one.kept for one in pair] == [True, False] and "similar to" in pair[1].card.lines[-1]


def test_a_picture_of_the_demo_folder_is_shown_to_compare_only(folder, tmp_path):
    demo = fill(tmp_path / "demo", {"rose": 1}, seed=5)
    shutil.copy(folder / "rose/rose_001.jpg", demo / "rose/seen.jpg")
    (pair,) = groups("leaked", folder, tmp_path, demo)
    assert {Path(one.path).name: one.elsewhere for one in pair} == {"rose_001.jpg": False, "seen.jpg": True}
