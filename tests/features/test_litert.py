"""Backbones as LiteRT models: the same features as from Keras, and one sentence where that is impossible."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skimage
import sklearn

from poetcore.data import images
from poetcore.errors import BackboneError
from poetcore.features import efficientnet_lite
from poetcore.features.backbones import DEFAULT, build, find
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.litert import model_file
from poetcore.system.checksums import write_checked
from poetcore.system.progress import Progress
from poetcore.system.tensorflow import tensorflow
from tests.conftest import PATIENCE, ROOT

pytestmark = pytest.mark.slow

SKIMAGE = Path(skimage.__file__).parent / "data"
SKLEARN = Path(sklearn.__file__).parent / "datasets" / "images"
PHOTOS = [
    SKIMAGE / "astronaut.png",
    SKIMAGE / "chelsea.png",
    SKIMAGE / "rocket.jpg",
    SKLEARN / "china.jpg",
    SKLEARN / "flower.jpg",
]


def seen(photo: Path, size: int) -> np.ndarray:
    return images.to_square(photo.read_bytes(), size)


def furthest(found: np.ndarray, wanted: np.ndarray) -> float:
    """The greatest difference, as a part of the greatest value."""
    assert found.shape == wanted.shape
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


def offline(keras_home: Path) -> dict[str, str]:
    """An environment in which Keras finds no weights but in this folder, and no network."""
    nowhere = "http://127.0.0.1:9"
    return {
        **os.environ,
        "KERAS_HOME": str(keras_home),
        "KERAS_BACKEND": "jax",  # networks are converted on TensorFlow, whatever is set for Keras
        "http_proxy": nowhere,
        "https_proxy": nowhere,
        "no_proxy": "",
    }


def converted(name: str, file: Path, keras_home: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "poetcore.features.litert", name, str(file)]
    return subprocess.run(
        command, cwd=ROOT, env=offline(keras_home), capture_output=True, text=True, timeout=PATIENCE
    )


@pytest.fixture(scope="module")
def keras_features() -> dict[Path, np.ndarray]:
    model = build(find(DEFAULT))
    pixels = np.stack([seen(photo, 224) for photo in PHOTOS]).astype(np.float32)
    return dict(zip(PHOTOS, model(pixels).numpy(), strict=True))


@pytest.mark.parametrize("photo", PHOTOS, ids=lambda photo: photo.stem)
def test_litert_gives_the_same_features_as_keras(photo, keras_features, backbone_file):
    vector = FeatureExtractor(backbone_file).extract(seen(photo, 224))
    assert furthest(vector, keras_features[photo]) < 1e-3


def test_what_is_written_directly_is_what_tensorflow_converts(monkeypatch, backbone_file, tmp_path):
    tf = tensorflow()
    theirs = tmp_path / "theirs.tflite"
    theirs.write_bytes(tf.lite.TFLiteConverter.from_keras_model(build(find(DEFAULT))).convert())
    # All that differs: TensorFlow takes the processor's approximation.
    monkeypatch.setattr(efficientnet_lite, "_reciprocal_root", lambda values: tf.math.rsqrt(values).numpy())
    ours = model_file(find(DEFAULT), tmp_path / "with the same root")
    extractors = [FeatureExtractor(file) for file in (theirs, ours, backbone_file)]
    for photo in PHOTOS:
        wanted, same, near = (extractor.extract(seen(photo, 224)) for extractor in extractors)
        assert np.array_equal(same, wanted) and np.abs(near - wanted).max() <= 1e-5


def test_a_feature_vector_is_as_long_as_the_table_says(backbone_file):
    vector = FeatureExtractor(backbone_file).extract(seen(PHOTOS[0], 224))
    assert vector.shape == (1280,) and vector.dtype == np.float32


def test_one_extractor_handles_many_pictures_independently(backbone_file):
    model = FeatureExtractor(backbone_file)
    first = model.extract(seen(PHOTOS[0], 224))
    kept = first.copy()
    model.extract(seen(PHOTOS[1], 224))
    assert np.array_equal(first, kept) and np.array_equal(model.extract(seen(PHOTOS[0], 224)), kept)


def test_a_model_that_is_there_is_not_converted_again(tmp_path):
    write_checked(tmp_path / f"{DEFAULT}.tflite", b"already converted")
    reported: list[Progress] = []
    file = model_file(find(DEFAULT), tmp_path, reported.append)
    assert (file.read_bytes(), reported) == (b"already converted", [])


def test_weights_that_cannot_be_downloaded_are_one_sentence_that_offers_another_backbone(
    tmp_path, monkeypatch
):
    for name, value in offline(tmp_path / "keras").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BackboneError) as caught:
        model_file(find("mobilenet_0.25_128"), tmp_path / "models")
    message = str(caught.value)
    assert message.startswith("The weights of mobilenet_0.25_128 could not be downloaded (")
    assert message.endswith("or choose efficientnet_lite0, which works offline.")


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of keras, as it saves
def test_a_mobilenet_sees_pixels_from_minus_1_to_1(tmp_path):
    tensorflow()
    import keras

    network = keras.applications.MobileNet(
        (128, 128, 3), alpha=0.25, include_top=False, pooling="avg", weights=None
    )
    (tmp_path / "keras" / "models").mkdir(parents=True)
    network.save(tmp_path / "keras" / "models" / "mobilenet_2_5_128_tf_no_top.h5")
    child = converted("mobilenet_0.25_128", tmp_path / "m.tflite", tmp_path / "keras")
    assert child.returncode == 0, child.stderr
    pixels = seen(PHOTOS[1], 128)
    wanted = network(pixels[np.newaxis] / np.float32(127.5) - 1).numpy()[0]
    assert furthest(FeatureExtractor(tmp_path / "m.tflite").extract(pixels), wanted) < 1e-3
