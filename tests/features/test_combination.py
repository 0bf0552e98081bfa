"""Several networks side by side: their names, their common size, and their vectors as one."""

import numpy as np
import pytest

from poetcore.errors import BackboneError
from poetcore.features.backbones import DEFAULT, find, relative_cost
from poetcore.features.combination import LENGTH, side_by_side

BOTH = "efficientnet_lite0+efficientnet_lite2"


def test_a_combination_has_the_vectors_of_its_parts_one_after_the_other():
    assert find(BOTH).vector_length == 2 * 1280


def test_all_parts_see_a_picture_at_the_largest_size():
    assert [part.input_size for part in (find(BOTH), *find(BOTH).parts)] == [260, 260, 260]


def test_a_part_at_its_own_size_shares_the_vectors_of_the_network_alone():
    keys = [part.cache_key for part in find(BOTH).parts]
    assert keys[1] == find("efficientnet_lite2").cache_key and keys[0] != find(DEFAULT).cache_key


def test_a_part_at_another_size_is_found_by_its_name():
    part = find(BOTH).parts[0]
    assert find(part.name) == part and part.name == "efficientnet_lite0@260"


def test_a_network_named_at_its_own_size_is_the_network():
    assert find("efficientnet_lite0@224") == find(DEFAULT)


def test_the_work_of_a_part_grows_with_its_pixels():
    single = relative_cost(find("efficientnet_lite0@448"))
    assert single == pytest.approx(4) and relative_cost(find("inception_v3+efficientnet_lite0")) > 14


def test_nobody_published_an_accuracy_of_a_combination():
    assert find(BOTH).imagenet_top1 is None and find(BOTH).parts[0].imagenet_top1 is None


def test_each_part_may_be_quantized_with_its_own_calibration():
    found = find("efficientnet_lite0_quantized+efficientnet_lite2", "abc+")
    assert [part.calibration for part in found.parts] == ["abc", ""] and found.quantized
    assert found.calibration == "abc+" and found.network == "efficientnet_lite0@260+efficientnet_lite2"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("efficientnet_lite0+efficientnet_lite0", "has each network once"),
        ("efficientnet_lite0+efficientnet_lite0@300", "has each network once"),
        ("efficientnet_lite0+", "The name of a network is missing"),
        ("efficientnet_lite0+resnet", "Unknown architecture 'resnet'"),
        ("efficientnet_lite0@9", "pixels a side, 32 to 1024"),
        ("efficientnet_lite0@", "pixels a side, 32 to 1024"),
    ],
)
def test_what_cannot_be_combined_is_refused(name, why):
    with pytest.raises(BackboneError, match=why):
        find(name)


def test_no_part_outweighs_another_by_its_numbers():
    joined = side_by_side([np.array([[3.0, 4.0]], np.float32), np.array([[0.0, 2000.0]], np.float32)])
    wanted = LENGTH * np.array([[0.6, 0.8, 0.0, 1.0]])
    assert joined.dtype == np.float32 and np.allclose(joined, wanted)


def test_a_vector_of_zeros_stays_one():
    assert np.isfinite(side_by_side([np.zeros(3, np.float32), np.ones(3, np.float32)])).all()


def test_the_cache_joins_what_all_parts_have(cache):
    both = find(BOTH)
    first, second = both.parts
    cache.put({"a": np.ones(1280, np.float32), "b": np.ones(1280, np.float32)}, first)
    cache.put({"b": np.full(1280, 9, np.float32)}, second)
    found = cache.get(["a", "b"], both)
    assert list(found) == ["b"] and cache.missing(["a", "b"], both) == ["a"]
    assert np.allclose(found["b"], LENGTH / np.sqrt(1280))
