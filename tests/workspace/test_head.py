"""The trained layer in numpy."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from poetcore.workspace.head import Head, cross_entropy, pack_head, unpack_head


@pytest.fixture
def head() -> Head:
    draw = np.random.default_rng(3)
    return Head(draw.normal(size=(40, 5)).astype(np.float32), draw.normal(size=5).astype(np.float32))


@pytest.mark.slow
def test_probabilities_are_tensorflows_softmax_of_the_layer(head):
    from poetcore.system.tensorflow import tensorflow

    tf = tensorflow()
    vectors = np.random.default_rng(4).normal(size=(7, 40)).astype(np.float32)
    wanted = tf.nn.softmax(tf.constant(vectors) @ head.kernel + head.bias).numpy()
    assert np.allclose(head.probabilities(vectors), wanted, atol=1e-6)


def test_probabilities_of_each_picture_sum_to_1(head):
    vectors = np.random.default_rng(5).normal(size=(9, 40)).astype(np.float32)
    assert np.allclose(head.probabilities(vectors).sum(axis=1), 1, atol=1e-6)


def test_huge_vectors_give_numbers(head):
    sure = head.probabilities(np.full((1, 40), 1e4, np.float32))
    assert sure.max() == 1 and sure.dtype == np.float32


def test_no_pictures_give_no_rows(head):
    assert head.probabilities(np.empty((0, 40), np.float32)).shape == (0, 5)


def test_bias_decides_where_vectors_are_zero():
    head = Head(np.ones((2, 3), np.float32), np.log(np.array([1, 2, 5], np.float32)))
    assert np.allclose(head.probabilities(np.zeros((1, 2), np.float32)), [[1 / 8, 2 / 8, 5 / 8]])


def test_cross_entropy_is_the_mean_surprise_at_the_truth():
    probabilities = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    assert cross_entropy(probabilities, np.array([1, 2])) == pytest.approx((np.log(4) + np.log(1 / 0.8)) / 2)


def test_cross_entropy_of_the_impossible_is_finite():
    assert np.isfinite(cross_entropy(np.array([[1.0, 0.0]]), np.array([1])))


@pytest.mark.slow
def test_a_sigmoid_gives_tensorflows_probabilities(head):
    from poetcore.system.tensorflow import tensorflow

    tf = tensorflow()
    vectors = np.random.default_rng(4).normal(size=(7, 40)).astype(np.float32)
    wanted = tf.nn.sigmoid(tf.constant(vectors) @ head.kernel + head.bias).numpy()
    assert np.allclose(Head(head.kernel, head.bias, "sigmoid").probabilities(vectors), wanted, atol=1e-6)


def test_a_sigmoid_of_huge_vectors_gives_numbers(head):
    sure = Head(head.kernel, head.bias, "sigmoid").probabilities(np.full((1, 40), 1e4, np.float32))
    assert np.isfinite(sure).all() and sure.dtype == np.float32


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_the_activation_is_kept_with_the_weights(head, temperature):
    applied, trained, _ = unpack_head(pack_head(Head(head.kernel, head.bias, "sigmoid"), temperature))
    assert applied.activation == trained.activation == "sigmoid"


def test_a_layer_on_vectors_of_length_1_does_not_mind_their_length(head):
    unit = replace(head, unit=True)
    vectors = np.random.default_rng(4).normal(size=(7, 40)).astype(np.float32)
    short = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert np.allclose(unit.probabilities(vectors * 30), head.probabilities(short), atol=1e-6)
    assert np.isfinite(unit.probabilities(vectors * 0)).all()


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_whether_vectors_get_length_1_is_kept_with_the_weights(head, temperature):
    applied, trained, _ = unpack_head(pack_head(replace(head, unit=True), temperature))
    assert applied.unit and trained.unit and not unpack_head(pack_head(head, temperature))[0].unit


def test_weights_of_earlier_versions_have_a_softmax(head):
    content = pack_head(head)
    assert b"activation" not in content and unpack_head(content)[0].activation == "softmax"


def test_a_member_that_is_no_array_is_damage(head):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("kernel.npy", b"no header")
        archive.writestr("bias.npy", b"nor here")
    with pytest.raises(ValueError, match="no array"):
        unpack_head(content.getvalue())


def test_an_unknown_activation_is_damage(head):
    with pytest.raises(ValueError, match="do not fit"):
        unpack_head(pack_head(Head(head.kernel, head.bias, "relu")))
