"""The pre-trained networks that turn a picture into a vector: their registry and their Keras models.

Every backbone has the same face: `(n, size, size, 3) float32` RGB in 0..255 goes in, `(n, vector_length)
float32` comes out. Each network's own input scaling is inside its model.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poetcore.errors import BackboneError
from poetcore.features import efficientnet_lite
from poetcore.system.tensorflow import tensorflow

if TYPE_CHECKING:
    import keras

__all__ = ["BACKBONES", "DEFAULT", "Backbone", "build", "find", "from_environment"]

DEFAULT = "efficientnet_lite0"

_QUANTIZED = "_quantized"


@dataclass(frozen=True)
class Backbone:
    """A pre-trained network.

    Attributes:
        name: as the original script's `--architecture` spells it.
        input_size: pixels a side of the square input.
        vector_length: how many numbers describe a picture.
        scaling: (mean, divisor): the network was trained on `(pixel - mean) / divisor`.
        imagenet_top1: published accuracy on ImageNet, in percent: what it knows before you teach it.
        megabytes: size of its weights as they are run, without the ImageNet layer.
        calibration: for a quantized one, which pictures showed it what numbers occur (`calibrate`); else "".
    """

    name: str
    input_size: int
    vector_length: int
    scaling: tuple[float, float]
    imagenet_top1: float
    megabytes: float
    calibration: str = ""

    @property
    def network(self) -> str:
        """Its name without `_quantized`: the network whose weights it has."""
        return self.name.removesuffix(_QUANTIZED)

    @property
    def quantized(self) -> bool:
        """Whether it is run in 8-bit integers."""
        return self.name.endswith(_QUANTIZED)

    @property
    def weight_file(self) -> Path | None:
        """Where its weights are or belong on this machine; None if a package has to be installed first."""
        if self.network in efficientnet_lite.VARIANTS:
            return efficientnet_lite.VARIANTS[self.network].weight_file()
        home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
        if self.network == "inception_v3":
            return home / "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
        _, width, size = self.network.split("_")
        # Keras writes 0.75 as 7_5 and 0.50 as 5_0.
        alpha = "1_0" if width == "1.0" else f"{width[2]}_{width[3]}"
        return home / f"mobilenet_{alpha}_{size}_tf_no_top.h5"

    @property
    def offline(self) -> bool:
        """Whether its weights are on this machine now."""
        return self.weight_file is not None and self.weight_file.is_file()

    @property
    def cache_key(self) -> str:
        """Name what decides a vector besides the picture: change it when decoding or scaling change."""
        return f"{self.key}/1"

    @property
    def key(self) -> str:
        """Name its model file's stem: a quantized one is another for every calibration."""
        return f"{self.name}-{self.calibration}" if self.calibration else self.name


#: Accuracies: MobileNet, github.com/tensorflow/models, research/slim/nets/mobilenet_v1.md; Inception V3,
#: keras.io/api/applications; EfficientNet-Lite, github.com/tensorflow/tpu, efficientnet/lite.
_MOBILENET_TOP1 = {
    "1.0": {224: 70.9, 192: 70.0, 160: 68.0, 128: 65.2},
    "0.75": {224: 68.4, 192: 67.2, 160: 65.3, 128: 62.1},
    "0.50": {224: 63.3, 192: 61.7, 160: 59.1, 128: 56.3},
    "0.25": {224: 49.8, 192: 47.7, 160: 45.5, 128: 41.5},
}
_MOBILENET_MEGABYTES = {"1.0": 12.8, "0.75": 7.3, "0.50": 3.3, "0.25": 0.9}

BACKBONES: dict[str, Backbone] = {
    backbone.name: backbone
    for backbone in (
        Backbone(DEFAULT, 224, 1280, (127.0, 128.0), 75.1, 13.5),
        Backbone("efficientnet_lite1", 240, 1280, (127.0, 128.0), 76.7, 16.5),
        Backbone("efficientnet_lite2", 260, 1280, (127.0, 128.0), 77.6, 19.2),
        *(
            Backbone(
                f"mobilenet_{width}_{size}",
                size,
                round(1024 * float(width)),
                (127.5, 127.5),
                top1,
                _MOBILENET_MEGABYTES[width],
            )
            for width, sizes in _MOBILENET_TOP1.items()
            for size, top1 in sizes.items()
        ),
        Backbone("inception_v3", 299, 2048, (127.5, 127.5), 78.0, 87.2),
    )
}


