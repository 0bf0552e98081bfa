"""The split by groups: stable, no group divided, no part empty, no label without training pictures."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.data.splitting import (
    SPLITS,
    Split,
    about_undivided,
    assign_splits,
    split_groups,
    undivided_labels,
)


def table(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    """A table of pictures from (path, label, content)."""
    found = [(path, label, hashlib.sha256(content.encode()).hexdigest()) for path, label, content in rows]
    return pd.DataFrame(found, columns=["path", "label", "sha"])


def many(count: int, folder: str = "/set") -> pd.DataFrame:
    labels = ("daisy", "rose", "tulip")
    return table([(f"{folder}/{labels[i % 3]}/{i}.jpg", labels[i % 3], f"picture {i}") for i in range(count)])


def by_sha(pictures: pd.DataFrame, validation: float = 10, testing: float = 10) -> dict[str, str]:
    return dict(zip(pictures["sha"], assign_splits(pictures, validation, testing), strict=True))


def groups_of(count: int, size: int) -> np.ndarray:
    """Groups of so many pictures that follow each other."""
    return np.arange(count) // size


def split(pictures: pd.DataFrame, groups: np.ndarray, remembered: dict[str, str] | None = None) -> Split:
    return split_groups(pictures, groups, remembered or {}, 10, 10)


def grouped(labels: str, size: int = 3) -> tuple[pd.DataFrame, np.ndarray]:
    """A table with one group a letter, each of so many pictures of that label."""
    rows = [(f"/{i}{j}.jpg", label, f"{i} {j}") for i, label in enumerate(labels) for j in range(size)]
    return table(rows), groups_of(len(rows), size)


def test_split_survives_renaming_and_moving():
    assert by_sha(many(300)) == by_sha(many(300, folder="/elsewhere/renamed_"))


def test_split_survives_another_order_of_the_files():
    pictures = many(300)
    assert by_sha(pictures) == by_sha(pictures.sample(frac=1, random_state=1))


def test_split_survives_added_files():
    before, after = by_sha(many(300)), by_sha(many(700))
    assert before.items() <= after.items()


def test_split_shares_are_roughly_right():
    share = assign_splits(many(2000), 15, 25).value_counts(normalize=True)
    assert abs(share["validation"] - 0.15) < 0.03 and abs(share["testing"] - 0.25) < 0.03


def test_split_is_aligned_with_the_table():
    pictures = many(50).sample(frac=1, random_state=2)
    assert assign_splits(pictures, 10, 10).index.tolist() == pictures.index.tolist()


@pytest.mark.parametrize(("validation", "testing", "none"), [(0, 20, "validation"), (20, 0, "testing")])
def test_no_share_gives_no_pictures(validation, testing, none):
    assert none not in set(assign_splits(many(300), validation, testing))


def test_tiny_sets_still_get_a_picture_for_each_part():
    for number in range(100):
        pictures = table([(f"/set/{i % 2}/{i}.jpg", str(i % 2), f"{number}, {i}") for i in range(6)])
        assert set(assign_splits(pictures, 10, 10)) == {"training", "validation", "testing"}, number


ROWS = st.tuples(st.sampled_from("ab"), st.integers(0, 25), st.sampled_from(["", "s1", "s2", "s3"]))


@settings(max_examples=60)
@given(st.lists(ROWS, min_size=1), st.integers(0, 49), st.integers(0, 49))
def test_identical_contents_and_series_stand_together(rows, validation, testing):
    pictures = table(
        [
            (
                f"/set/{label}/{series}_nohash_{i}.jpg" if series else f"/set/{label}/{i}.jpg",
                label,
                str(content),
            )
            for i, (label, content, series) in enumerate(rows)
        ]
    )
    series = [f"{label}/{name}" if name else f"alone {i}" for i, (label, _, name) in enumerate(rows)]
    split = assign_splits(pictures, validation, testing)
    assert split.groupby(pictures["sha"]).nunique().max() == 1
    assert split.groupby(series).nunique().max() == 1


def test_series_of_one_name_in_two_labels_are_two_series():
    names = [(f"/set/{label}/s{i}_nohash_1.jpg", label) for i in range(60) for label in ("a", "b")]
    split = assign_splits(table([(path, label, path) for path, label in names]), 25, 25)
    assert any(split[i] != split[i + 1] for i in range(0, 120, 2))


def test_no_group_is_divided():
    groups = groups_of(600, 4)
    parts = split(many(600), groups).parts
    assert parts.groupby(groups).nunique().max() == 1


def test_a_picture_that_joins_a_group_moves_none():
    before = many(300)
    groups = groups_of(300, 3)
    first = split(before, groups)
    for number in range(40):
        added = table([("/new.jpg", "rose", f"new {number}")])
        after = pd.concat([before, added], ignore_index=True)
        again = split(after, np.append(groups, number), first.names)
        assert again.parts[:-1].tolist() == first.parts.tolist()


def test_joined_groups_take_the_name_of_the_larger_one():
    pictures = many(6)
    first = split(pictures, np.array([0, 0, 0, 0, 1, 1]))
    joined = split(pictures, np.zeros(6, int), first.names)
    assert set(joined.names.values()) == {first.names[pictures["sha"][0]]}


def test_parts_of_a_group_that_falls_apart_stay_on_its_side():
    pictures = many(300)
    first = split(pictures, groups_of(300, 6))
    assert split(pictures, groups_of(300, 2), first.names).parts.equals(first.parts)


def test_without_memory_the_split_is_the_same_in_any_order():
    pictures, groups = many(300), groups_of(300, 3)
    order = np.random.default_rng(3).permutation(300)
    _, renumbered = np.unique(groups[order], return_inverse=True)
    shuffled = split(pictures.iloc[order].reset_index(drop=True), renumbered)
    assert shuffled.names == split(pictures, groups).names


def test_a_single_picture_is_split_by_its_own_content():
    assert split(many(300), np.arange(300)).parts.equals(assign_splits(many(300), 10, 10))


def test_a_split_without_hashes_keeps_what_is_remembered():
    pictures = many(300)
    first = split(pictures, groups_of(300, 3))
    assert assign_splits(pictures, 10, 10, first.names).equals(first.parts)


@pytest.mark.parametrize("number", range(30))
def test_every_label_keeps_a_group_to_train_on(number):
    rows = [(f"/{i}.jpg", "ab"[i % 2], f"{number} {i}") for i in range(8)]
    pictures = table(rows)
    parts = split_groups(pictures, groups_of(8, 1), {}, 45, 45).parts
    assert set(pictures["label"][parts == "training"]) == {"a", "b"}


@pytest.mark.parametrize("number", range(30))
def test_no_part_of_twelve_groups_stays_empty(number):
    rows = [(f"/{i}.jpg", "abcdef"[i // 10], f"{number} {i}") for i in range(60)]
    assert set(split(table(rows), groups_of(60, 5)).parts) == set(SPLITS)


@pytest.mark.parametrize("number", range(20))
def test_a_part_that_was_filled_stays_as_pictures_are_added(number):
    few = table([(f"/{i}.jpg", "ab"[i % 2], f"{number} {i}") for i in range(8)])
    first = split(few, groups_of(8, 1))
    more = pd.concat([few, many(60)], ignore_index=True)
    assert split(more, groups_of(68, 1), first.names).parts[:8].tolist() == first.parts.tolist()


@pytest.mark.parametrize("number", range(10))
def test_a_label_whose_pictures_are_one_group_is_trained_on_wholly(number):
    rows = [(f"/{i}.jpg", "a" if i < 20 else f"b{i}", f"{number} {i}") for i in range(30)]
    pictures = table(rows)
    parts = split_groups(pictures, groups_of(30, 1), {}, 40, 40).parts
    assert set(parts[20:]) == {"training"}


def test_where_nothing_can_be_held_out_nothing_is():
    pictures = table([(f"/{i}.jpg", f"label {i}", f"sha {i}") for i in range(40)])
    assert set(split(pictures, groups_of(40, 1)).parts) == {"training"}


def test_labels_whose_pictures_are_one_group_are_listed():
    pictures, groups = grouped("aab")
    assert undivided_labels(pictures, groups) == {"b": 3}


def test_two_groups_of_each_label_can_be_divided():
    assert undivided_labels(*grouped("aabb")) == {}


@pytest.mark.parametrize(
    ("labels", "by", "said"),
    [
        ({}, "near", ""),
        (
            {"rose": 1},
            "near",
            "The only picture of rose was trained on, so how well rose is recognised is not",
        ),
        (
            {"rose": 3},
            "near",
            "All pictures of rose are near duplicates of each other or one burst and were trained on, so",
        ),
        ({"rose": 3}, "exact", "All pictures of rose have the same content or the same name before _nohash_"),
        (
            {"a": 1, "b": 1},
            "near",
            "There is one picture of each of 2 labels (a, b); they were trained on, so",
        ),
        ({"a": 1, "b": 2}, "folder", "There is one picture, or all are in one sub-folder, near duplicates"),
    ],
)
def test_what_is_not_known_of_such_labels_is_said(labels, by, said):
    assert about_undivided(labels, by).startswith(said)
