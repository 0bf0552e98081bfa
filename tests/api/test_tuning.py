"""Tunings from Python."""

import pytest

import poetcore as poet

FEW = {"head": "gradient_descent", "learning_rate": [0.01, 0.1], "how_many_training_steps": 50}


@pytest.fixture(scope="module")
def tuning(home):
    return poet.tune(home / "sample/train", workspace=home / "tf_files", name="rates", progress=False, **FEW)


def test_the_trials_are_a_table_the_best_first(tuning):
    table = tuning.trials
    assert table["accuracy"].is_monotonic_decreasing
    assert table["number"][0] == tuning.choice.best
    assert {"learning_rate", "low", "high", "difference", "p_corrected", "as_good", "seconds"} <= set(table)
    assert "how_many_training_steps" not in table  # all trials have the same


def test_what_was_chosen_are_settings_of_a_training(tuning):
    assert tuning.best["learning_rate"] in (0.01, 0.1)
    assert tuning.best["how_many_training_steps"] == 50


def test_a_run_is_trained_with_the_settings_of_a_trial(tuning):
    run = tuning.train(1, name="of_trial_1", progress=False)
    assert run.metrics["cross_validation"]["accuracy"] == tuning.trials.set_index("number")["accuracy"][1]


def test_a_trial_that_there_is_not_is_told(tuning):
    for which, said in (
        ("worst", "'simplest_as_good' or 'best'"),
        (7, "trials 0 to 1"),
        (0.5, "whole number"),
    ):
        with pytest.raises(poet.PoetError, match=said):
            tuning.train(which)


def test_a_notebook_shows_the_choice_and_the_trials(tuning):
    shown = tuning._repr_html_()
    assert "Best of 2 trials" in shown and "<table" in shown


def test_a_finished_tuning_is_not_resumed(tuning, home):
    with pytest.raises(poet.PoetError, match="is finished"):
        poet.tune(resume="rates", workspace=home / "tf_files")


def test_a_resumed_tuning_takes_no_other_options(home):
    with pytest.raises(poet.PoetError, match="nothing else"):
        poet.tune("sample/train", resume="rates", workspace=home / "tf_files")


def test_an_unknown_option_is_told(home):
    with pytest.raises(poet.PoetError, match="Unknown option 'rate'"):
        poet.tune(home / "sample/train", workspace=home / "tf_files", rate=0.1)
