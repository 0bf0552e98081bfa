"""Networks of one's own, as LiteRT files: read once, kept with their content's hash, in Poet's form."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import BackboneError
from poetcore.export import lite_metadata
from poetcore.export.export_options import INPUT_RANGES, Facts
from poetcore.export.lite_layer import with_layer
from poetcore.features.backbones import DEFAULT, Backbone, NetworkFile, find
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.lite_graph import LiteGraph
from poetcore.features.lite_scaling import scaling_in
from poetcore.features.litert import model_file
from poetcore.features.network_file import adapted, find_network, spelled_out
from poetcore.features.network_shapes import parse_scaling, picture_size, vector_length
from poetcore.system.progress import Progress
from poetcore.workspace.head import Head

PIXELS = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)


@pytest.fixture
def own(tmp_path: Path, backbone_file: Path) -> Path:
    """A network of somebody's own: the default one under another name."""
    file = tmp_path / "my network.tflite"
    file.write_bytes(backbone_file.read_bytes())
    return file


def vector(backbone: Backbone, folder: Path) -> np.ndarray:
    return FeatureExtractor(model_file(backbone, folder)).extract(PIXELS)


def test_it_extracts_what_the_file_does(own, tmp_path, backbone_file):
    backbone = find_network(str(own), tmp_path / "models", "0,1")
    assert (backbone.name, backbone.input_size, backbone.vector_length) == ("my_network.tflite", 224, 1280)
    assert (backbone.imagenet_top1, backbone.multiply_adds, backbone.lite_only) == (None, None, True)
    expected = FeatureExtractor(backbone_file).extract(PIXELS)
    assert np.array_equal(vector(backbone, tmp_path / "models"), expected)


def test_its_scaling_is_put_inside(own, tmp_path, backbone_file):
    backbone = find_network(str(own), tmp_path / "models", "10,20,30,2,2,4")
    scaled = (PIXELS - np.array([10, 20, 30])) / np.array([2, 2, 4])
    expected = FeatureExtractor(backbone_file).extract(scaled.astype(np.float32))
    assert np.allclose(vector(backbone, tmp_path / "models"), expected, atol=1e-4)


def test_a_file_that_does_not_tell_its_scaling_is_asked_for_it_once(own, tmp_path):
    folder = tmp_path / "models"
    with pytest.raises(BackboneError, match="Nothing in .* tells how its pixels are scaled: give --input_sc"):
        find_network(str(own), folder)
    given = find_network(str(own), folder, "127.5,127.5")
    assert find_network(str(own), folder) == given


def test_what_is_kept_is_found_by_its_name_and_without_the_file(own, tmp_path):
    folder = tmp_path / "models"
    read = find_network(str(own), folder, "0,1")
    own.unlink()
    assert find_network("my_network.tflite", folder) == read


@pytest.mark.parametrize("name", ["other.tflite", "{}/gone.tflite", "../gone.keras", "**/gone.saved_model"])
def test_a_network_that_is_not_there_is_told_by_its_path(name, tmp_path):
    name = name.format(tmp_path)
    with pytest.raises(BackboneError, match=f"no network {re.escape(name)} here"):
        find_network(name, tmp_path / "models")


def test_one_that_is_gone_is_told_and_no_other_of_its_name_is_taken(tmp_path):
    tuned = replace(find(DEFAULT), source=NetworkFile(tmp_path / "backbone.tflite"), digest="abc")
    with pytest.raises(BackboneError, match=r"no longer in .*: put .*backbone\.tflite back, or train again"):
        model_file(tuned, tmp_path)


def test_other_content_or_scaling_is_another_key(own, tmp_path, backbone_file):
    folder = tmp_path / "models"
    keys = [find_network(str(own), folder, scaling).cache_key for scaling in ("0,1", "0,255")]
    own.write_bytes(adapted(backbone_file, (1.0, 2.0))[0])
    keys.append(find_network(str(own), folder, "0,1").cache_key)
    assert len(set(keys)) == 3


def test_it_stands_beside_a_known_network(own, tmp_path):
    backbone = find_network(f"{DEFAULT}+{own}", tmp_path / "models", "0,1")
    assert [part.name for part in backbone.parts] == [DEFAULT, "my_network.tflite"]
    assert backbone.vector_length == 2560


def test_a_path_is_spelled_out_and_a_name_is_as_the_list_has_it(own, monkeypatch):
    monkeypatch.chdir(own.parent)
    assert spelled_out("./my network.tflite") == str(own)
    assert spelled_out(f"RESNET50+{own.name}@224") == f"ResNet50+{own}@224"
    assert spelled_out("convnexttiny") == "ConvNeXtTiny"


