"""Sets with hardly any pictures are trained on, and what is not known of them is told."""

import json
import math
import shutil
from typing import Any

import pytest

import poetcore as poet
from poetcore.errors import DatasetError
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.headline import headline
from poetcore.export.export import export
from poetcore.training.config import RunConfig
from poetcore.training.final_test import run_remarks
from poetcore.training.learning_curve import learning_curve
from poetcore.training.retrain import retrain
from poetcore.training.temperature import calibrate
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import call
from tests.conftest import fill

FEW_STEPS = TrainingOptions(how_many_training_steps=20)

SETS: dict[str, dict[str, int]] = {
    "single": {"ash": 1, "birch": 1, "oak": 1},
    "pairs": {"ash": 2, "birch": 2},
    "triple": {"ash": 3, "birch": 20},
    "mixed": {"ash": 1, "birch": 30, "oak": 2},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory, backbone_file) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("small") / "tf_files")
    found.models.mkdir(parents=True)
    shutil.copy(backbone_file, found.models)
    return found


@pytest.fixture(scope="module")
def runs(place, tmp_path_factory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("sets")
    return {
        name: retrain(RunConfig(fill(folder / name, counts), training=FEW_STEPS, name=name), place)
        for name, counts in SETS.items()
    }


def unknown(metrics: dict[str, Any]) -> set[str]:
    return {name for name, value in metrics.items() if value is None}


def test_every_label_is_trained_on(runs):
    for name, counts in SETS.items():
        split = runs[name].split()
        assert set(split.loc[split["split"] == "training", "label"]) == set(counts)


def test_with_one_picture_of_each_label_nothing_is_known(runs):
    record = runs["single"].record()
    assert record.cross_validation is None
    assert unknown(record.metrics) == {
        f"{part}_{what}"
        for part, names in {
            "final_test": ("accuracy", "interval", "cross_entropy"),
            "validation": ("accuracy", "interval", "cross_entropy"),
        }.items()
        for what in names
    }


def test_what_is_not_known_is_said_when_a_run_ends(runs):
    assert "There is one picture of each of 3 labels (ash, birch, oak); they were trained on" in (
        runs["single"].status().message
    )
    assert "The only picture of ash was trained on" in runs["mixed"].status().message


def test_labels_without_a_test_stand_in_the_record(runs):
    assert runs["mixed"].record().groups["undivided"] == {"ash": 1}
    assert runs["triple"].record().groups["undivided"] == {}


def test_of_a_label_that_is_not_cross_validated_no_figure_is_known(runs):
    found = runs["mixed"].record().cross_validation
    assert found is not None
    assert found["per_label"]["ash"] == {"precision": None, "recall": None, "f1": None, "support": 0}
    assert found["n"] == 32


def test_that_one_label_has_nearly_all_pictures_is_said(runs):
    (_, uneven, weighed) = run_remarks(runs["mixed"].record())
    assert weighed.startswith("Every label counted the same in training (class_weight balanced), with ")
    assert uneven.startswith("93.7 % of the pictures are of birch, so always answering birch would be right")


@pytest.mark.parametrize("name", SETS)
def test_such_a_run_is_evaluated_and_listed(runs, place, tmp_path, name):
    demo = fill(tmp_path / "demo", dict.fromkeys(SETS[name], 2), seed=9)
    metrics = evaluate(runs[name], demo, place).metrics
    assert (metrics.total, headline(metrics).accuracy is not None) == (2 * len(SETS[name]), True)
    table = poet.list_runs(workspace=place.root).set_index("name")
    assert math.isnan(table.loc[name, "cross_validated_accuracy"]) == (name == "single")


@pytest.mark.slow
def test_such_a_run_is_exported(runs, place, tmp_path):
    assert export(runs["single"], place, "tflite", tmp_path / "model.tflite").parity.same_top1 == 1


@pytest.mark.parametrize("name", ["single", "pairs"])
def test_there_is_no_learning_curve_of_it(runs, place, name):
    with pytest.raises(DatasetError, match="There is no learning curve, because half of the pictures"):
        learning_curve(runs[name], place)


def test_there_is_no_temperature_for_it(runs):
    with pytest.raises(
        Exception, match="has no cross validation .* several different pictures of each label"
    ):
        calibrate(runs["single"])


def test_the_command_line_tells_what_is_not_known(runs, place, tmp_path):
    folder = fill(tmp_path / "set", {"ash": 1, "birch": 1})
    words = ("--image_dir", folder, "--how_many_training_steps", 5, "--workspace", place.root, "--json")
    found = json.loads(call("retrain", *words).stdout.splitlines()[-1])
    assert (found["final_test_accuracy"], found["cross_validation"]) == (None, None)
    assert found["remarks"][0].startswith("There is one picture of each of 2 labels")


def test_an_empty_label_folder_is_named(place, tmp_path):
    folder = fill(tmp_path / "set", {"ash": 2, "birch": 2, "oak": 0})
    run = retrain(RunConfig(folder, training=FEW_STEPS, name="empty"), place)
    assert "Without pictures, and so not trained on: oak." in run.status().message
