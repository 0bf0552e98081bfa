"""The folds by which labels are scored, and the classifiers that are trained without them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.analysis import label_folds
from poetcore.analysis.label_folds import FOLDS, content_folds, probabilities_by_folds


def made(counts: dict[str, int]) -> pd.DataFrame:
    rows = [(label, f"{label}{number}") for label, count in counts.items() for number in range(count)]
    return pd.DataFrame(rows, columns=["label", "sha"])


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 12)), min_size=1, max_size=60))
def test_one_content_is_never_in_two_folds(rows: list[tuple[str, int]]) -> None:
    pictures = pd.DataFrame([(label, f"sha{number}") for label, number in rows], columns=["label", "sha"])
    parts = pd.Series(content_folds(pictures, 0))
    assert (parts.groupby(pictures["sha"].to_numpy()).nunique() == 1).all()
    assert parts.between(0, FOLDS - 1).all()


def test_every_fold_has_its_share_of_each_label() -> None:
    pictures = made({"daisy": 40, "rose": 10, "tulip": 500})
    shares = pd.crosstab(content_folds(pictures, 0), pictures["label"])
    assert (shares["daisy"] == 8).all() and (shares["rose"] == 2).all()
    assert shares["tulip"].between(70, 130).all()


def test_a_picture_that_goes_does_not_change_the_folds_of_others() -> None:
    pictures = made({"daisy": 100, "rose": 100})
    before = pd.Series(content_folds(pictures, 0), pictures["sha"])
    after = pd.Series(content_folds(pictures[1:], 0), pictures["sha"][1:])
    assert (before[1:] == after).all()


def test_very_many_pictures_are_predicted_the_same_without_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    # Label 2 has one picture, so the classifier that is trained without it does not know it.
    codes = np.where(np.arange(2_000) == 7, 2, np.arange(2_000) % 2)
    folds = draw.integers(0, FOLDS, len(codes))
    features = draw.normal(codes[:, np.newaxis], 2, (len(codes), 40)).astype(np.float32)
    wanted = probabilities_by_folds(features.copy(), codes, folds)
    monkeypatch.setattr(label_folds, "_COPIED_BYTES", 0)
    np.testing.assert_array_equal(probabilities_by_folds(features, codes, folds), wanted)
