"""What a training tells of how sure it is, on the terminal: cross validation, learning curve, calibration."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from poetcore.workspace.run import Run
from tests.conftest import Trained, run_poet

pytestmark = pytest.mark.slow


def answered(*arguments: object) -> dict[str, Any]:
    done = run_poet(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def place(trained: Trained, tmp_path_factory) -> Path:
    """A copy of the workspace, with the run as `first`."""
    folder = tmp_path_factory.mktemp("certainty") / "tf_files"
    shutil.copytree(trained.workspace.root, folder)
    (folder / "runs" / trained.run.name).rename(folder / "runs" / "first")
    return folder


@pytest.fixture(scope="module")
def training(trained: Trained, place: Path):
    """A training as a person sees it."""
    arguments = ["--image_dir", trained.sample / "train", "--how_many_training_steps", 50]
    return run_poet("retrain", *arguments, "--workspace", place, "--run_name", "second")


def test_a_training_answers_with_its_cross_validation(trained, place):
    arguments = ["--image_dir", trained.sample / "train", "--how_many_training_steps", 50]
    answer = answered("retrain", *arguments, "--workspace", place)
    found = answer["cross_validation"]
    assert {"accuracy", "n", "interval", "per_label", "cross_entropy", "calibration"} <= set(found)
    assert found["n"] == sum(answer["splits"].values())


def test_a_training_tells_the_cross_validated_accuracy_first_and_why_they_differ(training):
    said = training.stdout
    assert said.index("Cross-validated accuracy") < said.index("Final test accuracy")
    assert "each without another part of the pictures" in said


def test_a_training_in_a_pipe_is_told_line_by_line_before_its_result(training):
    doubts, *lines = [line.split(":")[0] for line in training.stdout.splitlines()]
    assert lines[:6] == [*(f"Step {step}" for step in (10, 20, 30, 40, 50)), "Run second"]
    assert doubts == "Few pictures"


def test_a_training_tells_what_its_curves_show(training, place):
    from poetcore.training.verdict import run_verdict

    assert run_verdict(Run(place / "runs" / "second")).sentence in training.stdout.splitlines()


def test_a_learning_curve_answers_with_its_points_and_advice(place):
    answer = answered("learning_curve", "--run", "first", "--workspace", place)
    assert answer["run"] == "first" and answer["advice"].endswith(".")
    assert {"pictures", "accuracy", "low", "high"} <= set(answer["points"][0])
    assert [one["factor"] for one in answer["forecast"]] == [2, 4]
    assert len(answer["per_label"]) == 5


def test_a_learning_curve_is_shown_as_tables_and_a_sentence(place):
    said = run_poet("learning_curve", "--run", "first", "--workspace", place).stdout
    assert "(forecast)" in said and "tulip" in said
    assert said.splitlines()[-1].startswith("Twice the pictures of every label")


def test_calibrating_changes_the_probabilities_and_undo_restores_them(place):
    run = Run(place / "runs" / "first")
    record = run.record()
    off = record.cross_validation["calibration"] | {"offered": True, "temperature": 3.0}
    run.write_record(replace(record, cross_validation=record.cross_validation | {"calibration": off}))
    arguments = ["calibrate", "--run", "first", "--workspace", place]
    assert answered(*arguments)["temperature"] == run.temperature() == 3
    assert "of the training" in run_poet(*arguments, "--undo").stdout
    assert run.temperature() == 1
