"""Reliability, calibration error, its noise, and the temperature that mends it."""

import numpy as np
import pytest

from poetcore.evaluation.calibration import (
    apply_temperature,
    calibration_error,
    calibration_noise,
    fit_temperature,
    reliability,
)
from poetcore.workspace.head import cross_entropy


def drawn(count: int, temperature: float = 1.0, labels: int = 4, seed: int = 0):
    """Probabilities of a model that is as much too certain as the temperature says, and true labels."""
    draw = np.random.default_rng(seed)
    logits = draw.normal(0, 2, (count, labels))
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    targets = (honest.cumsum(axis=1) > draw.random((count, 1))).argmax(axis=1)
    return apply_temperature(honest, 1 / temperature), targets


def confident(probabilities: np.ndarray, targets: np.ndarray):
    """Confidence, and whether the predicted label is right."""
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == targets


def test_bins_hold_means_and_counts_by_hand():
    table = reliability(np.array([0.1, 0.6, 0.8, 1.0]), np.array([0, 1, 0, 1], bool), 2)
    assert table["n"].tolist() == [1, 3]
    assert table["confidence"].tolist() == pytest.approx([0.1, 0.8])
    assert table["accuracy"].tolist() == pytest.approx([0, 2 / 3])


def test_a_bin_without_pictures_has_no_accuracy():
    table = reliability(np.array([0.9]), np.array([True]))
    assert table["n"].sum() == 1 and table["accuracy"].isna().sum() == 9


def test_no_picture_at_all_makes_empty_bins():
    assert reliability(np.array([]), np.array([], bool))["n"].tolist() == [0] * 10


def test_a_confidence_at_a_bound_belongs_to_the_upper_bin():
    table = reliability(np.array([0.7, 0.3], np.float32), np.array([True, True]))
    assert table.loc[[3, 7], "n"].tolist() == [1, 1]


def test_the_error_is_the_mean_over_the_bins_by_their_pictures():
    confidence, correct = np.array([0.55, 0.55, 0.95, 0.95]), np.array([1, 0, 1, 1], bool)
    table = reliability(confidence, correct)
    by_hand = (table["n"] * (table["accuracy"] - table["confidence"]).abs()).sum() / 4
    assert calibration_error(confidence, correct) == pytest.approx(by_hand) == pytest.approx(0.05)


def test_honest_probabilities_stay_within_the_noise_as_often_as_said():
    within = 0
    for seed in range(60):
        confidence, correct = confident(*drawn(300, seed=seed))
        within += calibration_error(confidence, correct) <= calibration_noise(confidence)
    assert 52 <= within <= 60


def test_probabilities_that_are_too_certain_exceed_the_noise():
    confidence, correct = confident(*drawn(1000, temperature=3))
    assert calibration_error(confidence, correct) > 2 * calibration_noise(confidence)


def test_more_pictures_have_less_noise():
    assert calibration_noise(np.full(4000, 0.8)) < calibration_noise(np.full(40, 0.8)) / 5


def test_near_duplicates_make_the_noise_of_as_many_groups():
    few, groups = np.full(40, 0.8), np.arange(800) // 20
    assert calibration_noise(np.full(800, 0.8), groups=groups) == pytest.approx(calibration_noise(few))


def test_groups_of_one_change_nothing():
    confidence = drawn(200)[0].max(axis=1)
    assert calibration_noise(confidence, groups=np.arange(200)) == pytest.approx(
        calibration_noise(confidence), rel=0.2
    )


def test_the_noise_of_the_same_confidences_is_the_same():
    confidence = drawn(200)[0].max(axis=1)
    assert calibration_noise(confidence) == calibration_noise(confidence[::-1][::-1])


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_the_temperature_of_a_model_is_found(temperature):
    assert fit_temperature(*drawn(20_000, temperature)) == pytest.approx(temperature, rel=0.05)


def test_the_fitted_temperature_lowers_the_log_loss():
    probabilities, targets = drawn(500, 3)
    fitted = apply_temperature(probabilities, fit_temperature(probabilities, targets))
    assert cross_entropy(fitted, targets) < cross_entropy(probabilities, targets)


def test_a_model_that_is_always_right_does_not_become_certain():
    probabilities = np.tile([0.7, 0.2, 0.1], (50, 1))
    fitted = apply_temperature(probabilities, fit_temperature(probabilities, np.zeros(50, int)))
    assert 0.9 < fitted[0, 0] < 0.99


def test_a_model_that_is_always_wrong_gets_the_highest_temperature():
    probabilities = np.tile([0.9, 0.1], (50, 1))
    assert fit_temperature(probabilities, np.ones(50, int)) == pytest.approx(20, rel=0.01)


def test_probabilities_of_nought_and_one_are_no_error():
    probabilities = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    assert 0.05 <= fit_temperature(probabilities, np.array([0, 1, 1])) <= 20


def test_one_label_has_no_temperature():
    assert fit_temperature(np.ones((3, 1)), np.zeros(3, int)) == 1


def test_a_temperature_keeps_the_most_probable_label():
    probabilities, _ = drawn(100)
    for temperature in (0.3, 5):
        scaled = apply_temperature(probabilities, temperature)
        assert (scaled.argmax(axis=1) == probabilities.argmax(axis=1)).all()
        assert scaled.sum(axis=1) == pytest.approx(1)
