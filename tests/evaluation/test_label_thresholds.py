"""Thresholds and figures of labels of which a picture may have several."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from poetcore.evaluation.label_thresholds import (
    best_threshold,
    best_thresholds,
    cooccurrence,
    label_figures,
    macro_f1,
    sureness,
)


@pytest.fixture
def drawn() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(2)
    has = draw.random(200) < 0.2
    return np.clip(has * 0.3 + draw.random(200) * 0.6, 0, 1), has


def test_no_threshold_has_a_higher_f1(drawn):
    probabilities, has = drawn
    tried = [f1_score(has, probabilities >= at) for at in np.linspace(0.06, 0.94, 60)]
    assert f1_score(has, probabilities >= best_threshold(*drawn)) >= max(tried) - 1e-9


def test_of_thresholds_that_are_as_good_the_one_nearest_to_a_half_is_taken():
    assert best_threshold(np.array([0.9, 0.7, 0.3, 0.1]), np.array([True, True, False, False])) == 0.5


def test_a_label_that_no_picture_has_gets_a_half():
    assert best_threshold(np.array([0.1, 0.2]), np.zeros(2, bool)) == 0.5


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certain_probabilities_leave_a_threshold_between(probability):
    found = best_threshold(np.full(3, probability), np.array([True, False, True]))
    assert 0.05 <= found <= 0.95


def test_each_label_has_its_own_threshold():
    probabilities = np.array([[0.9, 0.3], [0.8, 0.1], [0.4, 0.2]])
    targets = np.array([[1, 1], [1, 0], [0, 0]])
    assert best_thresholds(probabilities, targets) == pytest.approx([0.6, 0.25])


def test_figures_are_those_of_scikit_learn():
    draw = np.random.default_rng(3)
    true, predicted = (draw.integers(0, 2, (50, 3)) for _ in range(2))
    wanted = precision_recall_fscore_support(true, predicted)
    found = label_figures(predicted, true, ["a", "b", "c"])
    for name, values in zip(("precision", "recall", "f1", "support"), wanted, strict=True):
        assert [one[name] for one in found.values()] == pytest.approx(list(values))


def test_a_label_without_pictures_has_no_figures():
    found = label_figures(np.ones((2, 1)), np.zeros((2, 1)), ["a"])["a"]
    assert (found["precision"], found["recall"], found["f1"], found["support"]) == (None, None, None, 0)


def test_the_macro_f1_leaves_out_labels_without_pictures():
    found = label_figures(np.array([[1, 0], [1, 0]]), np.array([[1, 0], [0, 0]]), ["a", "b"])
    assert macro_f1(found) == pytest.approx(2 / 3)


def test_co_occurrence_counts_pairs_and_on_the_diagonal_labels():
    assert cooccurrence(np.array([[1, 1, 0], [1, 0, 0], [0, 1, 1]])) == [[2, 1, 0], [1, 2, 1], [0, 1, 1]]


def test_a_set_is_as_sure_as_its_least_sure_label():
    probabilities, thresholds = np.array([[0.9, 0.2], [0.6, 0.4]]), np.array([0.5, 0.3])
    assert sureness(probabilities, thresholds) == pytest.approx([0.8, 0.4])
