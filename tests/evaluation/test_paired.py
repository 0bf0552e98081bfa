"""The difference of two models on the same pictures, and its doubt."""

import numpy as np
import pytest
from scipy.stats import binomtest

from poetcore.evaluation.paired import discordant, mcnemar, paired_difference


def correct(both, only_a, only_b, neither):
    """Make what two models label right, of so many pictures of each kind."""
    a = [True] * both + [True] * only_a + [False] * only_b + [False] * neither
    b = [True] * both + [False] * only_a + [True] * only_b + [False] * neither
    return np.array(a), np.array(b)


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 1), (0, 6), (3, 8), (8, 3), (5, 5), (10, 31), (400, 500)])
def test_p_value_is_the_exact_binomial_one(only_a, only_b):
    wanted = binomtest(only_a, only_a + only_b, 0.5).pvalue
    assert mcnemar(only_a, only_b) == pytest.approx(wanted, rel=1e-9)


def test_models_that_never_differ_are_not_told_apart():
    assert mcnemar(0, 0) == 1


def test_p_value_of_very_many_pictures_is_a_number_above_0():
    assert 0 < mcnemar(100, 1100) < 1e-200


def test_pictures_that_one_model_alone_has_right_are_counted():
    assert discordant(*correct(both=50, only_a=3, only_b=7, neither=4)) == (3, 7)


def test_near_duplicates_are_one_vote():
    a, b = correct(both=0, only_a=1, only_b=3, neither=0)
    assert discordant(a, b, np.array([0, 1, 1, 1])) == (1, 1)


def test_group_on_which_the_models_are_equal_votes_for_none():
    a, b = correct(both=1, only_a=1, only_b=1, neither=1)
    assert discordant(a, b, np.zeros(4, int)) == (0, 0)


def test_difference_is_of_the_accuracies():
    difference, _ = paired_difference(*correct(both=80, only_a=2, only_b=8, neither=10))
    assert difference == pytest.approx(0.06)


def test_interval_of_the_other_order_is_its_mirror():
    a, b = correct(both=80, only_a=2, only_b=8, neither=10)
    (low, high), (mirrored_low, mirrored_high) = paired_difference(a, b)[1], paired_difference(b, a)[1]
    assert (low, high) == pytest.approx((-mirrored_high, -mirrored_low))


@pytest.mark.parametrize("kinds", [(0, 0, 1, 0), (0, 0, 50, 0), (0, 50, 0, 0), (50, 0, 0, 0), (0, 0, 0, 1)])
def test_interval_stays_between_minus_1_and_1_and_holds_the_difference(kinds):
    difference, (low, high) = paired_difference(*correct(*kinds))
    assert -1 <= low <= difference <= high <= 1 and low < high


@pytest.mark.parametrize(("n", "only_a", "only_b"), [(40, 0.05, 0.1), (250, 0.02, 0.02), (250, 0.03, 0.08)])
def test_interval_holds_the_true_difference_in_about_95_of_100_draws(n, only_a, only_b):
    draws = np.random.default_rng(0).choice(3, (1000, n), p=[1 - only_a - only_b, only_a, only_b])
    intervals = [paired_difference(kind != 2, kind != 1)[1] for kind in draws]
    held = np.mean([low <= only_b - only_a <= high for low, high in intervals])
    assert 0.93 <= held <= 0.99


def test_near_duplicates_widen_the_interval():
    a, b = correct(both=80, only_a=2, only_b=8, neither=10)
    low, high = paired_difference(a, b)[1]
    wider_low, wider_high = paired_difference(a, b, np.arange(100) // 4)[1]
    assert wider_low < low and wider_high > high


def test_groups_of_one_picture_change_nothing():
    a, b = correct(both=80, only_a=2, only_b=8, neither=10)
    assert paired_difference(a, b, np.arange(100)) == paired_difference(a, b)
