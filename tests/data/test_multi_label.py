"""Pictures with several labels: label sets, and folders or CSV files that give them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.analysis.issues import find_issues
from poetcore.data.dataset import Dataset, scan
from poetcore.data.file_index import FileIndex
from poetcore.data.held_out import write_held_out
from poetcore.data.label_sets import by_label, has_label, join_set, label_targets, set_words, split_set
from poetcore.data.multi_label import scan_label_sets, with_label_sets
from poetcore.data.trainable import check_trainable
from poetcore.errors import DatasetError
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Fire 0 and 1, smoke 1 and 2: the content 1 is both."""
    for label, numbers in {"fire": (0, 1), "smoke": (1, 2)}.items():
        (tmp_path / "set" / label).mkdir(parents=True)
        for number in numbers:
            (tmp_path / "set" / label / f"{label}{number}.jpg").write_bytes(encoded(picture(number)))
    return tmp_path / "set"


def scanned(path: Path) -> Dataset:
    with FileIndex(path.parents[1] / "index.sqlite") as index:
        return scan_label_sets(path, index)


def labels(dataset: Dataset) -> dict[str, str]:
    """File name -> label set."""
    table = dataset.pictures
    return {Path(p).name: label for p, label in zip(table["path"], table["label"], strict=True)}


def test_a_content_has_the_labels_of_all_folders_that_hold_it(folder):
    assert labels(scanned(folder)) == {"fire0.jpg": "fire", "fire1.jpg": "fire|smoke", "smoke2.jpg": "smoke"}


def test_a_picture_counts_for_each_of_its_labels(folder):
    assert scanned(folder).counts() == {"fire": 2, "smoke": 2}


def test_copies_within_a_label_are_one_picture(folder):
    (folder / "fire" / "again.jpg").write_bytes((folder / "fire" / "fire0.jpg").read_bytes())
    assert scanned(folder).counts() == {"fire": 2, "smoke": 2}


@pytest.mark.parametrize(
    "rows",
    [
        "a.jpg,fire\nb.jpg,fire\nb.jpg,smoke\nc.jpg,smoke\n",
        "a.jpg,fire\nb.jpg,fire|smoke\nc.jpg,smoke\n",
        "a.jpg,fire\nb.jpg,smoke; fire\nc.jpg,smoke\n",
    ],
)
def test_a_csv_file_gives_several_labels_in_rows_or_in_a_cell(tmp_path, rows):
    folder = tmp_path / "set"
    folder.mkdir()
    for number, name in enumerate("abc"):
        (folder / f"{name}.jpg").write_bytes(encoded(picture(number)))
    (folder / "set.csv").write_text(f"path,label\n{rows}")
    found = scanned(folder / "set.csv")
    assert labels(found) == {"a.jpg": "fire", "b.jpg": "fire|smoke", "c.jpg": "smoke"}
    assert found.labels == ("fire", "smoke")


def test_a_list_of_held_out_pictures_keeps_their_label_sets(folder, tmp_path):
    whole = scanned(folder)
    both = whole.pictures.loc[whole.pictures["label"] == "fire|smoke", "sha"]
    write_held_out(tmp_path / "set" / "held.json", folder, both)
    assert labels(scanned(tmp_path / "set" / "held.json")) == {"fire1.jpg": "fire|smoke"}


def test_a_plain_scan_can_be_turned_into_label_sets(folder):
    with FileIndex(folder.parent / "index.sqlite") as index:
        plain = scan(folder, index)
    assert with_label_sets(plain).pictures.equals(scanned(folder).pictures)


def test_several_labels_are_no_conflict_where_one_says_so(folder, tmp_path):
    place = Workspace(tmp_path / "tf_files")
    with FileIndex(folder.parent / "index.sqlite") as index:
        plain = scan(folder, index)
    found = {
        name: {one.issue for one in find_issues(set_, place)}
        for name, set_ in {"plain": plain, "several": with_label_sets(plain)}.items()
    }
    assert "two_labels" in found["plain"] and "two_labels" not in found["several"]


def test_rows_by_label_keep_the_index_of_their_picture():
    rows = by_label(pd.DataFrame({"label": ["fire|smoke", "smoke"]}, index=[7, 8]))
    assert list(zip(rows.index, rows["label"], strict=True)) == [(7, "fire"), (7, "smoke"), (8, "smoke")]


def test_targets_are_one_for_each_label_of_a_set():
    found = label_targets(["b|c", "", "a"], ["a", "b", "c"])
    assert found.dtype == np.float32 and found.tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 0]]


def test_a_label_is_found_whole_only():
    assert has_label(pd.Series(["rose|daisy", "primrose"]), "rose").tolist() == [True, False]


def test_words_name_every_label():
    assert [set_words(text) for text in ("", "fire", "car|fire|smoke")] == [
        "none",
        "fire",
        "car, fire and smoke",
    ]


def test_a_set_comes_apart_as_it_was_joined():
    assert split_set(join_set(["a b", "c;d"])) == ("a b", "c;d")


def test_a_cell_of_nothing_but_separators_is_no_label(folder):
    (folder / "labels.csv").write_text(
        "path,label\nfire/fire0.jpg,fire\nfire/fire1.jpg,;\nsmoke/smoke2.jpg,smoke\n"
    )
    found = scanned(folder / "labels.csv")
    assert labels(found) == {"fire0.jpg": "fire", "smoke2.jpg": "smoke"}
    assert [Path(path).name for path in found.refused["path"]] == ["fire1.jpg"]
    assert list(found.refused["reason"]) == ["has no label"]


def test_of_a_list_without_any_label_it_is_told_that_there_is_none(folder):
    (folder / "labels.csv").write_text("path,label\nfire/fire0.jpg,|\n")
    with pytest.raises(DatasetError, match="There is no label in"):
        check_trainable(scanned(folder / "labels.csv"))
