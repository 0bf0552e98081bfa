"""A run by ridge regression has all that a run has."""

import math

import numpy as np
import pytest

from poetcore.api.runs import list_runs, load_run
from poetcore.errors import OptionError
from poetcore.evaluation.evaluate import evaluate
from poetcore.export.export import export
from poetcore.training.config import RunConfig
from poetcore.training.final_test import why_they_differ
from poetcore.training.learning_curve import learning_curve
from poetcore.training.retrain import retrain
from poetcore.training.ridge_layer import STRENGTHS
from poetcore.training.train import TrainingOptions
from poetcore.training.verdict import CurveKind, run_verdict
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained

pytestmark = pytest.mark.slow

OPTIONS = TrainingOptions(head="ridge", seed=1)


@pytest.fixture(scope="module")
def ridged(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A finished run by ridge regression on the drawn sample; its features are cached already."""
    shared = trained.workspace
    place = Workspace(tmp_path_factory.mktemp("ridged"), models=shared.models, bottlenecks=shared.bottlenecks)
    run = retrain(RunConfig(trained.sample / "train", training=OPTIONS, name="ridged"), place)
    return Trained(place, trained.sample, run)


def test_it_predicts_new_pictures(ridged):
    found = evaluate(ridged.run, ridged.sample / "demo", ridged.workspace)
    assert found.metrics.accuracy > 0.8


def test_it_is_cross_validated_on_every_picture(ridged):
    record = ridged.run.record()
    assert record.cross_validation["n"] == sum(record.splits.values()) == len(ridged.run.cross_validation())
    assert record.cross_validation["accuracy"] > 0.8 and "in closed form" in why_they_differ(record)


def test_its_strength_and_what_was_left_out_are_in_its_record(ridged):
    metrics = ridged.run.record().metrics
    assert metrics["ridge_strength"] in STRENGTHS and metrics["ridge_temperature"] > 0
    assert metrics["leave_one_out_count"] == ridged.run.record().splits["training"]
    assert 0.8 < metrics["leave_one_out_accuracy"] <= 1
    assert metrics["leave_one_out_cross_entropy"] < math.log(5)


def test_its_reports_are_the_strengths(ridged):
    assert not list(ridged.run.events("step"))
    history = load_run("ridged", workspace=ridged.workspace.root).history
    assert list(history["strength"]) == list(STRENGTHS) and history["left_out_accuracy"].between(0, 1).all()


def test_its_verdict_names_the_strength(ridged):
    found = run_verdict(ridged.run)
    assert found.kind == CurveKind.STRENGTH_CHOSEN
    assert f"strength {ridged.run.record().metrics['ridge_strength']:g} had the lowest error" in found.finding


def test_tensorboard_has_its_network_layer_and_figures(ridged):
    folder = ridged.workspace.summaries_of("ridged")
    content = b"".join(file.read_bytes() for file in (folder / "train").iterdir())
    assert b"final_training_ops/unit" in content and b"final_training_ops/weights/summaries" in content
    assert list((folder / "validation").iterdir()) and list((folder / "test").iterdir())


def test_it_has_a_learning_curve(ridged):
    assert learning_curve(ridged.run, ridged.workspace).points[-1].accuracy > 0.8


def test_its_export_predicts_as_the_app(ridged, tmp_path):
    exported = export(ridged.run, ridged.workspace, "tflite", tmp_path / "model.tflite")
    assert exported.parity.same_top1 == 1 and exported.parity.max_abs_diff < 1e-4


def test_the_same_seed_gives_the_same_layer(ridged):
    again = retrain(RunConfig(ridged.sample / "train", training=OPTIONS, name="again"), ridged.workspace)
    assert np.array_equal(again.head().kernel, ridged.run.head().kernel)


def test_several_labels_a_picture_are_refused(ridged):
    config = RunConfig(ridged.sample / "train", training=OPTIONS, multi_label=True)
    with pytest.raises(OptionError, match=r"Ridge regression is not offered .* several labels"):
        retrain(config, ridged.workspace)


def test_no_steps_and_no_rate_are_told_of_it(ridged):
    (row,) = list_runs(workspace=ridged.workspace.root).query("name == 'ridged'").to_dict("records")
    assert row["steps"] is None and row["learning_rate"] is None