def test_a_whole_classifier_is_used_and_said_to_be_one(own, tmp_path):
    head = Head(np.ones((1280, 3), np.float32), np.zeros(3, np.float32))
    own.write_bytes(with_layer(own.read_bytes(), head, INPUT_RANGES["0..255"]))
    said: list[Progress] = []
    assert find_network(str(own), tmp_path / "models", "0,1", said.append).vector_length == 3
    assert [one.message for one in said] == [
        "my_network.tflite is a whole classifier: its 3 probabilities are taken as features; the same network"
        " without its last layer usually does better"
    ]


def test_metadata_tell_the_scaling():
    written = lite_metadata._packed(Facts("mine", "what it is for"), INPUT_RANGES["-1..1"], "labels.txt")
    assert scaling_in(written) == (128, 128)
    assert scaling_in(b"") is None and scaling_in(written[:40]) is None


@pytest.mark.parametrize("content", [b"", b"not one", b"\x1c\0\0\0TFL3" + bytes(40)])
def test_what_is_no_litert_file_is_refused(content, tmp_path):
    file = tmp_path / "wrong.tflite"
    file.write_bytes(content)
    with pytest.raises(BackboneError, match="cannot be read as a LiteRT file"):
        find_network(str(file), tmp_path)


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "weights.h5").write_bytes(b"")
    with pytest.raises(BackboneError, match=r"choose a \.tflite or \.keras file or the folder"):
        find_network(str(tmp_path / "weights.h5"), tmp_path)


@pytest.mark.parametrize(
    ("shapes", "size", "said"),
    [
        ([(1, 224, 224, 3), (1, 2)], None, "takes 2 inputs; one picture is needed"),
        ([(1, 128)], None, r"takes no colour picture: its input is \(1, 128\)"),
        ([(None, 28, 28, 1)], None, r"its input is \(\?, 28, 28, 1\)"),
        ([(8, 224, 224, 3)], None, "takes no colour picture"),
        ([(-1, -1, -1, 3)], None, "leaves the size of its input open: write the pixels a side after"),
        ([(1, 224, 192, 3)], None, "takes pictures of 224 x 192 pixels; squares are needed"),
        ([(1, 224, 224, 3)], 192, "takes pictures of 224 x 224 pixels only"),
        ([(1, None, None, 3)], 9999, "16 to 2048 are possible"),
    ],
)
def test_what_takes_no_picture_is_refused(shapes, size, said):
    with pytest.raises(BackboneError, match=said):
        picture_size(Path("own"), shapes, size)


def test_an_open_size_is_what_was_asked_for():
    assert picture_size(Path("own"), [(None, None, None, 3)], 160) == 160


@pytest.mark.parametrize("shape", [(1, 7, 7, 1280), (1,), (1, 1), (1, None)])
def test_what_makes_no_vector_is_refused(shape):
    with pytest.raises(BackboneError, match="makes no feature vector"):
        vector_length(Path("own"), [shape])


@pytest.mark.parametrize("text", ["1", "1,0", "a,b", "1,2,3", "1,2,3,4,5,0", "nan,1"])
def test_an_impossible_scaling_is_refused(text):
    with pytest.raises(BackboneError, match=r"input_scaling is MEAN,DIVISOR"):
        parse_scaling(text)


@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_a_layer_on_a_litert_file_predicts_as_the_app_does(unit, activation, backbone_file, tmp_path):
    draw = np.random.default_rng(1)
    kernel = draw.normal(size=(1280, 4)).astype(np.float32)
    head = Head(kernel, draw.normal(size=4).astype(np.float32), activation, unit)
    features = FeatureExtractor(backbone_file).extract(PIXELS)
    made = with_layer(backbone_file.read_bytes(), head, INPUT_RANGES["-1..1"])
    graph = LiteGraph(made)
    assert (graph.inputs[0].name, graph.outputs[0].name) == ("pixels", "probabilities")
    file = tmp_path / "layer.tflite"
    file.write_bytes(made)
    answer = FeatureExtractor(file).extract((PIXELS.astype(np.float32) - 128) / 128)
    assert np.allclose(answer, head.probabilities(features[np.newaxis])[0], atol=1e-5)


def test_the_note_beside_a_kept_network_tells_what_it_is(own, tmp_path):
    backbone = find_network(str(own), tmp_path / "models", "0,1")
    note = json.loads((tmp_path / "models" / f"{backbone.key}.json").read_text())
    assert (note["input_size"], note["given"], note["classifier"]) == (224, [0, 1], False)
    assert isinstance(backbone.source, NetworkFile) and find(DEFAULT).digest == ""
