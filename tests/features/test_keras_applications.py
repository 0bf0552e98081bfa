"""Every network of `keras.applications` by its name, fed as Keras feeds it."""

import importlib.metadata
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.errors import BackboneError
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import export
from poetcore.features.backbones import ALIASES, BACKBONES, build, find
from poetcore.features.keras_applications import APPLICATIONS
from poetcore.system.tensorflow import tensorflow
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill

#: Keras on TensorFlow hands its variables to numpy so.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_every_network_of_keras_is_found_by_its_name():
    (listed,) = [
        Path(str(file.locate()))
        for file in importlib.metadata.files("keras") or ()
        if file.as_posix() == "keras/applications/__init__.py"
    ]
    names = set(re.findall(r"\b(\w+)\s+as\s+\1\b", listed.read_text(encoding="utf-8")))
    networks = [name for name in names if name[0].isupper()]
    assert len(networks) > 35
    assert [name for name in networks if name.lower() not in ALIASES] == []


def test_the_table_is_whole():
    for one in APPLICATIONS:
        assert BACKBONES[one.name].imagenet_top1 == one.top1 and 60 < one.top1 < 90
        assert one.megabytes > 3 and one.multiply_adds > 50 and one.vector_length >= 512


def test_weights_that_can_neither_be_read_nor_downloaded_are_told(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    source = find("MobileNetV3Small").source
    assert source is not None

    def refuse(size: int) -> None:
        raise OSError(f"no route to host at {size}")

    monkeypatch.setattr(type(source), "_build", lambda self, size: refuse(size))
    with pytest.raises(BackboneError, match=r"could not be downloaded \(no route to host at 224\)"):
        source.build("MobileNetV3Small", 224, 224)  # type: ignore[call-arg]
    file = source.weight_file()
    assert file is not None
    file.parent.mkdir()
    file.write_bytes(b"damaged")
    with pytest.raises(BackboneError, match="delete that file, so that they are downloaded again"):
        source.build("MobileNetV3Small", 224, 224)  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def keras_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("keras")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(home))
        yield home


def random_weights(name: str) -> Any:
    """Put random weights where Keras would download those of a network; return the network with them."""
    tensorflow()
    import h5py
    import keras
    from keras.src.legacy.saving import legacy_h5_format

    keras.utils.set_random_seed(1)
    source, size = find(name).source, find(name).input_size
    function = getattr(keras.applications, name)
    model = function(weights=None, include_top=False, pooling="avg", input_shape=(size, size, 3))
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0  # so that one picture sets its statistics, and no activation dies away
        if "layer_scale" in layer.name:
            layer.set_weights([np.full_like(layer.get_weights()[0], 0.5)])
    model(pictures(size), training=True)
    assert source is not None
    file = source.weight_file()
    assert file is not None
    file.parent.mkdir(exist_ok=True)
    with h5py.File(file, "w") as opened:
        legacy_h5_format.save_weights_to_hdf5_group(opened, model)
    return model


def pictures(size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, size, size, 3)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "module"), [("VGG16", "vgg16"), ("DenseNet121", "densenet")])
def test_a_network_sees_pixels_as_keras_scales_them(name, module, keras_home):
    plain, fed = random_weights(name), pictures(find(name).input_size)
    import keras

    expected = plain(getattr(keras.applications, module).preprocess_input(fed.copy())).numpy()
    got = build(find(name))(fed).numpy()
    assert np.abs(got - expected).max() < 1e-3 * np.abs(expected).max()


@pytest.mark.slow
def test_a_network_is_trained_on_and_exported(keras_home, tmp_path):
    name = "MobileNetV3Large"
    plain = random_weights(name)
    workspace = Workspace(tmp_path / "tf_files")
    folder = fill(tmp_path / "pictures", {"one": 8, "two": 8})
    options = TrainingOptions(how_many_training_steps=20)
    run = retrain(RunConfig(folder, architecture=name.lower(), training=options), workspace)
    assert run.record().backbone == name

    from poetcore.data import images
    from poetcore.features.feature_extractor import FeatureExtractor
    from poetcore.features.litert import model_file

    extractor = FeatureExtractor(model_file(find(name), workspace.models))
    pixels = images.to_square((folder / "one" / "one_000.jpg").read_bytes(), 224)
    expected = plain(pixels[np.newaxis].astype(np.float32)).numpy()[0]
    assert np.abs(extractor.extract(pixels) - expected).max() < 1e-3 * max(1, np.abs(expected).max())

    made = export(run, workspace, "tflite", tmp_path / "model.tflite")
    assert made.parity.same_top1 == 1
    assert json.loads((tmp_path / "model_parity.json").read_text())["same_top1"] == 1
    assert Classifier(run, workspace).labels == ("one", "two")
