"""The curves of a training as a table."""

import numpy as np
import pandas as pd
import pytest

from poetcore.training.curves import SMOOTHING, curves


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
