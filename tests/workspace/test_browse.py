"""Folders of this computer, with what they hold."""

import os
import sys
import time
from pathlib import Path

import pytest

from poetcore.workspace.browse import inside, looked_at, recent_folders, remember_folder, starting_places
from poetcore.workspace.workspace import Workspace


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    for name in ("daisy/1.jpg", "daisy/2.JPG", "daisy/.hidden.jpg", "rose/deep/3.png", "empty/notes.txt"):
        (tmp_path / "flowers" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "flowers" / name).touch()
    return tmp_path / "flowers"


def soon() -> float:
    return time.monotonic() + 60


def test_labels_and_pictures_of_a_folder_are_counted(flowers):
    found = looked_at(flowers, soon())
    assert (found.labels, found.pictures, found.whole, found.train) == (2, 3, True, flowers)


def test_a_wrapper_is_looked_through(flowers):
    found = looked_at(flowers.parent, soon())
    assert (found.labels, found.train) == (2, flowers)


def test_loose_pictures_are_counted_and_are_no_dataset(flowers):
    found = looked_at(flowers / "daisy", soon())
    assert (found.labels, found.pictures, found.train) == (0, 2, None)


def test_counting_stops_in_time_and_says_so(flowers):
    assert not looked_at(flowers, time.monotonic() - 1).whole


def test_what_is_in_a_folder_is_listed_in_natural_order(flowers):
    assert [(one.path.name, one.pictures) for one in inside(flowers)] == [
        ("daisy", 2),
        ("empty", 0),
        ("rose", 1),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_whose_name_cannot_be_shown_is_not_listed(tmp_path):
    for name in (b"caf\xe9", b"cafe"):
        (tmp_path / os.fsdecode(name)).mkdir()
    assert [one.path.name for one in inside(tmp_path)] == ["cafe"]


def test_train_and_test_are_used_together(tmp_path):
    for part in ("train", "test"):
        for label in ("ant", "bee"):
            (tmp_path / part / label).mkdir(parents=True)
            (tmp_path / part / label / "a.jpg").touch()
    found = looked_at(tmp_path, soon())
    assert (found.train, found.demo) == (tmp_path / "train", tmp_path / "test")


def test_there_is_somewhere_to_begin():
    assert Path.home() in starting_places()


def test_folders_that_were_used_come_first_the_latest_before_others(tmp_path, flowers):
    place, other = Workspace(tmp_path / "tf_files"), tmp_path / "other"
    other.mkdir()
    for folder in (flowers, other, flowers, tmp_path / "gone"):
        remember_folder(place, folder)
    assert recent_folders(place) == [flowers, other]


def test_a_damaged_list_of_folders_is_as_good_as_none(tmp_path):
    place = Workspace(tmp_path / "tf_files")
    place.root.mkdir()
    for content in ("{", "[" * 50_000, f'["{"x" * 5_000}", "a\\u0000", 3]'):
        (place.root / "recent_folders.json").write_text(content)
        assert recent_folders(place) == []
