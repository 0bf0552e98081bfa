"""The curves of a training as a table, and the sentence that reads them."""

import numpy as np
import pandas as pd
import pytest

from poetcore.training.curves import SMOOTHING, curves, verdict

REPORTS = 60


def event(step: int, train: float, validation: float | None, kind: str = "step") -> dict[str, object]:
    """One line of a run's events; the accuracies are one less the errors."""
    return {
        "kind": kind,
        "step": step,
        "train_accuracy": 1 - train,
        "train_cross_entropy": train,
        "validation_accuracy": None if validation is None else 1 - validation,
        "validation_cross_entropy": validation,
    }


def drawn(training: np.ndarray, validation: np.ndarray | None = None) -> pd.DataFrame:
    """The table of curves that run through these errors."""
    errors = [None] * len(training) if validation is None else list(validation)
    pairs = zip(training, errors, strict=True)
    return curves(event(10 * (i + 1), t, v) for i, (t, v) in enumerate(pairs))


def falling(start: float, end: float) -> np.ndarray:
    """An error that falls fast at first and still falls at the end."""
    return end + (start - end) * np.exp(-np.linspace(0, 2.5, REPORTS))


def jumping(values: np.ndarray, by: float) -> np.ndarray:
    """The same with the noise of reports that look at few pictures."""
    return values + np.random.default_rng(3).normal(0, by, len(values))


def test_no_events_make_an_empty_table():
    assert curves([]).empty


def test_a_step_has_a_row_for_each_part_of_the_split():
    table = curves([event(10, 0.5, 0.25)])
    assert table[["step", "split", "accuracy", "cross_entropy"]].to_numpy().tolist() == [
        [10, "training", 0.5, 0.5],
        [10, "validation", 0.75, 0.25],
    ]


def test_events_of_other_kinds_are_passed_over():
    assert set(curves([event(10, 0.5, 0.5), {"kind": "bottleneck", "done": 3}])["step"]) == {10}


def test_without_validation_pictures_only_the_training_has_a_curve():
    assert list(curves([event(10, 0.5, None), event(20, 0.4, None)])["split"]) == ["training", "training"]


def test_the_first_point_of_a_smoothed_curve_is_the_value_itself():
    assert curves([event(10, 0.5, 0.25)])["cross_entropy_smooth"].tolist() == [0.5, 0.25]


def test_a_smoothed_point_weighs_older_values_less():
    smooth = curves([event(10, 1.0, None), event(20, 0.0, None)])["cross_entropy_smooth"]
    assert smooth.iloc[1] == pytest.approx(SMOOTHING / (1 + SMOOTHING))


def test_training_and_validation_are_smoothed_apart():
    table = drawn(np.ones(20), np.zeros(20))
    assert set(table[table["split"] == "validation"]["cross_entropy_smooth"]) == {0.0}


@pytest.mark.parametrize(
    ("training", "validation", "word"),
    [
        (falling(1.5, 0.1)[:8], falling(1.5, 0.2)[:8], "Too early"),
        (falling(1.5, 0.1), None, "Without validation pictures"),
        (falling(1.5, 0.1), falling(1.5, 0.2), "Still improving"),
        (np.full(REPORTS, 0.1), np.full(REPORTS, 0.12), "Flat"),
        (np.full(REPORTS, 0.1), np.linspace(0.4, 0.9, REPORTS), "Getting worse"),
        (falling(1.5, 0.01), np.linspace(0.4, 0.9, REPORTS), "Overfitting"),
    ],
    ids=["too early", "no validation", "still improving", "flat", "getting worse", "overfitting"],
)
def test_curves_are_read_for_what_they_are(training, validation, word):
    assert word in verdict(drawn(training, validation))


def test_the_figures_are_those_of_the_last_two_thirds():
    words = verdict(drawn(np.full(REPORTS, 0.0625), np.repeat([0.9, 0.5, 0.25], REPORTS // 3)))
    assert "fell from 0.500 in the second third of the steps to 0.250 in the last" in words


@pytest.mark.parametrize("training", [0.001, 0.3], ids=["far above the training error", "at it"])
def test_a_flat_curve_says_nothing_of_more_pictures(training):
    words = verdict(drawn(np.full(REPORTS, training), np.full(REPORTS, 0.3)))
    assert f"The training error was {training:.3f}" in words
    assert "pictures" not in words and "above" not in words


def test_noise_on_a_flat_curve_is_not_taken_for_progress():
    flat = np.full(REPORTS, 0.3)
    assert verdict(drawn(jumping(flat, 0.03), jumping(flat, 0.05))).startswith("Flat")


def test_noise_does_not_hide_that_the_error_falls():
    words = verdict(drawn(jumping(falling(1.5, 0.1), 0.02), jumping(falling(1.5, 0.2), 0.03)))
    assert words.startswith("Still improving")


def test_a_validation_error_that_rises_with_the_training_error_is_no_overfitting():
    rising = np.linspace(0.4, 0.9, REPORTS)
    assert not verdict(drawn(rising, rising)).startswith("Overfitting")


def test_no_report_at_all_is_too_early():
    assert verdict(curves([])).startswith("Too early")
