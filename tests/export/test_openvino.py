"""The export for OpenVINO: read by OpenVINO, it predicts as the app does."""

import re
import sys

import numpy as np
import pytest

from poetcore.data import images
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import Exported, export
from poetcore.system.telemetry import silence_reports
from tests.conftest import Trained
from tests.export.test_export import files_below

silence_reports()
openvino = pytest.importorskip("openvino")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exported(trained: Trained) -> Exported:
    return export(trained.run, trained.workspace, "openvino")


def test_the_check_finds_the_apps_predictions(exported):
    assert (exported.parity.pictures, exported.parity.same_top1, exported.parity.read_otherwise) == (50, 1, 0)
    assert exported.parity.max_abs_diff < 1e-4


def test_openvino_predicts_as_the_app_and_takes_one_picture(exported, trained):
    model = openvino.compile_model(exported.path / "model.xml", "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    assert list(model.input("pixels").shape) == [1, 224, 224, 3]
    paths = sorted((trained.sample / "demo").glob("*/*"))
    for one in Classifier(trained.run, trained.workspace).classify(paths):
        fed = images.to_square(one.path.read_bytes(), 224)[None].astype(np.float32)
        assert np.abs(model({"pixels": fed})["probabilities"][0] - one.probabilities).max() < 1e-4


def test_the_operations_are_those_that_the_version_for_the_stick_knows(exported):
    text = (exported.path / "model.xml").read_text()
    assert re.search(r'<net [^>]*version="11"', text)
    assert {int(one) for one in re.findall(r'version="opset(\d+)"', text)} <= set(range(1, 10))


def test_the_folder_has_the_model_and_its_labels(exported, trained):
    assert files_below(exported.path.parent) == [
        "model",
        "model/labels.txt",
        "model/model.bin",
        "model/model.xml",
        "model_README.txt",
        "model_parity.json",
    ]
    assert (exported.path / "labels.txt").read_text().splitlines() == trained.run.labels()


def test_nothing_is_reported_over_the_network(exported):
    assert sys.modules["openvino_telemetry"] is None
