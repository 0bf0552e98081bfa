"""Comparing real runs and model files on real folders: what is evaluated, reused, kept, refused."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from poetcore.errors import OptionError, RunError
from poetcore.evaluation.compare import compare, find_comparison, model_named, stored_comparison
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.model_file import ModelFile
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import Run


@pytest.fixture
def runs(two_runs):
    return [two_runs.run, two_runs.workspace.run("hasty")]


@pytest.fixture
def demo(two_runs, tmp_path) -> Path:
    """A demo folder of the test's own."""
    return shutil.copytree(two_runs.sample / "demo", tmp_path / "demo")


def test_accuracies_are_those_of_the_evaluations(runs, demo, two_runs):
    (found,) = compare(runs, demo, two_runs.workspace)
    alone = [evaluate(run, demo, two_runs.workspace).metrics.correct for run in runs]
    assert [found.accuracy("a").correct, found.accuracy("b").correct] == alone


def test_evaluations_are_kept_with_the_runs(runs, demo, two_runs):
    compare(runs, demo, two_runs.workspace)
    assert find_comparison(runs, demo, two_runs.workspace) is not None


def test_evaluation_of_other_files_is_not_taken(runs, demo, two_runs):
    compare(runs, demo, two_runs.workspace)
    next((demo / "rose").iterdir()).unlink()
    assert find_comparison(runs, demo, two_runs.workspace) is None


def test_first_of_several_is_what_the_others_are_compared_with(runs, demo, two_runs):
    found = compare([runs[1], runs[0], runs[0]], demo, two_runs.workspace)
    assert [(one.a.name, one.b.name) for one in found] == [("hasty", runs[0].name)] * 2


@pytest.fixture
def fewer(two_runs, tmp_path) -> Iterator[Run]:
    """A run that does not know tulips."""
    folder = shutil.copytree(two_runs.sample / "train", tmp_path / "fewer")
    shutil.rmtree(folder / "tulip")
    options = TrainingOptions(how_many_training_steps=1)
    run = retrain(RunConfig(folder, name="fewer", training=options), two_runs.workspace)
    yield run
    two_runs.workspace.delete_run(run)


def test_runs_of_other_labels_are_compared_on_the_common_ones(fewer, demo, two_runs):
    (found,) = compare([two_runs.run, fewer], demo, two_runs.workspace)
    assert set(found.pictures["label"]) == {"daisy", "dandelion", "rose", "sunflower"}
    assert any("Only A knows tulip" in one for one in found.remarks)
    assert not any("removed" in one for one in found.remarks)
    assert all(one.folder != str(demo) for one in _metrics(two_runs.run))


def test_evaluation_of_a_deleted_run_is_not_that_of_a_later_one_of_its_name(fewer, demo, two_runs):
    asked = [two_runs.run, fewer], demo, two_runs.workspace
    compare(*asked)
    assert find_comparison(*asked)
    fewer.write_record(replace(fewer.record(), created="2001-01-01T00:00:00+00:00"))
    assert find_comparison(*asked) is None


def _metrics(run):
    return [Evaluation.load(folder).metrics for folder in run.evaluations()]


def test_newest_evaluations_are_compared_where_demo_folders_differ(runs, demo, two_runs):
    evaluate(runs[0], demo, two_runs.workspace)
    smaller = shutil.copytree(demo, demo.with_name("smaller"))
    shutil.rmtree(smaller / "rose")
    evaluate(runs[1], smaller, two_runs.workspace)
    (found,) = stored_comparison(runs, two_runs.workspace)
    assert len(found.pictures) == 16
    assert any(str(smaller) in one for one in found.remarks)


def test_what_has_changed_since_the_newest_evaluation_is_told(runs, demo, two_runs):
    for run in runs:
        evaluate(run, demo, two_runs.workspace)
    next((demo / "rose").iterdir()).unlink()
    (found,) = stored_comparison(runs, two_runs.workspace)
    assert any("The evaluation of hasty is out of date" in one for one in found.remarks)


def test_runs_of_several_labels_a_picture_are_refused(pairs_trained, demo):
    with pytest.raises(OptionError, match="where a picture may have several labels"):
        compare([pairs_trained.run] * 2, demo, pairs_trained.workspace)


def test_name_is_of_a_run_or_a_path(two_runs, tmp_path):
    (tmp_path / "old.tflite").touch()
    assert model_named("hasty", two_runs.workspace).name == "hasty"
    assert model_named(str(tmp_path / "old.tflite"), two_runs.workspace) == ModelFile(tmp_path / "old.tflite")


@pytest.mark.parametrize("kind", [RunError, OptionError])
def test_name_of_neither_is_refused(kind, two_runs, tmp_path):
    name = tmp_path / "photo.jpg"
    if kind is OptionError:
        name.touch()
    with pytest.raises(kind, match="No run named|is no model that can be run here: give a frozen graph"):
        model_named(str(name), two_runs.workspace)
