"""The trials of a tuning: each as good as the run with its settings is in cross validation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.training.cross_validation import cross_validate
from poetcore.training.train import Examples
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.settings import Setting, settings_of
from poetcore.training.tuning.trials import jobs_of, predicted_by
from tests.training.tuning.made import clouds, pictures_of, tried

PLAN = TuneOptions(
    Path("x"),
    head="gradient_descent",
    learning_rate="0.05",
    how_many_training_steps="50,200",
    weight_decay="0,0.5",
    label_smoothing="0.1",
)


def own(tested, pictures):
    """What the layers of the ordinary cross validation label right."""
    return tested.correct[np.arange(len(pictures.folds)), pictures.folds]


@pytest.fixture(scope="module")
def pictures():
    return pictures_of(clouds(90, 3, apart=0.35))


@pytest.fixture(scope="module")
def found(pictures):
    return tried(pictures, PLAN)


@pytest.mark.parametrize("number", range(4))
def test_a_trial_is_the_cross_validation_of_the_run_with_its_settings(number, pictures, found):
    labels = [f"label {one}" for one in range(3)]
    table = pd.DataFrame({"path": [str(i) for i in range(90)], "label": pictures.prepared.split["label"]})
    training = settings_of(PLAN)[number].training(PLAN)
    run = cross_validate(pictures.prepared.everything, pictures.groups, table, labels, training)
    assert (own(found[number], pictures) == run.predictions["correct"]).all()
    assert found[number].loss.trace() / 90 == pytest.approx(run.figures["cross_entropy"], rel=1e-4)


def test_trials_that_differ_in_their_steps_only_are_one_training():
    settings = settings_of(PLAN)
    assert [sorted(job.numbers) for job in jobs_of(settings)] == [[50, 200], [50, 200]]


def test_a_number_of_steps_between_two_draws_is_a_training_of_its_own():
    options = replace(PLAN, how_many_training_steps="50,70,100", weight_decay="0")
    assert [sorted(job.numbers) for job in jobs_of(settings_of(options))] == [[50, 100], [70]]


@pytest.mark.parametrize("head", ["gradient_descent", "ridge"])
def test_layers_without_two_folds_have_seen_neither(head, pictures):
    """So what is predicted without fold 0 stays the same when everything in fold 0 changes."""
    options = replace(PLAN, head=head, how_many_training_steps="50", weight_decay="0")
    vectors = pictures.prepared.everything.vectors.copy()
    vectors[pictures.folds == 0] += 50
    other = pictures_of(Examples(vectors, pictures.targets))
    (before,), (after,) = (list(tried(one, options).values()) for one in (pictures, other))
    rest = pictures.folds != 0
    assert (before.correct[rest, 0] == after.correct[rest, 0]).all()
    assert before.loss[1:, 0] == pytest.approx(after.loss[1:, 0])
    assert (before.correct != after.correct).any()


def test_a_ridge_regression_is_about_as_good_as_gradient_descent(pictures, found):
    ridge = tried(pictures, replace(PLAN, head="ridge", weight_decay="0"))
    (only,) = ridge.values()
    assert own(only, pictures).mean() == pytest.approx(own(found[1], pictures).mean(), abs=0.1)


def test_a_training_that_diverges_has_no_figures(pictures):
    options = replace(PLAN, learning_rate="1e38", weight_decay="0")
    assert list(tried(pictures, options).values()) == [None, None]


def test_few_pictures_are_trained_on_and_all_are_tested(pictures):
    options = replace(PLAN, how_many_training_steps="50", weight_decay="0", max_pictures_per_label="-1,5")
    few = pictures.examples(settings_of(options)[1])[1]
    assert np.bincount(pictures.targets[few]).tolist() == [5, 5, 5]
    whole, part = (own(one, pictures) for one in tried(pictures, options).values())
    assert len(part) == 90 and part.mean() < whole.mean()


def test_mirrored_copies_are_trained_on_where_they_are_wanted():
    examples = clouds(30, 3, apart=0.5)
    pictures = pictures_of(examples)
    copies = Examples(
        np.concatenate([examples.vectors, examples.vectors[:10]]),
        np.concatenate([examples.targets, examples.targets[:10]]),
    )
    owners = np.concatenate([np.arange(30), np.arange(10)])
    mirrored = replace(pictures, prepared=replace(pictures.prepared, everything=copies, owners=owners))
    assert [len(mirrored.examples(Setting("x", flip_left_right=flip))[0]) for flip in (False, True)] == [
        30,
        40,
    ]
    few = mirrored.examples(Setting("x", flip_left_right=True, max_pictures_per_label=3))[1]
    assert np.bincount(few).max() == 2 and len(np.unique(few)) == 9


def test_a_tuning_can_be_stopped_in_a_training(pictures):
    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(predicted_by(jobs_of(settings_of(PLAN))[0], pictures, PLAN, stop))
