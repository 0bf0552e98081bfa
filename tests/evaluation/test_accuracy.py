"""A share of right answers and its doubt."""

import pytest
from scipy.stats import binomtest

from poetcore.evaluation.accuracy import Accuracy


@pytest.mark.parametrize(
    ("correct", "total"), [(0, 1), (1, 1), (0, 40), (40, 40), (3, 7), (215, 250), (1, 5000), (4321, 5000)]
)
def test_interval_is_wilsons(correct, total):
    wanted = binomtest(correct, total).proportion_ci(confidence_level=0.95, method="wilson")
    assert Accuracy(correct, total).interval == pytest.approx((wanted.low, wanted.high), abs=1e-12)


@pytest.mark.parametrize(("correct", "total"), [(0, 3), (3, 3), (0, 10**6), (10**6, 10**6)])
def test_interval_stays_between_0_and_1_and_holds_the_value(correct, total):
    accuracy = Accuracy(correct, total)
    low, high = accuracy.interval
    rounding = 1e-12
    assert 0 <= low <= accuracy.value + rounding and accuracy.value - rounding <= high <= 1


@pytest.mark.parametrize("independent", [None, 7.3, 2399.7])
def test_interval_ends_at_0_where_none_is_right_and_at_1_where_all_are(independent):
    assert Accuracy(0, 2400, independent).interval[0] == 0
    assert Accuracy(2400, 2400, independent).interval[1] == 1


def test_value_is_the_share():
    assert Accuracy(3, 8).value == 0.375


def test_without_pictures_nothing_is_known():
    nothing = Accuracy(0, 0)
    assert (nothing.value, nothing.interval, str(nothing)) == (None, None, "not known (no pictures)")


def test_text_gives_value_counts_and_interval():
    assert str(Accuracy(7, 8)) == "87.5 % (7 of 8; 95 % interval 53 to 98 %)"
