"""Readers of networks: weights, LiteRT files, frozen graphs."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from poetcore.errors import PictureError

Read = Callable[[bytes], object]


def weights_seeds(_: Path) -> list[bytes]:
    """A file of tensors as PyTorch wrote them before version 1.6, made by hand."""
    import pickle

    body = (
        b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00wq\x02ctorch._utils\n_rebuild_tensor_v2\n"
        b"q\x03((X\x07\x00\x00\x00storageq\x04ctorch\nFloatStorage\nq\x05X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00cpuq"
        b"\x07K\x06Ntq\x08QK\x00K\x02K\x03\x86q\tK\x03K\x01\x86q\n\x89h\x00)Rq\x0btq\x0cRq\rs."
    )
    parts = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}]
    heads = b"".join(pickle.dumps(one, 2) for one in parts)
    return [heads + body + pickle.dumps(["0"], 2) + (6).to_bytes(8, "little") + bytes(24)]


def read_weights(place: Path, _: Path) -> Read:
    from poetcore.features.torch_weights import read_torch_tensors

    file = place / "weights.pth"

    def read(content: bytes) -> None:
        file.write_bytes(content)
        read_torch_tensors(file, hashlib.sha256(content).hexdigest())

    return read


def lite_seeds(lab: Path) -> list[bytes]:
    """Return a network of a few operators, converted once for a workspace."""
    file = lab / "tiny.tflite"
    if not file.exists():
        import keras
        import tensorflow as tf

        layers = [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.GlobalAveragePooling2D()]
        model = keras.Sequential([keras.Input((16, 16, 3), batch_size=1), *layers])
        file.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    return [file.read_bytes()]


def read_lite(_: Path, __: Path) -> Read:
    from poetcore.features.lite_graph import LiteGraph

    def read(content: bytes) -> None:
        try:
            graph = LiteGraph(content)
        except ValueError as error:  # what its docstring promises
            raise PictureError(str(error)) from None
        (
            graph.inputs,
            graph.outputs,
            graph.last_operator,
            graph.pooled_map(),
            graph.metadata("TFLITE_METADATA"),
        )
        with suppress(ValueError):
            graph.packed()

    return read


def graph_seeds(_: Path) -> list[bytes]:
    import tensorflow as tf

    graph = tf.Graph()
    with graph.as_default():
        pixels = tf.compat.v1.placeholder(tf.float32, (1, 4, 4, 3), name="input")
        flat = tf.reshape(pixels, (1, 48))
        weights = tf.constant([[0.1, 0.2]] * 48)
        tf.nn.softmax(tf.matmul(flat, weights), name="final_result")
    return [graph.as_graph_def().SerializeToString()]


def read_graph(place: Path, _: Path) -> Read:
    """Open a graph as an evaluation does: it is checked, imported, and run on a picture."""
    from poetcore.evaluation.frozen import FrozenGraph

    file = place / "graph.pb"

    def read(content: bytes) -> None:
        file.write_bytes(content)
        FrozenGraph(file).run(np.zeros((1, 4, 4, 3), np.float32))

    return read
