"""In which order predictions are looked at."""

import math

import pandas as pd
import pytest

from poetcore.evaluation.ordering import (
    MOST_CONFIDENT,
    losses,
    margins,
    orders_of,
    sorted_by,
    sorted_predictions,
)

LABELS = ["a", "b", "c"]


@pytest.fixture
def rows() -> pd.DataFrame:
    """Three misclassified pictures: a close call, one that is sure and wrong, and one between."""
    shares = {"close": (0.45, 0.5, 0.05), "sure": (0.01, 0.98, 0.01), "between": (0.3, 0.1, 0.6)}
    table = pd.DataFrame(shares.values(), columns=[f"p_{label}" for label in LABELS])
    table.insert(0, "path", list(shares))
    return table.assign(label="a", predicted=["b", "b", "c"], correct=False, confidence=[0.5, 0.98, 0.6])


def test_the_loss_is_of_the_true_label(rows):
    assert losses(rows, LABELS) == pytest.approx([-math.log(0.45), -math.log(0.01), -math.log(0.3)])


def test_the_margin_is_to_the_largest_of_the_other_labels(rows):
    assert margins(rows, LABELS) == pytest.approx([-0.05, -0.97, -0.3])
    assert margins(rows.assign(label="b"), LABELS) == pytest.approx([0.05, 0.97, -0.5])


def test_of_one_label_there_is_no_other():
    assert margins(pd.DataFrame({"label": ["a"], "p_a": [1.0]}), ["a"]).tolist() == [1.0]


@pytest.mark.parametrize(
    ("order", "paths"),
    [
        (MOST_CONFIDENT, ["sure", "between", "close"]),
        ("least confident first", ["close", "between", "sure"]),
        ("highest loss first", ["sure", "between", "close"]),
        ("closest call first", ["close", "between", "sure"]),
    ],
)
def test_an_order_is_what_it_is_called(rows, order, paths):
    assert sorted_predictions(rows, LABELS, order)["path"].tolist() == paths


def test_novelty_is_an_order_only_where_it_is_known(rows):
    order = "most unlike the training pictures first"
    assert order not in orders_of(rows) and order not in orders_of(rows.assign(novelty=None))
    known = rows.assign(novelty=[0.1, None, 2.0])
    assert order in orders_of(known)
    found = sorted_predictions(known, LABELS, order)
    assert found["path"].tolist() == ["between", "close", "sure"]
    assert sorted_by(found, order) == ["novelty +2.0", "novelty +0.1", ""]


def test_by_what_it_was_sorted_is_told_but_for_confidence_which_is_seen(rows):
    assert (
        sorted_by(sorted_predictions(rows, LABELS, "highest loss first"), "highest loss first")[0]
        == "loss 4.61"
    )
    assert sorted_by(sorted_predictions(rows, LABELS, "closest call first"), "closest call first")[0] == (
        "margin -5.0 points"
    )
    assert sorted_by(sorted_predictions(rows, LABELS, MOST_CONFIDENT), MOST_CONFIDENT) == ["", "", ""]
