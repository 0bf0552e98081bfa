"""Which pictures are kept aside: so many of each label, groups undivided."""

import numpy as np
import pandas as pd
import pytest

from poetcore.data.kept_share import Share, draw_share
from poetcore.errors import OptionError


def pictures(counts: dict[str, int]) -> pd.DataFrame:
    """A table of different pictures."""
    labels = [label for label, count in counts.items() for _ in range(count)]
    return pd.DataFrame(
        {"label": labels, "sha": [f"{number * 7919 % 1000:03}" for number in range(len(labels))]}
    )


def drawn(table: pd.DataFrame, groups: np.ndarray, share: str) -> dict[str, int]:
    return table[draw_share(table, groups, Share.parse(share))]["label"].value_counts().to_dict()


def alone(table: pd.DataFrame) -> np.ndarray:
    return np.arange(len(table))


def test_a_share_is_of_each_label():
    table = pictures({"ash": 100, "elm": 30, "oak": 10})
    assert drawn(table, alone(table), "20%") == {"ash": 20, "elm": 6, "oak": 2}


def test_a_number_is_of_each_label_and_half_of_it_at_the_most():
    table = pictures({"ash": 200, "elm": 60})
    assert drawn(table, alone(table), "50") == {"ash": 50, "elm": 30}


def test_of_a_label_with_one_picture_none_is_drawn():
    table = pictures({"ash": 1, "elm": 2})
    assert drawn(table, alone(table), "20%") == {"elm": 1}


def test_no_group_is_divided():
    table = pictures({"ash": 60, "elm": 60})
    groups = np.arange(120) // 3
    chosen = draw_share(table, groups, Share.parse("20%"))
    assert all(chosen[groups == group].all() or not chosen[groups == group].any() for group in range(40))
    assert table[chosen]["label"].value_counts().to_dict() == {"ash": 12, "elm": 12}


def test_a_group_of_two_labels_counts_for_both():
    table = pictures({"ash": 20, "elm": 20})
    groups = np.arange(40) % 20  # each group has a picture of either
    chosen = table[draw_share(table, groups, Share.parse("20%"))]["label"].value_counts().to_dict()
    assert chosen == {"ash": 4, "elm": 4}


def test_of_large_groups_the_smallest_is_drawn():
    table = pictures({"ash": 25, "elm": 20})
    groups = np.array([0] * 15 + [1] * 10 + list(range(2, 22)))
    assert drawn(table, groups, "20%")["ash"] == 10


def test_a_label_of_one_group_is_left_to_training():
    table = pictures({"ash": 25, "elm": 20})
    groups = np.array([0] * 25 + list(range(1, 21)))
    assert drawn(table, groups, "20%") == {"elm": 4}


def test_a_larger_share_holds_a_smaller_one():
    table = pictures({"ash": 100})
    small, large = (draw_share(table, alone(table), Share.parse(share)) for share in ("10%", "40%"))
    assert (large | ~small).all()


def test_the_order_of_the_table_makes_no_difference():
    table = pictures({"ash": 50, "elm": 50})
    turned = table.iloc[::-1].reset_index(drop=True)
    found = [set(one[draw_share(one, alone(one), Share.parse("20%"))]["sha"]) for one in (table, turned)]
    assert found[0] == found[1]


@pytest.mark.parametrize("text", ["", "0", "0%", "51%", "100%", "-5", "many", "1.5%", "20%%"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(OptionError, match="a share of each label from 1% to 50%, or a number"):
        Share.parse(text)
