"""The threshold of a run, set on pictures that it has not seen, and what it catches of labels held out."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from poetcore.evaluation.novelty import rooted
from poetcore.evaluation.novelty_threshold import Comparison, drawn_evenly, threshold_of_run
from poetcore.sources.samples import SAMPLE_LABELS
from poetcore.training.held_out_labels import hold_out_labels
from poetcore.training.novelty import measure_novelty
from poetcore.training.train import Examples, TrainingOptions, train
from poetcore.workspace.reference import Reference

LABELS, EACH = 4, 30


@pytest.fixture(scope="module")
def record(trained):
    return trained.run.record().novelty


@pytest.fixture(scope="module")
def clouds() -> Examples:
    """Pictures of four labels, a cloud of vectors each; the last label lies far from the others."""
    draw = np.random.default_rng(1)
    centres = np.eye(LABELS, 24, dtype=np.float32) * 3
    centres[LABELS - 1] = 0
    centres[LABELS - 1, 12:] = 2
    targets = np.repeat(np.arange(LABELS), EACH)
    vectors = np.abs(centres[targets] + draw.normal(0, 0.5, (len(targets), 24))).astype(np.float32)
    return Examples(vectors, targets)


def held_out(clouds: Examples, head: str):
    """Hold each label out in turn, every picture compared with all others."""
    options = TrainingOptions(how_many_training_steps=300, head=head)
    none = Examples(clouds.vectors[:0], clouds.targets[:0])
    layer = train(clouds, none, LABELS, options, lambda report: None)
    close = rooted(clouds.vectors) @ rooted(clouds.vectors).T
    np.fill_diagonal(close, -2)
    everyone = np.arange(len(clouds))
    known = layer.probabilities(clouds.vectors)
    names = [f"label {n}" for n in range(LABELS)]
    return hold_out_labels(clouds, Comparison(everyone, everyone, close), known, names, options)


def test_the_cross_validated_pictures_set_the_threshold(record):
    assert (record["basis"], record["n"]) == ("cross_validation", 60)


def test_the_pictures_of_the_dataset_are_kept_to_compare_with(trained, record):
    kept = trained.run.novelty_pictures()
    wanted = Reference.of(trained.run, trained.workspace)
    assert record["compared"] == len(kept) == len(wanted)
    # float16 keeps three digits.
    np.testing.assert_allclose(kept, rooted(wanted.vectors), atol=1e-3)


def test_by_the_largest_probability_alone_a_twentieth_is_below_the_least(trained, record):
    below = trained.run.cross_validation()["confidence"] < record["least_probability"]
    assert below.mean() == pytest.approx(0.05, abs=0.035)


def test_every_label_was_held_out_in_turn(record):
    assert list(record["caught"]) == list(SAMPLE_LABELS)
    assert all(one["n"] == 12 and 0 <= one["caught"] <= 1 for one in record["caught"].values())


def test_the_mean_is_that_of_the_labels(record):
    assert record["auc"] == pytest.approx(np.mean([one["auc"] for one in record["caught"].values()]))


@pytest.mark.parametrize("head", ["gradient_descent", "ridge"])
def test_a_label_far_from_the_others_is_found_when_it_is_held_out(clouds, head):
    assert held_out(clouds, head)["caught"]["label 3"]["caught"] > 0.8


def test_without_a_cross_validation_held_out_pictures_set_the_threshold(clouds):
    parts = np.resize(["training", "validation"], len(clouds))
    none = Examples(clouds.vectors[:0], clouds.targets[:0])
    layer = train(clouds, none, LABELS, TrainingOptions(how_many_training_steps=50), lambda report: None)
    prepared = SimpleNamespace(
        split=pd.DataFrame({"split": parts}),
        everything=clouds,
        groups=np.arange(len(clouds)),
        dataset=SimpleNamespace(labels=list("abcd")),
    )
    found = measure_novelty(prepared, layer, None, TrainingOptions()).record
    assert (found["basis"], found["n"], found["caught"]) == ("held_out", len(clouds) // 2, {})


def test_of_many_pictures_as_many_of_each_label_are_drawn():
    labels = np.repeat(["rare", "often"], [5, 95])
    drawn = drawn_evenly(labels, 20)
    assert np.unique(labels[drawn], return_counts=True)[1].tolist() == [15, 5]


def test_pictures_of_one_group_are_not_compared():
    vectors = rooted(np.eye(5, 6, dtype=np.float32) + 1)
    everyone, groups = np.arange(5), np.array([0, 0, 1, 2, 3])
    found = Comparison.of(everyone, everyone, (vectors, vectors), (groups,)).similarities
    assert (found[0] > -1).tolist() == [False, False, True, True, True]


def test_with_two_labels_none_can_be_held_out():
    examples = Examples(np.ones((20, 4), np.float32), np.repeat([0, 1], 10))
    compared = Comparison(np.arange(20), np.arange(20), np.ones((20, 20), np.float32))
    assert hold_out_labels(examples, compared, np.full((20, 2), 0.5), ["a", "b"], TrainingOptions()) == {}


def test_a_run_of_several_labels_a_picture_has_no_threshold(pairs_trained):
    assert pairs_trained.run.record().novelty == {}
    assert pairs_trained.run.novelty_pictures() is None


def test_what_a_run_of_an_earlier_version_left_gives_the_same_threshold(trained, record):
    again = threshold_of_run(trained.run, trained.workspace)
    names = ("threshold", "least_probability", "n", "compared")
    assert {name: again.record[name] for name in names} == pytest.approx(
        {name: record[name] for name in names}, abs=1e-4
    )
    np.testing.assert_allclose(again.pictures, trained.run.novelty_pictures(), atol=1e-3)
