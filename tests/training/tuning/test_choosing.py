"""The honest choice among trials."""

from pathlib import Path

import numpy as np
import pytest

from poetcore.training.tuning.choosing import Evidence, compared, nested, picked
from poetcore.training.tuning.concluding import from_the_simplest
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.settings import Setting, settings_of
from tests.training.tuning.made import clouds, evidence_of, pictures_of, tried

LITE0 = {"networks": 1, "multiply_adds": 407.0, "megabytes": 13.5}
COSTS = {
    "small": {"networks": 1, "multiply_adds": 100.0, "megabytes": 3.0},
    "lite0": LITE0,
    "own": {"networks": 1, "multiply_adds": None, "megabytes": 2.0},
    "lite0+small": {"networks": 2, "multiply_adds": 507.0, "megabytes": 16.5},
}


def right(*shares: float, count: int = 400, seed: int = 0) -> np.ndarray:
    """Trials that label such shares of the pictures right, each for itself."""
    draw = np.random.default_rng(seed).random((len(shares), count))
    return draw < np.array(shares)[:, np.newaxis]


def alone(found: np.ndarray) -> np.ndarray:
    return np.arange(found.shape[1])


def test_the_best_is_as_good_as_itself():
    found = right(0.7, 0.9)
    best = compared(found, np.zeros(2), alone(found)).iloc[1]
    assert (best["difference"], best["low"], best["high"], best["p_value"], best["p_corrected"]) == (
        0,
        0,
        0,
        1,
        1,
    )
    assert best["as_good"]


def test_one_that_is_clearly_worse_is_not_as_good():
    found = right(0.6, 0.9)
    worse = compared(found, np.zeros(2), alone(found)).iloc[0]
    assert not worse["as_good"]
    assert worse["high"] < 0
    assert worse["difference"] == pytest.approx(found[0].mean() - found[1].mean())


def test_the_same_difference_is_less_sure_among_many_trials():
    found = right(0.84, 0.9, count=1000)
    many = np.concatenate([found, right(*[0.8] * 40, count=1000, seed=2)])
    few = compared(found, np.zeros(2), alone(found)).loc[0, "p_corrected"]
    assert compared(many, np.zeros(42), alone(many)).loc[0, "p_corrected"] > few


def test_a_trial_like_another_costs_the_comparison_nothing():
    found = right(0.85, 0.9)
    twice = np.concatenate([found, found[[1]]])
    for name in ("p_corrected", "low", "high"):
        before = compared(found, np.zeros(2), alone(found)).loc[0, name]
        assert compared(twice, np.zeros(3), alone(twice)).loc[0, name] == pytest.approx(before)


def test_near_duplicates_count_once():
    found = right(0.8, 0.9, count=100)
    copied = np.repeat(found, 10, axis=1)
    once = compared(found, np.zeros(2), alone(found)).loc[0]
    grouped = compared(copied, np.zeros(2), np.repeat(np.arange(100), 10)).loc[0]
    apart = compared(copied, np.zeros(2), alone(copied)).loc[0]
    assert grouped["p_corrected"] == pytest.approx(once["p_corrected"])
    assert apart["p_corrected"] < once["p_corrected"]


def test_of_as_accurate_ones_that_with_the_lower_loss_is_best():
    found = np.tile(right(0.9), (3, 1))
    table = compared(found, np.array([3.0, 1.0, 2.0]), alone(found))
    assert picked(found, np.array([3.0, 1.0, 2.0]), [0, 1, 2], table) == (1, 0)


def test_the_simplest_is_the_first_in_order_that_is_as_good():
    found = np.concatenate([right(0.5), right(0.89, seed=4), right(0.9, seed=5)])
    table = compared(found, np.zeros(3), alone(found))
    assert picked(found, np.zeros(3), [0, 1, 2], table)[1] == 1


def test_a_choice_is_tried_on_pictures_that_took_no_part_in_it():
    """Whatever the layers that were trained on a fold say of the others, it changes nothing there."""
    folds = np.arange(100) % 5
    draw = np.random.default_rng(0)
    correct = draw.random((6, 100, 5)) < 0.7
    evidence = Evidence(correct, np.zeros((6, 5, 5)), folds, np.arange(100))
    changed = correct.copy()
    changed[:, folds != 2, :2] = draw.random((6, 80, 2)) < 0.2  # seen by the layers without fold 0 or 1
    for before, after in zip(
        nested(evidence, range(6)),
        nested(Evidence(changed, evidence.loss, folds, evidence.groups), range(6)),
        strict=True,
    ):
        assert (before[folds == 2] == after[folds == 2]).all()


def test_the_simplest_has_fewer_networks_then_less_work_then_fewer_steps():
    settings = [
        Setting("lite0+small"),
        Setting("lite0", how_many_training_steps=500),
        Setting("lite0", weight_decay=0.1, how_many_training_steps=100),
        Setting("lite0", head="ridge"),
        Setting("small", flip_left_right=True),
        Setting("small", max_pictures_per_label=50),
        Setting("small", learning_rate=0.1),
        Setting("small"),
        Setting("own"),
    ]
    assert from_the_simplest(settings, COSTS) == [7, 6, 5, 4, 3, 1, 2, 8, 0]


def test_noise_is_seen_through():
    """A small part of tests/benchmarks: the best of many looks good, and its separate accuracy does not."""
    options = TuneOptions(
        Path("x"), head="gradient_descent", learning_rate="0.01,0.1,0.5", how_many_training_steps="50,100,200"
    )
    best, apart, simplest = [], [], []
    for seed in range(8):
        pictures = pictures_of(clouds(100, 5, apart=0, seed=seed))
        evidence = evidence_of(tried(pictures, options), pictures)
        order = from_the_simplest(settings_of(options), {})
        found, loss = evidence.whole()
        chosen = picked(found, loss, order, compared(found, loss, evidence.groups))
        best.append(found[chosen[0]].mean())
        apart.append(nested(evidence, order)[0].mean())
        simplest.append(chosen[1] == order[0])
    assert np.mean(best) > np.mean(apart) + 0.01
    assert abs(np.mean(apart) - 0.2) < 0.04
    assert all(simplest)
