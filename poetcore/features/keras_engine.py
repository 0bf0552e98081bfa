"""The engine `keras`: the backbone's own Keras model, in batches, for a machine with a graphics card."""

import contextlib
import sys
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import numpy as np

from poetcore.features.backbones import Backbone, build
from poetcore.features.engines import Batch, Bottleneck, Loaded, View
from poetcore.features.threads import map_in_threads
from poetcore.system.tensorflow import tensorflow

__all__ = ["extract_batches"]

#: From `(n, size, size, 3) uint8`, RGB, 0 to 255, to `(n, vector_length) float32`.
Network = Callable[[np.ndarray], np.ndarray]


def extract_batches(
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures in the order given; see `ExtractBatches`.

    Threads decode the next batches while the network works on one. TensorFlow is imported when there is
    something to compute.

    Raises:
        BackboneError: the backbone's weights cannot be read or downloaded.
    """
    network: Network | None = None
    for batch in map_in_threads(batches, view.load, workers):
        pixels = [loaded.pixels for loaded in batch if isinstance(loaded, Loaded)]
        if pixels and network is None:
            network = _build_network(backbone)
        vectors = iter(network(np.stack(pixels)) if network and pixels else ())
        yield [loaded.bottleneck(next(vectors)) if isinstance(loaded, Loaded) else loaded for loaded in batch]


def _build_network(backbone: Backbone) -> Network:
    """Build the network for batches of any length; compiled once."""
    tf = tensorflow()
    # Keras draws the progress of a download on standard output, where only results belong.
    with contextlib.redirect_stdout(sys.stderr):
        model = build(backbone)
    size = backbone.input_size

    def forward(pixels: object) -> object:
        return model(tf.cast(pixels, tf.float32), training=False)

    # Bytes travel to a graphics card four times as fast as floating-point numbers.
    compiled = tf.function(forward, input_signature=[tf.TensorSpec((None, size, size, 3), tf.uint8)])

    def network(pixels: np.ndarray) -> np.ndarray:
        return np.asarray(compiled(pixels))

    return network
