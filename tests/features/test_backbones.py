"""The table of backbones, and what EfficientNet-Lite0 recognises."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage

from poetcore.data import images
from poetcore.errors import BackboneError
from poetcore.features.backbones import BACKBONES, DEFAULT, find, from_environment, relative_cost
from poetcore.features.efficientnet_lite import EfficientNetLite

PHOTOS = Path(skimage.__file__).parent / "data"


def test_the_table_has_the_names_of_the_original_script():
    mobilenets = {f"mobilenet_{w}_{s}" for w in ("1.0", "0.75", "0.50", "0.25") for s in (224, 192, 160, 128)}
    assert mobilenets | {"inception_v3"} <= set(BACKBONES)


@pytest.mark.parametrize(
    ("name", "input_size", "vector_length"),
    [
        ("efficientnet_lite0", 224, 1280),
        ("efficientnet_lite1", 240, 1280),
        ("efficientnet_lite2", 260, 1280),
        ("inception_v3", 299, 2048),
        ("mobilenet_1.0_224", 224, 1024),
        ("mobilenet_0.75_192", 192, 768),
        ("mobilenet_0.50_160", 160, 512),
        ("mobilenet_0.25_128", 128, 256),
    ],
)
def test_backbone_has_its_sizes(name, input_size, vector_length):
    assert (find(name).input_size, find(name).vector_length) == (input_size, vector_length)


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        ("efficientnet_lite0", 1.0),
        ("efficientnet_lite0_quantized", 1.0),
        ("efficientnet_lite2", 899 / 407),
        ("mobilenet_1.0_224", 569 / 407),
        ("mobilenet_0.50_160", 76 / 407),  # as published: 76.5 million multiply-adds
        ("inception_v3", 14.0),
    ],
)
def test_cost_is_relative_to_the_default_backbone(name, cost):
    assert relative_cost(find(name)) == pytest.approx(cost, rel=0.01)


def test_a_backbone_whose_file_was_put_in_place_works_offline(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    file = tmp_path / "models" / "mobilenet_7_5_192_tf_no_top.h5"
    file.parent.mkdir()
    file.touch()
    assert find("mobilenet_0.75_192").offline and not find("mobilenet_0.75_160").offline


def test_every_backbone_has_its_own_cache_key():
    assert len({backbone.cache_key for backbone in BACKBONES.values()}) == len(BACKBONES)


def test_the_default_works_offline_on_a_new_machine_and_what_keras_downloads_does_not(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    offline = {name for name, backbone in BACKBONES.items() if backbone.offline}
    assert DEFAULT in offline and all(name.startswith("efficientnet_lite") for name in offline)


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("mobilenet_0.5_224", "mobilenet_0.50_224"),
        ("mobilenet_1_160", "mobilenet_1.0_160"),
        ("mobilenet_1.0_128", "mobilenet_1.0_128"),
        ("mobilenet_0.25_192", "mobilenet_0.25_192"),
        (" Inception_V3 ", "inception_v3"),
        ("InceptionV3", "inception_v3"),
        ("MobileNet", "mobilenet_1.0_224"),
        ("efficientnetv2b0", "EfficientNetV2B0"),
        ("CONVNEXTTINY_quantized", "ConvNeXtTiny_quantized"),
        ("resnet50@256", "ResNet50@256"),
    ],
)
def test_other_spellings_are_understood(spelt, name):
    assert find(spelt).name == name


@pytest.mark.parametrize("name", ["mobilenet_0.5_225", "mobilenet_0.6_224", "x_quantized", "mnasnet"])
def test_an_unknown_name_is_refused_with_what_may_be_given(name):
    with pytest.raises(BackboneError) as caught:
        find(name)
    assert str(caught.value).startswith(f"Unknown architecture {name!r}: choose ")
    assert str(caught.value).endswith(
        " or another name that the command backbones lists, each also with _quantized after it, several"
        " joined by +, or the path of a .tflite or .keras file or a SavedModel."
    )


def test_a_name_that_is_nearly_one_is_answered_with_that_one():
    with pytest.raises(BackboneError, match="choose ResNet50"):
        find("resnet_50")


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "efficientnet_lite0"),
        ({"TFP_ARCHITECTURE": "inception_v3", "TFP_IMAGE_SIZE": "128"}, "inception_v3"),
        ({"TFP_ARCHITECTURE": "mobilenet"}, "mobilenet_1.0_224"),
        ({"TFP_ARCHITECTURE": "mobilenet", "TFP_RELATIVE_SIZE": "0.25"}, "mobilenet_0.25_224"),
        ({"TFP_IMAGE_SIZE": "160"}, "mobilenet_1.0_160"),
        ({"TFP_RELATIVE_SIZE": "0.5", "TFP_IMAGE_SIZE": "192"}, "mobilenet_0.50_192"),
        ({"TFP_ARCHITECTURE": "", "TFP_RELATIVE_SIZE": "", "PATH": "/bin"}, "efficientnet_lite0"),
    ],
)
def test_environment_names_a_backbone(environ, name):
    assert find(from_environment(environ)).name == name


@pytest.fixture(scope="module")
def classifier() -> Any:
    """EfficientNet-Lite0 with its ImageNet classes on top."""
    from poetcore.system.tensorflow import tensorflow

    tensorflow()
    source = find(DEFAULT).source
    assert isinstance(source, EfficientNetLite)
    return source.build(DEFAULT, 224, include_top=True)


@pytest.mark.parametrize(
    ("photo", "right"),
    [
        ("chelsea.png", {281, 282, 283, 284, 285}),  # five kinds of cat
        ("coffee.png", {504, 967, 968}),  # coffee mug, espresso, cup
        ("camera.png", {872}),  # tripod
    ],
)
@pytest.mark.slow
def test_efficientnet_lite0_names_what_a_photo_shows(photo, right, classifier):
    backbone = find(DEFAULT)
    mean, divisor = backbone.scaling
    pixels = images.to_square((PHOTOS / photo).read_bytes(), backbone.input_size)
    scores = classifier((pixels[np.newaxis].astype(np.float32) - mean) / divisor).numpy()[0]
    assert int(scores.argmax()) in right
