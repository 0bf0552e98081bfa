"""What stands beside an accuracy where one label has nearly all pictures."""

import numpy as np
import pytest

from poetcore.evaluation.metrics import per_label_metrics
from poetcore.evaluation.uneven import about_uneven, balanced_accuracy


def found(*rows: list[int]) -> dict[str, dict[str, object]]:
    return per_label_metrics(np.array(rows), ["common", "rare", "other"][: len(rows)])


def test_each_label_with_pictures_counts_the_same():
    assert balanced_accuracy(found([90, 10, 0], [1, 1, 0], [0, 0, 0])) == pytest.approx(0.7)


def test_of_no_pictures_it_is_not_known():
    assert balanced_accuracy(found([0, 0], [0, 0])) is None


def test_always_saying_the_large_label_is_told_as_what_it_is():
    assert about_uneven(found([20_000, 0], [30, 0])) == (
        "99.8 % of the pictures are of common, so always answering common would be right as often; the mean"
        " recall of the 2 labels (balanced accuracy) is 50.0 %."
    )


@pytest.mark.parametrize("rows", [([90, 0], [10, 0]), ([50, 0], [0, 0]), ([0, 0], [0, 0])])
def test_up_to_nine_tenths_or_of_one_label_alone_nothing_is_said(rows):
    assert about_uneven(found(*rows)) == ""
