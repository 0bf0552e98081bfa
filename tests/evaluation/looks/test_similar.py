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
    assert most_similar(REFERENCE.only("testing"), ASKED) == []
