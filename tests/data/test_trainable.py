"""Which pictures a classifier can be trained on."""

from pathlib import Path

import pytest

from poetcore.data.dataset import Dataset, scan
from poetcore.data.file_index import FileIndex
from poetcore.data.trainable import check_trainable
from poetcore.errors import DatasetError
from tests.conftest import fill


@pytest.fixture
def made(tmp_path: Path):
    """Makes a folder of label folders and scans it."""

    def scanned(counts: dict[str, int]) -> Dataset:
        folder = fill(tmp_path / "set", counts)
        for label, count in counts.items():
            if not count:
                (folder / label / "x.jpg").write_text("no picture")
        with FileIndex(tmp_path / "files.sqlite") as index:
            return scan(folder, index)

    return scanned


def test_a_single_label_is_not_trainable(made):
    with pytest.raises(DatasetError, match="Only one label in .*: rose. A classifier needs at least two"):
        check_trainable(made({"rose": 5}))


def test_a_label_without_a_usable_picture_is_not_trainable(made):
    with pytest.raises(DatasetError, match="No usable picture of daisy, tulip in .*: add some, or choose"):
        check_trainable(made({"daisy": 0, "rose": 2, "tulip": 0, "violet": 1}))


def test_one_picture_of_each_label_is_trainable(made):
    check_trainable(made({"rose": 1, "tulip": 1}))


def test_chosen_labels_alone_must_be_trainable(made):
    check_trainable(made({"daisy": 0, "rose": 2, "tulip": 1}).subset("rose,tulip"))


def test_a_single_chosen_label_is_told_apart_from_a_single_one(made):
    with pytest.raises(DatasetError, match="Only one label is chosen in .*: rose. A classifier"):
        check_trainable(made({"daisy": 2, "rose": 2}).subset("rose"), chosen=True)


def test_a_csv_file_beside_the_only_folder_is_named(made):
    dataset = made({"img": 2})
    (dataset.folder / "labels.csv").write_text("path,label\nimg/img_0.jpg,rose\n")
    with pytest.raises(DatasetError, match=r"in it lists pictures and labels: give .*labels.csv\."):
        check_trainable(dataset)
