"""The cache of feature vectors: found again by content, backbone and augmented copy."""

import numpy as np

from poetcore.features.backbones import DEFAULT, find

BACKBONE = find(DEFAULT)


def test_vectors_belong_to_their_backbone(cache):
    cache.put({"a": np.ones(1280, np.float32)}, BACKBONE)
    assert cache.get(["a"], find("mobilenet_1.0_224")) == {}


def test_vectors_belong_to_their_augmented_copy(cache):
    cache.put({"a": np.ones(1280, np.float32)}, BACKBONE, "+flip1#1")
    assert cache.get(["a"], BACKBONE) == {} and list(cache.get(["a"], BACKBONE, "+flip1#1")) == ["a"]


def test_vectors_put_twice_stay_as_they_were(cache):
    first, second = (np.full(1280, value, np.float32) for value in (1.5, 2.5))
    cache.put({"a": first}, BACKBONE)
    cache.put({"a": second}, BACKBONE)
    assert np.array_equal(cache.get(["a"], BACKBONE)["a"], first)


def test_many_vectors_are_found_at_once(cache):
    vectors = {f"{i}": np.array([i], np.float32) for i in range(1203)}
    cache.put(vectors, BACKBONE)
    found = cache.get([*vectors, "missing"], BACKBONE)
    assert {sha: float(vector[0]) for sha, vector in found.items()} == {f"{i}": float(i) for i in range(1203)}


def test_contents_without_a_vector_are_listed_in_order(cache):
    cache.put({"b": np.ones(1280, np.float32)}, BACKBONE)
    assert cache.missing(["c", "b", "a", "c"], BACKBONE) == ["c", "a"]
