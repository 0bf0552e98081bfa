"""The engine `keras`: the backbone's own Keras model, in batches, for a machine with a graphics card."""

import contextlib
import sys
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import numpy as np

from poetcore.features.backbones import Backbone, build
from poetcore.features.engines import Batch, Bottleneck, View, in_threads
from poetcore.system.tensorflow import tensorflow

__all__ = ["extract_with_keras"]

#: From `(n, size, size, 3) uint8` to `(n, vector_length) float32`.
Network = Callable[[np.ndarray], np.ndarray]


def extract_with_keras(
    batches: Iterable[Batch], backbone: Backbone, view: View, workers: int | None = None
) -> Generator[list[Bottleneck], None, None]:
    """Describe batches of pictures in the order given; imports TensorFlow if there is something to describe.

    Threads decode the next batches while the network works on one.

    Args:
        batches: lists of (content, file); a list may be empty.
        backbone: which network describes them; not a quantized one.
        view: how to look at them.
        workers: threads that decode; one per core by default.

    Raises:
        BackboneError: its weights cannot be had.
    """

    def look(sha: str, path: Path) -> tuple[str, np.ndarray | Bottleneck]:
        return sha, view.look(sha, path)

    network: Network | None = None
    for looked in in_threads(batches, look, workers):
        pixels = [seen for _, seen in looked if isinstance(seen, np.ndarray)]
        if pixels and network is None:
            network = _network(backbone)
        vectors = iter(network(np.stack(pixels)) if network and pixels else ())
        yield [
            seen if isinstance(seen, Bottleneck) else Bottleneck(sha, next(vectors), decoded=True)
            for sha, seen in looked
        ]


def _network(backbone: Backbone) -> Network:
    """Build the network for batches of any length; compiled once."""
    tf = tensorflow()
    # Keras draws the progress of a download on standard output, where only results belong.
    with contextlib.redirect_stdout(sys.stderr):
        model = build(backbone)
    size = backbone.input_size

    # Bytes travel to a graphics card four times as fast as floating-point numbers.
    @tf.function(input_signature=[tf.TensorSpec((None, size, size, 3), tf.uint8)])
    def describe(pixels: object) -> object:
        return model(tf.cast(pixels, tf.float32), training=False)

    return lambda pixels: describe(pixels).numpy()
