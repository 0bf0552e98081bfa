"""Parts of a dataset: chosen labels, and so many pictures of each."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from poetcore.data.dataset import scan
from poetcore.data.file_index import FileIndex
from poetcore.data.subset import chosen_labels, join_labels, split_labels, spread, take_of_each
from poetcore.errors import OptionError
from tests.conftest import fill


def pictures(**shas: str) -> pd.DataFrame:
    """A table of pictures: the contents of each label, one letter each."""
    rows = [(label, sha) for label, letters in shas.items() for sha in letters]
    return pd.DataFrame(rows, columns=["label", "sha"])


def test_labels_are_listed_with_commas_between_in_the_order_of_all():
    assert chosen_labels("tulip, daisy", ["daisy", "rose", "tulip"]) == ("daisy", "tulip")


def test_no_labels_listed_are_all():
    assert chosen_labels(" ", ["daisy", "rose"]) == ("daisy", "rose")


def test_a_name_with_a_comma_stands_in_quotes():
    assert chosen_labels('"rose, wild",daisy', ["daisy", "rose, wild", "tulip"]) == ("daisy", "rose, wild")


def test_a_name_with_a_comma_that_stands_alone_needs_no_quotes():
    assert chosen_labels("rose, wild", ["daisy", "rose, wild", "wild"]) == ("rose, wild",)


def test_an_unknown_name_is_refused_with_the_labels_that_there_are():
    with pytest.raises(OptionError, match="'rsoe': choose from daisy, rose,"):
        chosen_labels("daisy,rsoe", ["daisy", "rose"])


def test_of_many_labels_only_some_are_listed():
    with pytest.raises(OptionError, match="label 29 and 270 more"):
        chosen_labels("rose", [f"label {n}" for n in range(300)])


@pytest.mark.parametrize("labels", [["a"], ["a, b", "c"], ['say "a"', "b"], [" a", "b"], ["'", ";"]])
def test_joined_names_are_split_again(labels):
    assert split_labels(join_labels(labels)) == labels


@pytest.mark.parametrize("text", [",", '"', '""', "x" * 200_000])
def test_a_list_that_names_nothing_known_is_refused(text):
    with pytest.raises(OptionError):
        chosen_labels(text, ["daisy"])


def test_a_larger_number_takes_all_that_a_smaller_one_takes():
    table = pictures(rose="hgfedcba", tulip="xyz")
    taken = [set(take_of_each(table, n)["sha"]) for n in range(1, 9)]
    assert all(fewer < more or fewer == more for fewer, more in pairwise(taken))
    assert taken[-1] == set("abcdefghxyz")


def test_which_are_taken_hangs_on_the_contents_alone():
    table = pictures(rose="hgfedcba")
    turned = table[::-1].reset_index(drop=True)
    assert set(take_of_each(table, 3)["sha"]) == set(take_of_each(turned, 3)["sha"])


def test_a_copy_is_taken_after_all_other_contents():
    assert "".join(take_of_each(pictures(rose="aaabc"), 3)["sha"]) == "abc"


def test_all_are_taken_for_minus_one():
    assert len(take_of_each(pictures(rose="abcd"), -1)) == 4


def test_a_subset_of_a_dataset_has_its_labels_only(tmp_path: Path):
    with FileIndex(tmp_path / "files.sqlite") as index:
        dataset = scan(fill(tmp_path / "set", {"daisy": 4, "rose": 2, "tulip": 5}), index)
    part = dataset.subset("tulip,daisy", 3)
    assert (part.labels, part.counts()) == (("daisy", "tulip"), {"daisy": 3, "tulip": 3})


def test_refused_files_of_other_labels_are_not_of_a_subset(tmp_path: Path):
    folder = fill(tmp_path / "set", {"daisy": 1, "rose": 1})
    (folder / "rose" / "x.jpg").write_text("nothing")
    with FileIndex(tmp_path / "files.sqlite") as index:
        dataset = scan(folder, index)
    assert (len(dataset.refused), len(dataset.subset("daisy").refused)) == (1, 0)


def test_in_a_spread_the_first_so_many_are_of_every_label_by_their_contents():
    found = spread(pictures(rose="fbed", tulip="ac"))
    assert list(zip(found["label"], found["sha"], strict=True)) == [
        *(("tulip", "a"), ("rose", "b")),
        *(("tulip", "c"), ("rose", "d")),
        *(("rose", "e"), ("rose", "f")),
    ]
