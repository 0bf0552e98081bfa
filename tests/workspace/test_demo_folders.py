"""What is remembered of demo folders."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from poetcore.workspace.demo_folders import DemoFolders
from tests.data.test_contents import pictures

FOLDER = Path("/pictures/demo")


@pytest.fixture
def folders(tmp_path) -> Iterator[DemoFolders]:
    with DemoFolders(tmp_path / "demo_folders.sqlite") as opened:
        opened.remember(FOLDER, pictures("a:rose", "b:rose", "c:tulip"))
        yield opened


def listed(found: pd.DataFrame) -> list[str]:
    return sorted(f"{sha}:{label}" for sha, label in zip(found["sha"], found["label"], strict=True))


def test_first_labels_stay(folders):
    folders.remember(FOLDER, pictures("a:tulip", "b:rose"))
    assert listed(folders.first(FOLDER)) == ["a:rose", "b:rose", "c:tulip"]


def test_new_pictures_join_under_their_labels(folders):
    found = folders.remember(FOLDER, pictures("a:rose", "d:rose"))
    assert listed(found) == listed(folders.first(FOLDER)) == ["a:rose", "b:rose", "c:tulip", "d:rose"]


def test_a_further_copy_of_a_picture_joins_too(folders):
    folders.remember(FOLDER, pictures("a:rose", "a:tulip", "b:rose", "c:tulip"))
    assert listed(folders.first(FOLDER)) == ["a:rose", "a:tulip", "b:rose", "c:tulip"]


def test_a_label_that_was_renamed_gives_its_new_name(folders):
    folders.remember(FOLDER, pictures("a:roses", "b:roses", "c:tulip"))
    assert listed(folders.first(FOLDER)) == ["a:roses", "b:roses", "c:tulip"]


def test_two_labels_that_became_one_were_not_renamed(folders):
    folders.remember(FOLDER, pictures("a:flower", "b:flower", "c:flower"))
    assert listed(folders.first(FOLDER)) == ["a:rose", "b:rose", "c:tulip"]


def test_a_folder_of_other_pictures_is_another_one(folders):
    folders.remember(FOLDER, pictures("x:rose"))
    assert listed(folders.first(FOLDER)) == ["x:rose"]


def test_a_folder_that_was_moved_is_the_same_one(folders):
    found = folders.remember(Path("/moved"), pictures("a:tulip", "b:rose", "d:rose"))
    assert listed(found) == ["a:rose", "b:rose", "c:tulip", "d:rose"]


def test_a_folder_that_shares_few_pictures_was_not_moved(folders):
    assert listed(folders.remember(Path("/other"), pictures("a:tulip", "x:rose"))) == ["a:tulip", "x:rose"]


def test_a_copy_of_a_folder_that_is_there_is_another_one(folders, tmp_path):
    folders.remember(tmp_path, pictures("e:rose", "f:rose"))
    assert listed(folders.remember(Path("/copy"), pictures("e:tulip", "f:rose"))) == ["e:tulip", "f:rose"]
