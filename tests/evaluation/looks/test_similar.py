"""Which training pictures a picture resembles."""

import numpy as np

from poetcore.evaluation.looks.similar import most_similar
from poetcore.workspace.head import unit_vectors
from poetcore.workspace.reference import Reference

VECTORS = unit_vectors(np.array([[1, 0], [1, 1], [0, 1], [-1, 0]], np.float32))
NAMES = np.array(["a", "b", "c", "d"])
REFERENCE = Reference(VECTORS, NAMES, NAMES, np.arange(4), NAMES, NAMES)
ASKED = np.array([6, 2], np.float32)


def test_the_most_alike_come_first_with_their_cosines():
    found = most_similar(REFERENCE, ASKED, 2)
    assert [one.sha for one in found] == ["a", "b"]
    np.testing.assert_allclose([one.similarity for one in found], [6 / 40**0.5, 8 / 80**0.5], rtol=1e-5)


def test_a_picture_does_not_resemble_itself():
    assert [one.sha for one in most_similar(REFERENCE, ASKED, 9, without="a")] == ["b", "c", "d"]


def test_there_are_no_more_than_there_are():
    assert len(most_similar(REFERENCE, ASKED, 9)) == 4


def test_among_none_there_is_none():
    none = Reference(VECTORS[:0], NAMES[:0], NAMES[:0], np.arange(0), NAMES[:0], NAMES[:0])
    assert most_similar(none, ASKED) == []


def test_of_very_many_pictures_bytes_choose_and_the_vectors_in_the_cache_decide():
    draw = np.random.default_rng(0)
    vectors = unit_vectors(draw.random((2_000, 64), np.float32))
    names = np.array([f"{number}" for number in range(len(vectors))], object)
    columns = (names, names, np.arange(len(names)), names, names)
    scales = np.abs(vectors).max(axis=1, keepdims=True) / 127
    read: list[int] = []

    def exact(shas):
        read.append(len(shas))
        return {sha: vectors[int(sha)] for sha in shas}

    packed = Reference(np.rint(vectors / scales).astype(np.int8), *columns, scales, exact)
    for asked in draw.random((5, 64), np.float32):
        wanted = [one.sha for one in most_similar(Reference(vectors, *columns), asked, 20)]
        assert [one.sha for one in most_similar(packed, asked, 20)] == wanted
    assert max(read) <= 500
