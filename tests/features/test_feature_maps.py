"""The last feature map beside the feature vector, out of the same LiteRT file."""

import warnings

import numpy as np
import pytest

from poetcore.errors import BackboneError
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.feature_maps import MapExtractor, with_map
from poetcore.features.lite_graph import LiteGraph
from poetcore.features.litert import quantize
from poetcore.system.tensorflow import tensorflow

PIXELS = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def extracted(backbone_file):
    return MapExtractor(find(DEFAULT), lambda _: backbone_file).extract(PIXELS)[0]


def test_the_vector_is_the_one_without_a_map(extracted, backbone_file):
    assert np.array_equal(extracted.vector, FeatureExtractor(backbone_file).extract(PIXELS))


def test_the_vector_is_the_mean_of_the_map(extracted):
    assert extracted.map.shape == (7, 7, 1280)
    np.testing.assert_allclose(extracted.map.mean((0, 1)), extracted.vector, atol=1e-5)


def test_a_network_that_ends_in_something_else_has_no_map(backbone_file, tmp_path):
    graph = LiteGraph(backbone_file.read_bytes())
    graph.follow("SOFTMAX", "probabilities", (1, 1280))
    file = tmp_path / "whole.tflite"
    file.write_bytes(graph.packed())
    extractor = MapExtractor(find(DEFAULT), lambda _: file)
    assert extractor.without_map == [DEFAULT] and extractor.extract(PIXELS)[0].map is None


def test_a_file_that_is_none_is_told():
    with pytest.raises(BackboneError, match="cannot be read as a LiteRT file"):
        with_map(b"no network")


def test_a_damaged_one_whose_operator_takes_what_it_makes_is_read_to_its_end():
    graph = LiteGraph.begin("pixels", (1, 8, 8, 3))
    made = graph.follow("RESHAPE", "flat", (1, 192), np.array([1, 192], np.int32))
    (operator,) = graph._graph.operators
    operator.inputs[0] = made.place
    assert with_map(graph.packed()) is None


def test_a_damaged_one_whose_last_operator_takes_what_is_not_there_is_told():
    graph = LiteGraph.begin("pixels", (1, 8, 8, 3))
    graph.follow("MEAN", "vector", (1, 3), np.array([1, 2], np.int32))
    graph._graph.operators[0].inputs[1] = 99
    with pytest.raises(BackboneError, match="it is damaged"):
        with_map(graph.packed())


def converted(end: "list[object]", quantized: bool = False) -> bytes:
    """A small network that ends in these layers, as a LiteRT file."""
    tf = tensorflow()
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.Input((32, 32, 3)), keras.layers.Conv2D(8, 3, strides=4, activation="relu"), *end]
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.Sequential(layers))
    if quantized:
        quantize(tf, converter, np.random.default_rng(1).integers(0, 256, (20, 32, 32, 3)))
    with warnings.catch_warnings(action="ignore"):  # of TensorFlow, as it quantizes
        found: bytes = converter.convert()
    return found


def run(content: bytes, tmp_path) -> list[np.ndarray]:
    file = tmp_path / "network.tflite"
    file.write_bytes(content)
    return FeatureExtractor(file).extract_all(PIXELS[:32, :32])


@pytest.mark.slow
@pytest.mark.parametrize("quantized", [False, True])
def test_other_ways_to_write_a_mean_are_understood(quantized, tmp_path):
    import keras

    ways = [
        [keras.layers.GlobalAveragePooling2D()],
        [keras.layers.GlobalAveragePooling2D(keepdims=True), keras.layers.Flatten()],
        [keras.layers.AveragePooling2D(8), keras.layers.Flatten()],
    ]
    for way in ways:
        content = with_map(converted(way, quantized))
        assert content is not None
        vector, found = run(content, tmp_path)
        step = 0.02 * np.abs(vector).max() if quantized else 1e-4
        np.testing.assert_allclose(found.mean((0, 1)), vector.ravel(), atol=step)


@pytest.mark.slow
def test_other_ends_are_no_means_of_a_map(tmp_path):
    import keras

    ends = [
        [keras.layers.GlobalMaxPooling2D()],
        [keras.layers.GlobalAveragePooling2D(), keras.layers.LayerNormalization()],
        [keras.layers.AveragePooling2D(4), keras.layers.Flatten()],
    ]
    assert [with_map(converted(end)) for end in ends] == [None, None, None]
