"""Where a network is cut in two for fine-tuning."""

import re

import numpy as np
import pytest

from poetcore.errors import BackboneError
from poetcore.features.backbones import DEFAULT, build, find
from poetcore.system.tensorflow import tensorflow
from poetcore.training.fine_tuning.cut import cut

pytestmark = pytest.mark.slow

#: The number of the block to which a layer belongs.
BLOCK = re.compile(r"blocks_(\d+)")


@pytest.fixture(scope="module")
def halves():
    return cut(build(find(DEFAULT)), DEFAULT)


def test_the_default_network_is_cut_after_block_10(halves):
    blocks = {int(number[1]) for layer in halves.tail.layers if (number := BLOCK.match(layer.name))}
    assert halves.front.output_shape == (None, 14, 14, 112)
    assert blocks == {11, 12, 13, 14, 15}


def test_both_halves_together_are_the_network(halves):
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 224, 224, 3)).astype(np.float32)
    together = halves.tail(halves.front(pixels))
    np.testing.assert_allclose(np.asarray(together), np.asarray(halves.whole(pixels)), atol=1e-5)


def test_what_is_trained_of_the_tail_is_the_networks_own(halves):
    assert halves.whole.get_layer("conv_head") is halves.tail.get_layer("conv_head")


def test_two_ways_side_by_side_cannot_be_cut():
    tensorflow()
    import keras

    pixels = keras.Input((32, 32, 3))
    ways = [keras.layers.Conv2D(4, size)(pixels) for size in (3, 5)]
    vectors = [keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(8, 3)(way)) for way in ways]
    both = keras.Model(pixels, keras.layers.Concatenate()(vectors))
    with pytest.raises(BackboneError, match="cannot be fine-tuned"):
        cut(both, "both")
