"""Networks of one's own that TensorFlow has to convert: Keras files, SavedModels, quantized LiteRT files."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.errors import BackboneError, OptionError
from poetcore.export.export import export
from poetcore.features.backbones import build
from poetcore.features.combination import LENGTH
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.litert import model_file
from poetcore.features.network_conversion import convert_keras
from poetcore.features.network_file import find_network
from poetcore.system.tensorflow import tensorflow
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.backbones import backbone_of
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill

pytestmark = [
    pytest.mark.slow,
    # Keras on TensorFlow hands its variables to numpy so, and the converter asks for what it does not need.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Statistics for quantized inputs:UserWarning"),
]

SIZE = 32
PIXELS = np.random.default_rng(0).integers(0, 256, (SIZE, SIZE, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def network() -> Any:
    """A small Keras network without scaling, for pixels of -1 to 1."""
    tensorflow()
    import keras

    keras.utils.set_random_seed(1)
    pixels = keras.Input((SIZE, SIZE, 3))
    made = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(pixels)
    return keras.Model(pixels, keras.layers.GlobalAveragePooling2D(keepdims=True)(made))


def expected(network: Any) -> np.ndarray:
    vectors: np.ndarray = network((PIXELS[np.newaxis] / 127.5 - 1).astype(np.float32)).numpy()
    return vectors.reshape(-1)


def extracted(path: Path, folder: Path, scaling: str) -> np.ndarray:
    backbone = find_network(str(path), folder, scaling)
    return FeatureExtractor(model_file(backbone, folder)).extract(PIXELS)


def test_a_keras_file_extracts_as_keras_does(network, tmp_path):
    network.save(tmp_path / "own.keras")
    assert np.allclose(
        extracted(tmp_path / "own.keras", tmp_path / "models", "127.5,127.5"), expected(network), atol=1e-5
    )


def test_two_keras_files_stand_side_by_side_in_one_model(network, tmp_path):
    for name in ("one", "two"):
        network.save(tmp_path / f"{name}.keras")
    own = [str(tmp_path / f"{name}.keras") for name in ("one", "two")]
    model = build(find_network("+".join(own), tmp_path / "models", "127.5,127.5"))
    unit = expected(network) / np.linalg.norm(expected(network))
    found = model(PIXELS[np.newaxis].astype(np.float32)).numpy()[0]
    assert np.allclose(found, LENGTH * np.concatenate([unit, unit]), atol=1e-4)


def test_a_saved_model_extracts_as_keras_does(network, tmp_path):
    network.export(tmp_path / "own", verbose=False)
    assert np.allclose(
        extracted(tmp_path / "own", tmp_path / "models", "127.5,127.5"), expected(network), atol=1e-5
    )


def test_a_keras_file_that_scales_itself_needs_no_scaling(network, tmp_path):
    import keras

    pixels = keras.Input((SIZE, SIZE, 3))
    scaling = keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    keras.Model(pixels, network(scaling)).save(tmp_path / "own.keras")
    found = convert_keras(tmp_path / "own.keras", tmp_path / "made", None, None)
    made = FeatureExtractor(tmp_path / "made.tflite").extract(PIXELS)
    assert found.scaling == (0, 1) and np.allclose(made, expected(network), atol=1e-5)


def test_a_quantized_file_takes_pixels_as_they_are(network, tmp_path):
    tf = tensorflow()
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    fed = (PIXELS[np.newaxis] / 127.5 - 1).astype(np.float32)
    converter.representative_dataset = lambda: iter([[fed]])
    converter.inference_input_type = converter.inference_output_type = tf.uint8
    (tmp_path / "own.tflite").write_bytes(converter.convert())
    found = extracted(tmp_path / "own.tflite", tmp_path, "")
    assert np.abs(found - expected(network)).max() < 0.05 * expected(network).max()


def test_a_file_that_is_no_keras_file_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "own.keras").write_bytes(b"damaged")
    with pytest.raises(BackboneError, match=r"own\.keras is no \.keras file, or damaged: save the network"):
        convert_keras(tmp_path / "own.keras", tmp_path / "made", (0, 1), None)


def test_a_zip_file_of_something_else_is_refused_in_one_sentence(tmp_path):
    with zipfile.ZipFile(tmp_path / "own.keras", "w") as file:
        file.writestr("notes.txt", "hello")
    with pytest.raises(BackboneError, match=r"cannot be read \(.*[^.]\): save it with Keras 3 as \.keras"):
        convert_keras(tmp_path / "own.keras", tmp_path / "made", (0, 1), None)


def test_a_run_on_a_litert_file_keeps_it_and_is_exported_where_that_can_be(network, tmp_path):
    tf = tensorflow()
    own = tmp_path / "own.tflite"
    own.write_bytes(tf.lite.TFLiteConverter.from_keras_model(network).convert())
    workspace = Workspace(tmp_path / "tf_files")
    folder = fill(tmp_path / "pictures", {"one": 8, "two": 8})
    options = TrainingOptions(how_many_training_steps=20)
    config = RunConfig(folder, architecture=str(own), input_scaling="127.5,127.5", training=options)
    run = retrain(config, workspace)
    own.unlink()
    for file in workspace.models.iterdir():
        file.unlink()
    assert backbone_of(run).lite_only
    made = export(run, workspace, "tflite", tmp_path / "model.tflite")
    assert (made.parity.pictures, made.parity.same_top1) == (16, 1)
    with pytest.raises(OptionError, match=r"own\.tflite is a LiteRT file, which cannot be written as keras"):
        export(run, workspace, "keras")
