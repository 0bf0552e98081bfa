"""Groups that are not divided, and folds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poetcore.data.grouping import assign_folds, group_pictures
from poetcore.data.perceptual_hash import Thumbnails, hash_picture
from tests.conftest import picture

FOLDER = Path("/set")


def table(*rows: tuple[str, str]) -> pd.DataFrame:
    """Pictures from (path in the set, content), the label being the first folder."""
    return pd.DataFrame(
        [(str(FOLDER / path), path.split("/")[0], content) for path, content in rows],
        columns=["path", "label", "sha"],
    )


def hashes(**seeds: int) -> Thumbnails:
    """Hashes by content, of pictures by their seeds."""
    packed = b"".join(hash_picture(picture(seed, (160, 120))).thumbnail for seed in seeds.values())
    pixels = np.frombuffer(packed, np.uint8).reshape(-1, 16, 16, 3)
    return Thumbnails(pixels, {sha: row for row, sha in enumerate(seeds)})


def test_copies_are_one_group():
    assert group_pictures(table(("a/1.jpg", "x"), ("b/2.jpg", "x"), ("a/3.jpg", "y"))).tolist() == [0, 0, 1]


def test_files_of_one_name_before_nohash_are_one_group():
    rows = table(("a/s_nohash_1.jpg", "x"), ("a/t_nohash_1.jpg", "y"), ("a/s_nohash_2.jpg", "z"))
    assert group_pictures(rows).tolist() == [0, 1, 0]


def test_one_name_under_two_labels_is_two_groups():
    rows = table(("a/s_nohash_1.jpg", "x"), ("b/s_nohash_1.jpg", "y"))
    assert group_pictures(rows).tolist() == [0, 1]


def test_in_a_csv_file_a_folder_is_a_subject_where_a_label_has_several(tmp_path):
    (tmp_path / "set.csv").touch()
    rows = [
        ("/x/ann/1.jpg", "cup"),
        ("/x/ann/2.jpg", "cup"),
        ("/x/bob/3.jpg", "cup"),
        ("/x/ann/4.jpg", "pen"),
    ]
    rows += [("/x/ann/5.jpg", "pen")]
    pictures = pd.DataFrame(rows, columns=["path", "label"]).assign(sha=list("vwxyz"))
    found = group_pictures(pictures, "folder", hashes=hashes(), folder=tmp_path / "set.csv")
    assert found.tolist() == [0, 0, 1, 2, 3]


def test_near_duplicates_are_one_group():
    rows = table(("a/1.jpg", "x"), ("a/2.jpg", "y"), ("b/3.jpg", "z"))
    assert group_pictures(rows, "near", hashes=hashes(x=1, y=2, z=1)).tolist() == [0, 1, 0]


def test_exact_groups_take_no_notice_of_near_duplicates():
    rows = table(("a/1.jpg", "x"), ("a/2.jpg", "y"))
    assert group_pictures(rows, "exact", hashes=hashes(x=1, y=1)).tolist() == [0, 1]


def test_a_picture_without_a_hash_stands_alone():
    rows = table(("a/1.jpg", "x"), ("a/2.jpg", "y"))
    assert group_pictures(rows, "near", hashes=hashes(x=1)).tolist() == [0, 1]


def test_a_sub_folder_is_one_group_under_every_label():
    rows = table(("a/ann/1.jpg", "x"), ("b/ann/deep/2.jpg", "y"), ("a/bob/3.jpg", "z"), ("b/4.jpg", "w"))
    assert group_pictures(rows, "folder", hashes=hashes(), folder=FOLDER).tolist() == [0, 0, 1, 2]


def test_sub_folders_are_linked_by_near_duplicates():
    rows = table(("a/ann/1.jpg", "x"), ("a/bob/2.jpg", "y"), ("a/bob/3.jpg", "z"))
    found = group_pictures(rows, "folder", hashes=hashes(x=1, y=1, z=2), folder=FOLDER)
    assert found.tolist() == [0, 0, 0]


def test_groups_hang_on_no_index_of_the_table():
    rows = table(("a/s_nohash_1.jpg", "x"), ("a/1.jpg", "y"), ("a/s_nohash_2.jpg", "z"))
    rows.index = pd.Index([7, 3, 5])
    assert group_pictures(rows).tolist() == [0, 1, 0]


PICTURES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=80)


@given(PICTURES, st.integers(2, 6))
def test_no_group_is_divided_between_folds(pictures, folds):
    targets, groups = np.array(pictures).T
    found = pd.Series(assign_folds(targets, groups, folds))
    assert found.groupby(groups).nunique().max() == 1 and found.between(0, folds - 1).all()


@pytest.mark.parametrize("size", [1, 3])
def test_folds_have_the_same_labels(size):
    targets = np.repeat(np.arange(3), (60, 90, 150))
    found = assign_folds(targets, np.arange(300) // size)
    counts = np.array([np.bincount(targets[found == fold], minlength=3) for fold in range(5)])
    assert (counts.max(axis=0) - counts.min(axis=0)).max() <= size


def test_what_stands_alone_evens_out_what_does_not():
    targets = np.zeros(100, int)
    groups = np.concatenate([np.repeat([0, 1], 15), np.arange(2, 72)])
    assert np.bincount(assign_folds(targets, groups)).tolist() == [20] * 5


def test_neighbours_are_not_dealt_out_in_turn():
    found = assign_folds(np.zeros(100, int), np.arange(100))
    assert len(set(map(tuple, found.reshape(20, 5)))) > 1


def test_folds_are_always_the_same():
    targets, groups = np.arange(60) % 3, np.arange(60) // 2
    assert (assign_folds(targets, groups) == assign_folds(targets, groups)).all()


def test_no_pictures_have_no_folds():
    assert assign_folds(np.array([], int), np.array([], int)).tolist() == []
