"""Label folders that look alike, hold nothing or are hidden, and pictures beside them."""

import sys
from pathlib import Path

import pytest

from poetcore.analysis.checks import Issue, Pictures
from poetcore.analysis.issues import CHECKS
from poetcore.analysis.label_checks import LABEL_CHECKS
from poetcore.curation.selection import EXCLUDABLE
from poetcore.data.dataset import Dataset, scan
from tests.conftest import encoded, fill, picture


def found_in(dataset: Dataset) -> list[Issue]:
    """The pictures are small and plain, which is of no matter here."""
    pictures = Pictures(dataset)
    return [issue for check in LABEL_CHECKS for issue in check.issues(pictures)]


@pytest.fixture
def issues(memory, tmp_path):
    """Find the issues of a folder with so many pictures of each label: (check, path, detail)."""

    def find(counts: dict[str, int], *loose: str) -> list[tuple[str, str, str]]:
        folder = fill(tmp_path / "set", counts)
        for name in loose:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(encoded(picture()))
        found = found_in(scan(folder, memory))
        return [(one.issue, Path(one.path).relative_to(folder).as_posix(), one.detail) for one in found]

    return find


def test_labels_that_look_alike_are_flagged_with_what_differs(issues):
    assert issues({"rose": 3, "r\u043ese": 1, "tulip": 1, "tulips": 2}) == [
        ("similar_labels", "r\u043ese", "'r\u043ese' (1) is nearly 'rose' (3): letters that look alike."),
        ("similar_labels", "tulip", "'tulip' (1) is nearly 'tulips' (2): one letter less."),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="others hold both for one name, or take no blank")
def test_the_label_with_most_pictures_is_the_one_to_merge_into(memory, tmp_path):
    folder = fill(tmp_path / "set", {"Rose": 1, "rose": 3, "rose ": 2})
    found = found_in(scan(folder, memory))
    assert [(one.label, one.related) for one in found] == [
        ("Rose", (str(folder / "rose"),)),
        ("rose ", (str(folder / "rose"),)),
    ]


def test_an_empty_label_folder_is_flagged(issues):
    assert issues({"rose": 1, "daisy": 0}) == [("empty_label", "daisy", "It holds no pictures.")]


def test_a_loose_picture_is_flagged(issues):
    ((check, path, _),) = issues({"rose": 1, "tulip": 1}, "a.jpg")
    assert (check, path) == ("loose_picture", "a.jpg")


def test_a_hidden_folder_with_pictures_is_flagged(issues):
    ((check, path, detail),) = issues({"rose": 1, "tulip": 1}, ".daisy/a.jpg")
    assert (check, path) == ("hidden_folder", ".daisy")
    assert "a dot begins the name .daisy" in detail


def test_what_checks_of_labels_find_is_no_picture_to_exclude():
    assert not {name for name, check in CHECKS.items() if not check.of_pictures} & set(EXCLUDABLE)
