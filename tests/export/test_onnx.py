"""The export as ONNX: read by ONNX Runtime, it predicts as the app does."""

import json
import sys

import numpy as np
import pytest

from poetcore.data import images
from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.compare import compare
from poetcore.evaluation.frozen import GraphOptions
from poetcore.evaluation.model_file import ModelFile
from poetcore.evaluation.model_file_kinds import KINDS
from poetcore.export.about import About
from poetcore.export.export import Exported, export
from poetcore.export.export_format import LiteNetwork
from poetcore.export.export_options import INPUT_RANGES
from poetcore.export.lite_layer import with_layer
from poetcore.export.onnx_format import ONNX
from poetcore.workspace.backbones import backbone_of, models_of
from tests.conftest import Trained
from tests.export.test_export import files_below

onnx = pytest.importorskip("onnx")
pytest.importorskip("tf2onnx")
onnxruntime = pytest.importorskip("onnxruntime")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exported(trained: Trained) -> Exported:
    return export(trained.run, trained.workspace, "onnx")


@pytest.fixture(scope="module")
def demo(trained: Trained) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that the run never saw, `(n, 224, 224, 3) float32`, and what the app says, `(n, labels)`."""
    paths = sorted((trained.sample / "demo").glob("*/*"))
    predicted = Classifier(trained.run, trained.workspace).classify(paths)
    seen = [images.to_square(path.read_bytes(), 224).astype(np.float32) for path in paths]
    return np.stack(seen), np.stack([one.probabilities for one in predicted])


def test_the_check_finds_the_apps_predictions(exported):
    assert (exported.parity.pictures, exported.parity.same_top1, exported.parity.read_otherwise) == (50, 1, 0)
    assert exported.parity.max_abs_diff < 1e-4


def test_onnx_runtime_predicts_as_the_app_any_number_of_pictures_at_once(exported, demo):
    session = onnxruntime.InferenceSession(exported.path)
    (fed,), (answer,) = session.get_inputs(), session.get_outputs()
    assert (fed.name, fed.shape) == ("pixels", ["pictures", 224, 224, 3])
    assert (answer.name, answer.shape) == ("probabilities", ["pictures", demo[1].shape[1]])
    assert np.abs(session.run(None, {"pixels": demo[0]})[0] - demo[1]).max() < 1e-4


def test_the_labels_are_beside_the_file_and_inside(exported, trained):
    inside = {one.key: one.value for one in onnx.load(exported.path).metadata_props}
    assert json.loads(inside["labels"]) == trained.run.labels()
    assert files_below(exported.path.parent) == [
        "model.onnx",
        "model_README.txt",
        "model_labels.txt",
        "model_parity.json",
    ]


def test_a_lite_file_becomes_an_onnx_file_that_predicts_as_the_app(trained, demo, tmp_path):
    content = models_of(trained.run, trained.workspace)(backbone_of(trained.run)).read_bytes()
    whole = with_layer(content, trained.run.head(), INPUT_RANGES["0..255"])
    file, about = tmp_path / "model.onnx", About("r", "b", 224, file="model.onnx", labels="labels.txt")
    assert ONNX.write_lite
    ONNX.write_lite(LiteNetwork(whole, tuple(trained.run.labels()), about), file)
    session = onnxruntime.InferenceSession(file)
    found = session.run(["probabilities"], {"pixels": demo[0][:1]})[0]
    assert np.abs(found[0] - demo[1][0]).max() < 1e-4


def test_a_comparison_of_the_file_with_its_run_finds_hardly_a_difference(exported, trained):
    models = [trained.run, ModelFile(exported.path)]
    (found,) = compare(models, trained.sample / "demo", trained.workspace)
    assert (found.pictures["confidence_a"] - found.pictures["confidence_b"]).abs().max() < 1e-3


def test_a_damaged_file_is_refused_in_a_sentence(tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(b"rubbish")
    with pytest.raises(OptionError, match="model.onnx cannot be run by ONNX Runtime: it is damaged"):
        KINDS["onnx"].open(file, None, GraphOptions())


def test_without_its_package_a_file_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(OptionError, match="run pip install onnxruntime"):
        KINDS["onnx"].open(tmp_path / "model.onnx", None, GraphOptions())
