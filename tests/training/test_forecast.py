"""Curves that are known are foretold, doubt grows where it must, and a sentence claims no more."""

import numpy as np
import pytest

from poetcore.training.cross_validation import cross_validated_accuracy
from poetcore.training.forecast import Curve, Forecast, Point, advice, fit_curve

NUMBERS = [100, 200, 400, 800]


def shares(accuracies: list[float], tested: int = 1000) -> np.ndarray:
    """Pictures of which these parts are right at the numbers; whoever is right at few is right at more."""
    return (np.arange(tested)[:, np.newaxis] < np.array(accuracies) * tested).astype(float)


def law(rate: float, top: float = 0.95, slope: float = -0.9) -> list[float]:
    return [top + slope * number**-rate for number in NUMBERS]


def fitted(accuracies: list[float], groups: np.ndarray | None = None, tested: int = 1000) -> Curve:
    return fit_curve(NUMBERS, shares(accuracies, tested), np.arange(tested) if groups is None else groups)


def test_points_are_the_measured_accuracies_with_the_interval_of_a_cross_validation():
    curve = fitted([0.6, 0.7, 0.75, 0.8])
    assert [one.accuracy for one in curve.points] == pytest.approx([0.6, 0.7, 0.75, 0.8])
    assert [one.pictures for one in curve.points] == NUMBERS
    last = curve.points[-1]
    assert (last.low, last.high) == cross_validated_accuracy(800, np.arange(1000)).interval


def test_a_law_of_the_root_is_continued():
    forecast = fitted(law(0.5)).forecast
    assert [one.factor for one in forecast] == [2, 4]
    assert [one.pictures for one in forecast] == [1600, 3200]
    wanted = [0.95 - 0.9 / number**0.5 for number in (1600, 3200)]
    assert [one.accuracy for one in forecast] == pytest.approx(wanted, abs=0.002)


@pytest.mark.parametrize("rate", [0.5, 0.75, 1.0])
def test_slow_and_fast_laws_lie_within_the_gain(rate):
    slope = -0.9 * 100**rate / 100**0.5
    one = fitted(law(rate, slope=slope)).forecast[0]
    gain = slope * (1600**-rate - 800**-rate)
    assert one.gain_low - 0.001 <= gain <= one.gain_high + 0.001


def test_the_band_holds_the_doubt_of_today_and_of_the_gain():
    curve = fitted(law(0.5))
    now, (twice, four_times) = curve.points[-1], curve.forecast
    assert twice.high - twice.low > now.high - now.low
    assert four_times.gain_high - four_times.gain_low > twice.gain_high - twice.gain_low
    assert twice.gain_high - twice.gain_low < twice.high - twice.low


def test_near_duplicates_make_the_doubt_larger():
    accuracies = law(0.5)
    alone, groups = fitted(accuracies).forecast[0], np.arange(1000) // 20
    together = fitted(accuracies, groups).forecast[0]
    assert together.gain == pytest.approx(alone.gain)
    assert together.gain_high - together.gain > 2 * (alone.gain_high - alone.gain)


def test_fewer_tested_pictures_make_the_doubt_larger():
    few, many = (fitted(law(0.5), tested=tested).forecast[0] for tested in (60, 6000))
    assert few.gain_high - few.gain_low > many.gain_high - many.gain_low


def test_nothing_exceeds_all_or_falls_below_none():
    high, low = fitted([0.9, 0.96, 0.99, 0.999]), fitted([0.3, 0.2, 0.1, 0.001])
    for curve in (high, low):
        for one in (*curve.points, *curve.forecast):
            assert 0 <= one.low <= one.accuracy <= one.high <= 1 or one.accuracy < 0
    assert high.forecast[1].gain <= 1 - 0.999 + 1e-9


def test_a_few_pictures_that_were_wrong_at_every_number_may_yet_gain():
    numbers, groups = [10, 20, 40, 80], np.arange(6)
    twice = fit_curve(numbers, np.zeros((6, 4)), groups).forecast[0]
    assert (twice.gain, twice.gain_low) == (0, 0) and 0.05 < twice.gain_high < 0.5


def test_all_right_at_every_number_gains_nothing():
    one = fitted([1.0, 1.0, 1.0, 1.0]).forecast[0]
    assert one.gain == pytest.approx(0) and one.accuracy == pytest.approx(1)


def test_two_numbers_are_enough():
    curve = fit_curve([40, 80], shares([0.7, 0.8]), np.arange(1000))
    assert curve.forecast[0].accuracy > 0.8


def curve_of(gain_low: float, gain_high: float) -> Curve:
    middle = (gain_low + gain_high) / 2
    return Curve(
        (Point(100, 0.8, 0.75, 0.85),),
        (Forecast(2, 200, 0.8 + middle, 0.7, 0.9, middle, gain_low, gain_high),),
    )


EVEN = {"rose": 200, "tulip": 200}


def test_a_gain_is_told_with_the_label_that_gains_most():
    said = advice(curve_of(0.01, 0.03), {"rose": curve_of(0.01, 0.02), "tulip": curve_of(0.02, 0.05)}, EVEN)
    assert said == (
        "Twice the pictures of every label (about 200 more of each) may bring 1.0 to 3.0 points of accuracy;"
        " most for tulip, 2.0 to 5.0 points."
    )


def test_labels_that_may_gain_nothing_are_named():
    said = advice(curve_of(0.01, 0.03), {"rose": curve_of(-0.01, 0.02), "tulip": curve_of(0.02, 0.05)}, EVEN)
    assert said.endswith("; for rose no gain can be told from chance.")


def test_many_of_these_are_counted():
    curves = {f"l{i}": curve_of(-0.01, 0.01) for i in range(4)} | {"tulip": curve_of(0.03, 0.05)}
    assert "for l0, l1, l2 and 1 other no" in advice(curve_of(0.01, 0.02), curves, dict.fromkeys(curves, 5))


def test_the_best_of_many_labels_has_to_stand_out():
    curves = {f"l{i}": curve_of(-0.01, 0.01) for i in range(99)} | {"tulip": curve_of(0.001, 0.05)}
    assert "tulip" not in advice(curve_of(0.01, 0.02), curves, dict.fromkeys(curves, 5))


def test_no_label_is_named_where_all_together_may_gain_nothing():
    said = advice(curve_of(-0.01, 0.02), {"rose": curve_of(0.03, 0.04)}, {"rose": 5})
    assert "rose" not in said


def test_a_gain_that_may_be_none_is_told_so():
    said = advice(curve_of(-0.01, 0.02), {"rose": curve_of(-0.01, 0.02)}, {"rose": 5})
    assert said.endswith("may bring up to 2.0 points of accuracy, or nothing.")


def test_no_gain_is_told_so():
    said = advice(curve_of(-0.02, 0.0), {"rose": curve_of(-0.01, 0.0)}, {"rose": 5})
    assert said.endswith("would bring nothing that could be told from chance.")


def test_uneven_labels_have_no_number_in_common():
    said = advice(curve_of(0.01, 0.02), {}, {"rose": 20, "tulip": 300})
    assert said.startswith("Twice the pictures of every label (as many again of each)")


def test_two_ends_that_read_the_same_are_one():
    said = advice(curve_of(0.0199, 0.0201), {}, {"rose": 20})
    assert said.endswith("may bring 2.0 points of accuracy.")
