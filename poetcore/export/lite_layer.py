"""A LiteRT network with the trained layer behind it, where there is no Keras model to put it on."""

import numpy as np

from poetcore.export.export_options import InputRange
from poetcore.features.lite_graph import LiteGraph
from poetcore.workspace.head import Head

__all__ = ["with_layer"]

#: The operators of `ACTIVATIONS`.
_OPERATORS = {"softmax": "SOFTMAX", "sigmoid": "LOGISTIC"}


def with_layer(content: bytes, head: Head, fed: InputRange) -> bytes:
    """Return a `.tflite` file's content with the trained layer added.

    Args:
        content: of a network in Poet's form: from pixels of 0 to 255 to one feature vector.
        head: the trained layer.
        fed: what the result is fed.

    Returns:
        A model from "pixels" in the range `fed` to "probabilities", `(1, labels) float32`.
    """
    graph = LiteGraph(content)
    (pixels,), (features,) = graph.inputs, graph.outputs
    if head.unit:
        graph.follow("L2_NORMALIZATION", "unit", features.shape)
    shape = (1, len(head.bias))
    graph.follow("FULLY_CONNECTED", "logits", shape, head.kernel.T.astype(np.float32), head.bias)
    graph.follow(_OPERATORS[head.activation], "probabilities", shape)
    scaling = [("MUL", np.array(fed.std)), ("ADD", np.array(fed.mean))]
    graph.feed("pixels", pixels.shape, [] if (fed.mean, fed.std) == (0, 1) else scaling)
    return graph.packed()
