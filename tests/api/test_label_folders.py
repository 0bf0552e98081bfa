"""What Python tells of label folders, and merging two of them."""

from pathlib import Path

import pytest

import poetcore as poet
from poetcore.curation.repair import Repairs
from poetcore.errors import OptionError
from tests.conftest import encoded, fill, picture


@pytest.fixture
def data(tmp_path: Path) -> poet.ImageDataset:
    folder = fill(tmp_path / "set", {"10": 1, "2": 1, "rose": 2, "roses": 3, "daisy": 0})
    (folder / "a.jpg").write_bytes(encoded(picture(7)))
    return poet.load_dataset(folder, workspace=tmp_path / "tf_files")


def test_classes_stand_in_natural_order(data):
    assert list(data.classes_) == ["2", "10", "rose", "roses"]


def test_what_is_not_used_is_told(data):
    assert (data.empty, data.loose) == (("daisy",), ("a.jpg",))
    assert repr(data) == (
        "ImageDataset(4 labels, 7 pictures, 0 files that cannot be used, 1 empty label folders,"
        " 1 loose pictures)"
    )


def test_issues_of_label_folders_are_in_the_table(data):
    found = data.find_issues().set_index("issue")["path"]
    names = {check: Path(found[check]).name for check in ("similar_labels", "empty_label", "loose_picture")}
    assert names == {"similar_labels": "rose", "empty_label": "daisy", "loose_picture": "a.jpg"}


def test_merged_labels_are_one_in_the_dataset_that_comes_back(data):
    merged = data.merge_labels("rose", "roses")
    assert merged.counts == {"2": 1, "10": 1, "roses": 5}
    assert data.counts["rose"] == 2


def test_a_merge_is_a_repair_that_can_be_undone(data):
    data.merge_labels("rose", "roses")
    repairs = Repairs(data.folder)
    repairs.undo(repairs.steps()[0].id)
    again = poet.load_dataset(data.folder, workspace=data.folder.parent / "tf_files")
    assert again.counts == data.counts


def test_a_label_that_is_not_there_is_not_merged(data):
    with pytest.raises(OptionError, match="No label folder 'tulip'"):
        data.merge_labels("tulip", "rose")
