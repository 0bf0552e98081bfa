"""Pictures from the camera in a dataset of the workspace: what is taken, and what is refused."""

import pytest

from poetcore.errors import DatasetError, OptionError, PictureError
from poetcore.workspace import collecting
from poetcore.workspace.collecting import (
    add_label,
    collectable,
    collected,
    dataset_at,
    pictures_at,
    place_of,
    remove_label,
    take_picture,
)
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture

HOLD, LATER = "hold-20270412-101502-3f2a", "hold-20270412-101530-0b1c"
JPEG = encoded(picture(1))


@pytest.fixture
def place(tmp_path):
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def hands(place):
    """A dataset of one label without pictures."""
    folder = dataset_at(place, "hands")
    add_label(folder, "rock")
    return folder


def test_a_picture_is_written_as_it_came(hands):
    assert take_picture(hands, "rock", HOLD, 1, JPEG).read_bytes() == JPEG


def test_the_same_picture_sent_again_stays_once(hands):
    assert take_picture(hands, "rock", HOLD, 1, JPEG) == take_picture(hands, "rock", HOLD, 1, JPEG)


def test_another_picture_does_not_take_its_place(hands):
    take_picture(hands, "rock", HOLD, 1, JPEG)
    with pytest.raises(DatasetError, match="is there already"):
        take_picture(hands, "rock", HOLD, 1, encoded(picture(2)))


def test_what_is_there_is_listed_by_holds_the_newest_first(hands):
    for hold, numbers in ((HOLD, (2, 1)), (LATER, (1,))):
        for number in numbers:
            take_picture(hands, "rock", hold, number, JPEG)
    (hands / "rock" / "mine.jpg").write_bytes(JPEG)
    (found,) = collected(hands)
    assert (found.label, found.pictures) == ("rock", 4)
    assert [(name, [file.name[-8:] for file in files]) for name, files in found.holds] == [
        (LATER, ["0001.jpg"]),
        (HOLD, ["0001.jpg", "0002.jpg"]),
    ]


@pytest.mark.parametrize("content", [b"", b"GIF89a", JPEG[: len(JPEG) // 2], encoded(picture(1), "PNG")])
def test_what_is_no_whole_jpeg_is_refused(hands, content):
    with pytest.raises(PictureError):
        take_picture(hands, "rock", HOLD, 1, content)
    assert collected(hands)[0].pictures == 0


@pytest.mark.parametrize("number", [0, 201])
def test_a_hold_has_a_length(hands, number):
    with pytest.raises(OptionError, match="let go"):
        take_picture(hands, "rock", HOLD, number, JPEG)


@pytest.mark.parametrize("label", ["paper", "..", "../rock", ""])
def test_a_label_that_is_not_there_takes_no_picture(hands, label):
    with pytest.raises(OptionError, match="no label"):
        take_picture(hands, label, HOLD, 1, JPEG)


def test_on_a_full_disk_nothing_is_written(hands, monkeypatch):
    monkeypatch.setattr(collecting, "RESERVE", 10**18)
    with pytest.raises(DatasetError, match="make room"):
        take_picture(hands, "rock", HOLD, 1, JPEG)


def test_a_label_that_looks_the_same_is_the_same(hands):
    assert add_label(hands, "  Rock ") == "rock"


@pytest.mark.parametrize("label", ["", "..", "a/b", ".hidden", "con", "quarantine", "x" * 200])
def test_what_cannot_be_a_label_is_refused(hands, label):
    with pytest.raises(OptionError):
        add_label(hands, label)


def test_an_empty_label_can_go(hands):
    remove_label(hands, "rock")
    assert collected(hands) == []


def test_a_label_with_pictures_stays(hands):
    take_picture(hands, "rock", HOLD, 1, JPEG)
    with pytest.raises(OptionError, match="has pictures"):
        remove_label(hands, "rock")


@pytest.mark.parametrize("name", ["", "..", "../x", "a/../..", "a/b", "/etc", ".git", "nul", "a\\b", "C:"])
def test_no_dataset_lies_outside_the_datasets(place, name):
    with pytest.raises(OptionError):
        dataset_at(place, name)


@pytest.mark.parametrize("name", ["../rock/x.jpg", "mine.jpg", f"../{HOLD}_nohash_1.jpg"])
def test_only_pictures_of_holds_are_found_by_name(hands, name):
    with pytest.raises(OptionError, match="Overview"):
        pictures_at(hands, "rock", [name])


def test_datasets_of_the_workspace_take_pictures_and_of_a_divided_one_its_training_part(place, tmp_path):
    fill(place.datasets / "flowers", {"rose": 1, "tulip": 1})
    fill(place.datasets / "sets" / "train", {"rose": 1, "tulip": 1})
    fill(place.datasets / "sets" / "demo", {"rose": 1, "tulip": 1})
    places = [place_of(place, folder) for folder in collectable(place)]
    assert places == ["flowers", "sets/train"]
    assert [dataset_at(place, one) for one in places] == collectable(place)
