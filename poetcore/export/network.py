"""The network that an export writes: a backbone with the trained last layer on top, in Keras."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from poetcore.features.backbones import Backbone, build
from poetcore.workspace.head import Head

if TYPE_CHECKING:
    import keras

__all__ = ["Network", "build_model"]


@dataclass(frozen=True)
class Network:
    """What an export format is given to write.

    Attributes:
        model: from `(n, size, size, 3) float32` RGB in 0..255, named "pixels", to `(n, labels) float32`
            probabilities.
        labels: in the order of the probabilities.
        output_layer: what a frozen graph calls its output.
        calibration: training pictures for a quantized format, each `(size, size, 3) uint8` RGB; else empty.
    """

    model: "keras.Model"
    labels: tuple[str, ...]
    output_layer: str
    calibration: tuple[np.ndarray, ...] = ()


def build_model(backbone: Backbone, head: Head) -> "keras.Model":
    """Put the trained layer on top of its backbone; imports TensorFlow.

    Args:
        backbone: the pre-trained network.
        head: the trained layer.
    """
    bottleneck = build(backbone)
    import keras

    trained = keras.layers.Dense(head.kernel.shape[1], activation="softmax", name="probabilities")
    model = keras.Model(bottleneck.input, trained(bottleneck.output), name="poet")
    trained.set_weights([head.kernel, head.bias])
    return model