def find(name: str, calibration: str = "") -> Backbone:
    """Look a backbone up by its name; `mobilenet_0.5_224` means `mobilenet_0.50_224`.

    Args:
        name: of a network, or with `_quantized` after it the same in 8-bit integers: faster, a quarter of
            the size, and a little rougher.
        calibration: of a quantized one, as a run remembers it.

    Raises:
        BackboneError: there is none of that name.
    """
    wanted = re.sub(r"^mobilenet_(0\.5|1)_", lambda m: f"mobilenet_{float(m[1]):.2f}_", name.strip().lower())
    wanted = wanted.replace("mobilenet_1.00_", "mobilenet_1.0_")
    network = wanted.removesuffix(_QUANTIZED)
    if network != wanted and network in BACKBONES:
        whole = BACKBONES[network]
        return replace(whole, name=wanted, megabytes=round(whole.megabytes / 4, 1), calibration=calibration)
    if wanted not in BACKBONES:
        raise BackboneError(
            f"Unknown architecture {name!r}: choose efficientnet_lite0, efficientnet_lite1,"
            " efficientnet_lite2, inception_v3, or mobilenet_{1.0,0.75,0.50,0.25}_{224,192,160,128}, each"
            " also with _quantized after it."
        )
    return BACKBONES[wanted]


def from_environment(environ: Mapping[str, str]) -> str:
    """Name the architecture that environment variables ask for, as the codelab sets them in its shell.

    `TFP_ARCHITECTURE` is a whole name, or just `mobilenet`; then `TFP_RELATIVE_SIZE` (1.0, 0.75, 0.50 or
    0.25) and `TFP_IMAGE_SIZE` (224, 192, 160 or 128) say which one. Without any of them it is the default.

    >>> from_environment({"TFP_RELATIVE_SIZE": "0.50", "TFP_IMAGE_SIZE": "128"})
    'mobilenet_0.50_128'
    """
    name = environ.get("TFP_ARCHITECTURE", "")
    width, size = environ.get("TFP_RELATIVE_SIZE", ""), environ.get("TFP_IMAGE_SIZE", "")
    if name == "mobilenet" or (not name and (width or size)):
        return f"mobilenet_{width or '1.0'}_{size or '224'}"
    return name or DEFAULT


def build(backbone: Backbone) -> "keras.Model":
    """Build the Keras model with its pre-trained weights, scaling included; imports TensorFlow.

    It is in float32 even for a quantized backbone, which is made from it.

    Returns:
        A model from `(n, size, size, 3) float32` RGB in 0..255 to `(n, vector_length) float32`.

    Raises:
        BackboneError: its weights cannot be read or downloaded.
    """
    tensorflow()
    import keras

    mean, divisor = backbone.scaling
    size = backbone.input_size
    pixels = keras.Input((size, size, 3), name="pixels")
    scaled = keras.layers.Rescaling(1 / divisor, offset=-mean / divisor, name="scaling")(pixels)
    network = _NETWORKS[backbone.network.split("_")[0]](backbone)
    return keras.Model(pixels, network(scaled), name="backbone")


def _efficientnet_lite(backbone: Backbone) -> "keras.Model":
    return efficientnet_lite.pretrained(efficientnet_lite.VARIANTS[backbone.network])


def _mobilenet(backbone: Backbone) -> "keras.Model":
    import keras

    return _downloaded(
        backbone,
        lambda **arguments: keras.applications.MobileNet(
            alpha=float(backbone.network.split("_")[1]), **arguments
        ),
    )


def _inception(backbone: Backbone) -> "keras.Model":
    import keras

    return _downloaded(backbone, keras.applications.InceptionV3)


def _downloaded(backbone: Backbone, make: Callable[..., Any]) -> "keras.Model":
    shape = (backbone.input_size, backbone.input_size, 3)
    try:
        return make(input_shape=shape, include_top=False, pooling="avg", weights="imagenet")
    except Exception as error:  # Keras lets through whatever the network, the disk or h5py raise
        reason = str(error).strip().splitlines()[0][:200]
        raise BackboneError(
            f"The weights of {backbone.network} could not be had ({reason}): connect to the internet once, or"
            f" put the file at {backbone.weight_file}, or choose {DEFAULT}, which works offline."
        ) from error


_NETWORKS: dict[str, Callable[[Backbone], "keras.Model"]] = {
    "efficientnet": _efficientnet_lite,
    "mobilenet": _mobilenet,
    "inception": _inception,
}
