"""The export for Core ML, which runs on Apple's systems only: here its program is computed step by step.

That tells whether the file has the right weights in the right order, not how Apple's processors round.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.data import images
from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import Exported, export
from poetcore.export.export_options import ExportOptions, Facts
from poetcore.system.tensorflow import tensorflow
from tests.conftest import Trained
from tests.export.test_export import files_below

coremltools = pytest.importorskip("coremltools")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

FACTS = Facts(model_name="Flowers", description="Five flowers.", author="Ada", licence="CC BY 4.0")


@pytest.fixture(scope="module")
def exported(trained: Trained, tmp_path_factory) -> Exported:
    out = tmp_path_factory.mktemp("core_ml") / "model.mlpackage"
    return export(trained.run, trained.workspace, "core_ml", out, options=ExportOptions(facts=FACTS))


@pytest.fixture(scope="module")
def spec(exported: Exported) -> Any:
    return coremltools.utils.load_spec(str(exported.path))


def channels_last(tf: Any, given: dict[str, Any], x: Any) -> Any:
    """A convolution as Core ML defines it, on channels that come first, in the order that TensorFlow has."""
    weights = np.transpose(given["weight"], (2, 3, 1, 0))  # out, in, height, width
    x = tf.transpose(x, (0, 2, 3, 1))
    pad = np.reshape(given["pad"], (2, 2)) if given["pad_type"] == "custom" else np.zeros((2, 2), int)
    x = tf.pad(x, [(0, 0), *pad.tolist(), (0, 0)])
    how = "SAME" if given["pad_type"] == "same" else "VALID"
    steps = [1, *given["strides"], 1]
    if given["groups"] == 1:
        y = tf.nn.conv2d(x, weights, steps, how)
    else:
        y = tf.nn.depthwise_conv2d(x, np.transpose(weights, (0, 1, 3, 2)), steps, how)
    return tf.transpose(y + given.get("bias", 0), (0, 3, 1, 2))


def computed(spec: Any, package: Path, picture: np.ndarray) -> dict[str, float]:
    """The probabilities of a picture, `(size, size, 3) uint8`, by the program in a package."""
    from coremltools.converters.mil.frontend.milproto.load import load

    tf = tensorflow()
    weights = os.fspath(package / "Data" / "com.apple.CoreML" / "weights")
    program = load(spec, spec.specificationVersion, weights).functions["main"]
    (fed,) = program.inputs
    assert program.inputs[fed].shape == (1, 3, *picture.shape[:2])  # as Core ML has pictures
    values: dict[str, Any] = {fed: tf.constant(picture.transpose(2, 0, 1)[None], tf.float32)}
    does = {
        "add": lambda g: g["x"] + g["y"],
        "mul": lambda g: g["x"] * g["y"],
        "transpose": lambda g: tf.transpose(g["x"], g["perm"]),
        "conv": lambda g: channels_last(tf, g, g["x"]),
        "relu6": lambda g: tf.nn.relu6(g["x"]),
        "reduce_mean": lambda g: tf.reduce_mean(g["x"], g["axes"].tolist(), bool(g["keep_dims"])),
        "linear": lambda g: g["x"] @ g["weight"].T + g["bias"],
        "softmax": lambda g: tf.nn.softmax(g["x"], int(g["axis"])),
    }
    for one in program.operations:
        given = {
            name: values.get(var.name, var.val) for name, var in one.inputs.items() if hasattr(var, "name")
        }
        if one.op_type == "classify":
            return dict(zip(given["classes"], given["probabilities"].numpy()[0].tolist(), strict=True))
        if one.op_type != "const":
            values[one.outputs[0].name] = does[one.op_type](given)
    raise AssertionError("The program has no classes.")


def test_the_program_in_the_file_gives_the_apps_probabilities(exported, spec, trained):
    paths = sorted((trained.sample / "demo").glob("*/*"))[::12]
    for one in Classifier(trained.run, trained.workspace).classify(paths):
        found = computed(spec, exported.path, images.to_square(one.path.read_bytes(), 224))
        assert list(found) == list(one.labels)
        assert np.abs(np.array(list(found.values())) - one.probabilities).max() < 1e-4


def test_it_takes_a_picture_and_gives_a_label_with_the_probabilities(spec):
    (fed,) = spec.description.input
    assert (fed.name, fed.type.imageType.width, fed.type.imageType.height) == ("picture", 224, 224)
    assert [one.name for one in spec.description.output] == ["classLabel", "classLabel_probs"]


def test_programs_for_ios_15_read_it(spec):
    assert spec.specificationVersion == 6


def test_it_says_what_people_are_told_of_the_model(spec, trained):
    said = spec.description.metadata
    assert (said.shortDescription, said.author, said.license) == ("Five flowers.", "Ada", "CC BY 4.0")
    assert json.loads(said.userDefined["labels"]) == trained.run.labels()


@pytest.mark.skipif(sys.platform == "darwin", reason="Core ML runs here")
def test_where_core_ml_does_not_run_the_export_says_that_nothing_was_compared(exported):
    assert exported.parity.sentence == (
        "It could not be compared with the app: Core ML runs on Apple's systems only."
    )
    note = (exported.path.parent / "model.mlpackage_README.txt").read_text(encoding="utf-8")
    assert exported.parity.sentence in note and "coremltools.models.MLModel" in note


@pytest.mark.skipif(sys.platform != "darwin", reason="Core ML runs on Apple's systems only")
def test_on_a_mac_the_check_finds_the_apps_predictions(exported):
    assert exported.parity.same_top1 == 1 and exported.parity.max_abs_diff < 0.01


def test_the_labels_and_the_note_lie_beside_the_package(exported, trained):
    files = [one for one in files_below(exported.path.parent) if not one.startswith("model.mlpackage/")]
    assert files == [
        ".poet_written",
        "model.mlpackage",
        "model.mlpackage_README.txt",
        "model.mlpackage_parity.json",
        "model_labels.txt",
    ]
    labels = exported.path.parent / "model_labels.txt"
    assert labels.read_text(encoding="utf-8").splitlines() == trained.run.labels()


def test_a_name_that_is_none_of_a_package_is_refused_and_a_folder_gets_one_inside(trained, tmp_path):
    with pytest.raises(OptionError, match=r"must end in \.mlpackage"):
        export(trained.run, trained.workspace, "core_ml", tmp_path / "model.mlmodel")
    made = export(trained.run, trained.workspace, "core_ml", tmp_path)
    assert made.path == tmp_path / "model.mlpackage"
