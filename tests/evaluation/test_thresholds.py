"""What a threshold on the confidence would do, and what a click in the matrix means."""

import pandas as pd
import pytest

from poetcore.evaluation.evaluate import pick_cell, threshold_table

#: (confidence, right)
ANSWERS = [(1.0, True), (0.9, True), (0.6, False), (0.3, True)]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rows = threshold_table(pd.DataFrame(ANSWERS, columns=["confidence", "correct"]), steps=10)
    return rows.set_index(rows["threshold"].round(2))


def test_thresholds_run_from_0_to_1_in_even_steps(table):
    assert list(table.index) == [i / 10 for i in range(11)]


def test_at_0_everything_is_answered(table):
    assert tuple(table.loc[0.0, ["answered", "accuracy"]]) == (1.0, 0.75)


@pytest.mark.parametrize(
    ("threshold", "answered", "accuracy"), [(0.4, 0.75, 2 / 3), (0.7, 0.5, 1.0), (1.0, 0.25, 1.0)]
)
def test_only_the_surer_answers_count(table, threshold, answered, accuracy):
    assert tuple(table.loc[threshold, ["answered", "accuracy"]]) == pytest.approx((answered, accuracy))


def test_a_confidence_that_is_the_threshold_is_answered():
    rows = threshold_table(pd.DataFrame({"confidence": [0.5], "correct": [True]}), steps=2)
    assert list(rows["answered"]) == [1.0, 1.0, 0.0]


def test_where_nothing_is_answered_the_accuracy_is_missing():
    rows = threshold_table(pd.DataFrame({"confidence": [0.5], "correct": [True]}), steps=2)
    assert list(rows["accuracy"].isna()) == [False, False, True]


def test_without_predictions_nothing_is_answered():
    empty = pd.DataFrame({"confidence": pd.Series(dtype=float), "correct": pd.Series(dtype=bool)})
    assert not threshold_table(empty)["answered"].any()


def test_labels_of_a_cell_are_text_even_if_they_look_like_numbers():
    assert pick_cell([{"label": 1, "predicted": 2}]) == ("1", "2")
