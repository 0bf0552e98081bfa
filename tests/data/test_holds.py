"""Holds: what the camera took in one go is one group, in every split."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.curation.prepare import plan
from poetcore.curation.selection import PARTS, SplitOptions
from poetcore.data.dataset import Dataset
from poetcore.data.grouping import assign_folds, group_pictures
from poetcore.data.holds import check_hold, picture_name
from poetcore.data.kept_share import Share, draw_share
from poetcore.data.perceptual_hash import THUMBNAIL, Thumbnails
from poetcore.data.splitting import split_groups
from poetcore.errors import OptionError

FOLDER = Path("/set").absolute()


def hold(number: int) -> str:
    return f"hold-20270412-1015{number:02d}-{number:04x}"


def collected(labels: int = 3, holds: int = 3, pictures: int = 12) -> pd.DataFrame:
    """So many holds of each label, none of whose pictures look alike; the column hold has their names."""
    rows = [
        (str(FOLDER / f"l{label}" / picture_name(name, i)), f"l{label}", f"{label}-{one}-{i:02d}", name)
        for label in range(labels)
        for one in range(holds)
        for i in range(1, pictures + 1)
        for name in [hold(10 * label + one)]
    ]
    return pd.DataFrame(rows, columns=["path", "label", "sha", "hold"])


def undivided(pictures: pd.DataFrame, parts: object) -> bool:
    """Whether every hold is in one part."""
    return bool(pd.Series(parts, pictures.index).groupby(pictures["hold"]).nunique().eq(1).all())


@pytest.mark.parametrize("by", ["exact", "near", "folder"])
def test_a_hold_is_one_group_however_pictures_are_grouped(by):
    pictures = collected()
    none = Thumbnails(np.empty((0, THUMBNAIL, THUMBNAIL, 3), np.uint8), {})
    groups = group_pictures(pictures, by, hashes=none, folder=FOLDER)
    assert undivided(pictures, groups) and len(set(groups)) == 9


def test_a_hold_stays_one_group_where_some_of_it_got_another_label():
    pictures = collected(1, 1)
    pictures.loc[:4, "label"] = "other"
    assert set(group_pictures(pictures)) == {0}


def test_no_hold_is_divided_between_training_validation_and_testing():
    pictures = collected(holds=6)
    split = split_groups(pictures, group_pictures(pictures), {}, 20, 20)
    assert undivided(pictures, split.parts) and split.parts.nunique() == 3


def test_no_hold_is_divided_between_the_folds_of_a_cross_validation():
    pictures = collected()
    targets = pd.factorize(pictures["label"])[0].astype(np.int64)
    assert undivided(pictures, assign_folds(targets, group_pictures(pictures)))


def test_of_holds_that_are_larger_than_the_share_one_of_each_label_is_kept_aside():
    pictures = collected(holds=2)
    kept = draw_share(pictures, group_pictures(pictures), Share.parse("20%"))
    assert undivided(pictures, kept)
    assert pictures[kept].groupby("label")["hold"].nunique().to_dict() == {"l0": 1, "l1": 1, "l2": 1}


def test_a_single_hold_is_not_kept_aside():
    pictures = collected(holds=1)
    assert not draw_share(pictures, group_pictures(pictures), Share.parse("20%")).any()


@pytest.mark.parametrize("order", ["random", "name", "size"])
@pytest.mark.parametrize("holds", [2, 5])
def test_a_prepared_set_has_no_hold_in_both_parts_and_something_of_each_label_in_each(order, holds):
    pictures = collected(holds=holds).assign(width=640, height=480, format="JPEG", bytes=5000)
    source = Dataset(FOLDER, ("l0", "l1", "l2"), pictures, pd.DataFrame(columns=["path", "label", "reason"]))
    found = plan(source, [], SplitOptions(200, 50, order)).pictures
    chosen = found[found["part"].isin(PARTS)].merge(
        pictures[["path", "hold"]], left_on="source", right_on="path"
    )
    assert undivided(chosen, chosen["part"])
    assert chosen.groupby("part")["label"].nunique().to_dict() == {"train": 3, "demo": 3}


@pytest.mark.parametrize("name", ["", "hold", "hold-20270412-101502-3f2a/..", "hold-20270412-101502-3F2A"])
def test_what_is_called_otherwise_is_no_hold(name):
    with pytest.raises(OptionError, match="such as hold-"):
        check_hold(name)
