"""What is wrong with which picture."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.dataset import scan
from poetcore.fingerprints import Fingerprints
from poetcore.quality import Issue, find_issues
from tests.conftest import encoded, fill, picture


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Fingerprints]:
    opened = Fingerprints(tmp_path / "fingerprints.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "set", {"rose": 3, "tulip": 2})


def issues(folder: Path, memory: Fingerprints) -> list[tuple[str, str]]:
    found = find_issues(scan(folder, memory, verify=True))
    return [(Path(issue.path).relative_to(folder).as_posix(), issue.issue) for issue in found]


def test_different_pictures_have_no_issues(folder, memory):
    assert issues(folder, memory) == []


def test_an_unreadable_file_is_told_with_its_reason(folder, memory):
    (folder / "rose/empty.jpg").touch()
    assert find_issues(scan(folder, memory)) == [
        Issue(str(folder / "rose/empty.jpg"), "unreadable", "The file is empty (0 bytes).")
    ]


def test_a_truncated_picture_is_unreadable(folder, memory):
    content = encoded(picture(77, (300, 200)))
    (folder / "tulip/cut.jpg").write_bytes(content[: len(content) // 2])
    assert issues(folder, memory) == [("tulip/cut.jpg", "unreadable")]


def test_copies_are_duplicates_and_the_first_is_not(folder, memory):
    for name in ("x.jpg", "y.png"):
        shutil.copy(folder / "rose/rose_001.jpg", folder / "rose" / name)
    assert issues(folder, memory) == [("rose/x.jpg", "duplicate"), ("rose/y.png", "duplicate")]


def test_a_duplicate_names_what_it_repeats(folder, memory):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "rose/x.jpg")
    (issue,) = find_issues(scan(folder, memory))
    assert issue.detail == "The same picture as rose_001.jpg in rose."


def test_one_picture_under_two_labels_is_told_at_both(folder, memory):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/x.jpg")
    assert issues(folder, memory) == [("rose/rose_001.jpg", "two_labels"), ("tulip/x.jpg", "two_labels")]


def test_two_labels_are_named(folder, memory):
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/x.jpg")
    details = {issue.detail for issue in find_issues(scan(folder, memory))}
    assert details == {"The same picture stands under rose and tulip."}


def test_the_gravest_issues_come_first(folder, memory):
    shutil.copy(folder / "rose/rose_000.jpg", folder / "rose/a.jpg")
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/x.jpg")
    (folder / "tulip/z.jpg").touch()
    assert [issue for _, issue in issues(folder, memory)] == [
        "unreadable",
        "two_labels",
        "two_labels",
        "duplicate",
    ]
