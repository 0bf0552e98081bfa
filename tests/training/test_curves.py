"""The curves of a training as a table."""

import numpy as np
import pandas as pd
import pytest

from poetcore.training.curves import SMOOTHING, curves, history, overlaid, path_of, previews
from poetcore.training.preview import PreviewReport


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


def test_curves_of_two_runs_are_one_table_of_smoothed_values():
    one, other = curves([event(10, 1.0, 0.5), event(20, 0.0, 0.5)]), curves([event(10, 0.25, None)])
    rows = overlaid({"a": one, "b": other})
    assert list(rows) == ["run", "step", "split", "accuracy", "cross_entropy"]
    assert rows[["run", "step", "split"]].to_numpy().tolist() == [
        ["a", 10, "training"],
        ["a", 20, "training"],
        ["a", 10, "validation"],
        ["a", 20, "validation"],
        ["b", 10, "training"],
    ]
    assert rows["cross_entropy"][1] == one["cross_entropy_smooth"][1]


def test_long_curves_are_thinned_and_keep_their_last_point():
    table = curves(event(10 * step, 0.5, 0.5) for step in range(1, 1002))
    rows = overlaid({"a": table}, points=300)
    for _, line in rows.groupby("split"):
        assert len(line) <= 300 and line["step"].max() == 10_010 and line["step"].is_monotonic_increasing


def test_runs_without_curves_have_an_empty_table():
    assert overlaid({"a": curves([])}).empty


def strength(value: float, left_out: float | None = 0.8) -> dict[str, object]:
    return {
        "kind": "strength",
        "strength": value,
        "train_accuracy": 1.0,
        "train_cross_entropy": 0.1,
        "left_out_accuracy": left_out,
        "left_out_cross_entropy": 0.5,
        "temperature": 1.2,
    }


def test_the_path_of_a_ridge_has_a_row_a_strength_and_split():
    table = path_of([strength(0.1), event(1, 0.5, 0.4), strength(1)])
    assert table["strength"].tolist() == [0.1, 1, 0.1, 1]
    assert table["split"].tolist() == ["training"] * 2 + ["left out"] * 2
    assert table["accuracy"].tolist() == [1.0, 1.0, 0.8, 0.8]


def test_a_damaged_strength_is_passed_over():
    assert path_of([strength(0.1), strength(0.3, None), {"kind": "strength"}])["strength"].nunique() == 1


def test_history_is_that_of_steps_or_of_strengths():
    assert history([event(1, 0.5, 0.4)])["step"].tolist() == [1]
    assert history([strength(1)])["strength"].tolist() == [1.0]
    assert history([]).empty


def test_previews_are_told_apart_from_the_training_and_damaged_ones_are_passed_over():
    told = {"kind": "preview", "pictures": 64, "total": 900, "accuracy": 0.5, "cross_entropy": 1}
    events = [told, event(10, 0.5, 0.5), told | {"pictures": "64"}, {"kind": "preview"}]
    assert previews(events) == [PreviewReport(64, 900, 0.5, 1)]
    assert len(curves(events)) == 2
