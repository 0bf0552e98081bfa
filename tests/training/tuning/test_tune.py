"""A tuning from its plan to its choice, on pictures."""

from dataclasses import replace

import pytest

from poetcore.errors import DatasetError, OptionError
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.training.tuning.checks import check_resumable, check_tuning
from poetcore.training.tuning.reporting import StudyReporter, TimeLeft, TuningProgress
from poetcore.training.tuning.settings import settings_of
from poetcore.training.tuning.studies import create_study
from poetcore.training.tuning.trials import jobs_of
from poetcore.training.tuning.tune import run_study
from tests.conftest import fill

#: What depends on the time and not on the pictures.
OF_TIME = ["seconds", "pictures_per_second"]


def answer(study):
    """What a tuning found."""
    return study.trials().drop(columns=OF_TIME).to_dict("records"), study.choice().to_dict()


def test_a_finished_tuning_says_what_it_chose(place):
    choice, status = place.study.choice(), place.study.current_status()
    assert (status.phase, status.message) == ("done", choice.sentence)
    assert choice.separate.n == len(choice.comparisons) * 12 == 60
    assert choice.comparisons["number"].is_unique


@pytest.mark.parametrize("after", [1, 3])
def test_a_tuning_that_was_stopped_and_resumed_gives_the_same_answer(after, place):
    study = create_study(place.options, place.workspace)

    def stop(progress):
        if isinstance(progress, TuningProgress) and progress.trial and progress.done == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(study, place.workspace, stop)
    assert study.status().message == f"Stopped after {after} of 5 trials: resume it to go on."
    kept = study.ended()
    run_study(study, place.workspace)
    assert answer(study) == answer(place.study)
    assert kept.items() <= study.ended().items()


def test_a_trial_whose_predictions_are_gone_is_computed_again(place):
    study = create_study(place.options, place.workspace)
    run_study(study, place.workspace)
    (study.folder / "predicted" / "2.npz").write_bytes(b"")
    run_study(study, place.workspace)
    assert answer(study) == answer(place.study)


def test_other_pictures_than_it_began_with_are_refused(place, tmp_path):
    photos = fill(tmp_path / "photos", {"ash": 6, "oak": 6})
    study = create_study(replace(place.options, image_dir=photos, head="ridge"), place.workspace)
    run_study(study, place.workspace)
    fill(photos, {"elm": 6}, seed=3)
    with pytest.raises(DatasetError, match="not those any more"):
        run_study(study, place.workspace)
    assert study.status().phase == "failed"


def test_too_few_pictures_are_told(place, tmp_path):
    photos = fill(tmp_path / "photos", {"ash": 1, "oak": 1})
    study = create_study(replace(place.options, image_dir=photos), place.workspace)
    with pytest.raises(DatasetError, match="too few different pictures"):
        run_study(study, place.workspace)


@pytest.mark.parametrize("flip", ["off", "on"])
def test_the_accuracy_of_a_trial_is_that_of_the_run_that_it_becomes(flip, place):
    few = {"head": "gradient_descent", "learning_rate": "0.05", "how_many_training_steps": "50"}
    study = create_study(replace(place.options, flip_left_right=flip, **few), place.workspace)
    run_study(study, place.workspace)
    run = retrain(replace(study.config_of(0), name=f"flip_{flip}"), place.workspace)
    figures, trial = run.record().cross_validation, study.ended()[0]
    assert (trial.accuracy, [trial.low, trial.high]) == (figures["accuracy"], figures["interval"])
    assert trial.cross_entropy == pytest.approx(figures["cross_entropy"], rel=1e-4)


def test_every_training_that_diverges_leaves_no_choice(place):
    wild = replace(place.options, head="gradient_descent", learning_rate="1e38")
    study = create_study(wild, place.workspace)
    with pytest.raises(OptionError, match="Every training diverged"):
        run_study(study, place.workspace)
    assert study.trials()["accuracy"].isna().all()


def test_a_finished_tuning_is_not_resumed(place):
    with pytest.raises(OptionError, match="is finished"):
        check_resumable(place.study)


def test_a_folder_that_cannot_be_trained_on_is_refused_at_once(place, tmp_path):
    with pytest.raises(DatasetError):
        check_tuning(replace(place.options, image_dir=tmp_path), place.workspace)


def test_the_time_left_is_told_once_something_is_known(place, monkeypatch):
    clock = 0.0
    monkeypatch.setattr("poetcore.training.tuning.reporting.time.monotonic", lambda: clock)
    jobs = jobs_of(settings_of(replace(place.options, head="gradient_descent")))
    left = TimeLeft(jobs, set(), 1000, 5)
    with left.running():
        assert left.words == ""
        clock = 30.0
        left.note(jobs[0], 1.0)
        assert left.words == "about 30 s left"


def test_the_time_left_stands_in_the_status_where_pages_read_it(unstarted):
    StudyReporter(unstarted, None)(TuningProgress("tuning", 6, 17, left="about 30 s left"))
    assert unstarted.status().message == "Trying settings, about 30 s left"


def test_what_was_done_before_is_no_sign_of_speed(place, monkeypatch):
    clock = 0.0
    monkeypatch.setattr("poetcore.training.tuning.reporting.time.monotonic", lambda: clock)
    jobs = jobs_of(settings_of(replace(place.options, head="gradient_descent")))
    left = TimeLeft(jobs, set(jobs[0].numbers.values()), 1000, 5)
    with left.running():
        clock = 10.0
        left.note(jobs[1], 0.5)
        assert left.words == "about 10 s left"


def test_the_defaults_of_a_trial_are_those_of_a_run(place):
    usual = settings_of(replace(place.options, head="gradient_descent", learning_rate="0.01"))[0]
    assert usual.config(place.options).training == TrainingOptions(how_many_training_steps=50)
    assert usual.config(place.options) == RunConfig(
        place.options.image_dir, training=TrainingOptions(how_many_training_steps=50)
    )
