"""Class activation maps: exact for every kind of last layer and backbone."""

import numpy as np
import pytest

from poetcore.evaluation.looks.heat_map import label_maps
from poetcore.features.combination import side_by_side
from poetcore.features.feature_maps import Extracted
from poetcore.workspace.head import Head

draw = np.random.default_rng(0)


def extracted(rows: int, length: int) -> Extracted:
    found = draw.random((rows, rows, length)).astype(np.float32)
    return Extracted(found.mean((0, 1)), found)


def head(length: int, **kind: object) -> Head:
    return Head(
        draw.normal(size=(length, 3)).astype(np.float32), draw.normal(size=3).astype(np.float32), **kind
    )


ONE, SAME, OTHER = extracted(7, 16), extracted(7, 12), extracted(9, 12)


@pytest.mark.parametrize("found", [[ONE], [ONE, SAME], [ONE, OTHER]], ids=["one", "two", "of two sizes"])
@pytest.mark.parametrize("kind", [{}, {"unit": True}, {"activation": "sigmoid"}], ids=str)
@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_the_mean_of_a_map_is_the_logit_without_its_bias(found, kind, temperature):
    layer = head(sum(len(one.vector) for one in found), **kind).divided(temperature)
    vector = side_by_side([one.vector for one in found])
    maps = label_maps(found, layer)
    assert maps.dtype == np.float32 and maps.shape == (max(len(one.map) for one in found),) * 2 + (3,)
    expected = layer.logits(vector[np.newaxis])[0] - layer.bias
    np.testing.assert_allclose(maps.mean((0, 1)), expected, atol=1e-4)


def test_a_place_has_what_its_features_add():
    layer = head(16)
    np.testing.assert_allclose(label_maps([ONE], layer)[2, 5], ONE.map[2, 5] @ layer.kernel, atol=1e-5)


def test_of_two_networks_both_maps_are_added():
    layer = head(28)
    silent = Extracted(SAME.vector, np.broadcast_to(SAME.vector, SAME.map.shape))
    both, flat = label_maps([ONE, SAME], layer), label_maps([ONE, silent], layer)
    shape = label_maps([SAME], Head(layer.kernel[16:], layer.bias))
    places = (both - flat)[:, :, 0].ravel(), shape[:, :, 0].ravel()
    assert np.corrcoef(*places)[0, 1] == pytest.approx(1, abs=1e-4)


def test_there_is_none_where_a_network_has_no_map():
    assert label_maps([ONE, Extracted(SAME.vector, None)], head(28)) is None


def test_a_picture_without_any_feature_has_a_map_of_zeros():
    nothing = Extracted(np.zeros(16, np.float32), np.zeros((7, 7, 16), np.float32))
    assert not label_maps([nothing], head(16, unit=True)).any()
