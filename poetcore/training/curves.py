"""Training curves: the events of a run as a table, smoothed, and a verdict on them in words."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from poetcore.training.train import StepReport

__all__ = ["SMOOTHING", "curves", "reports", "verdict"]

#: Share of the old value in the exponential moving average, as in TensorBoard's slider at its default.
SMOOTHING = 0.6

#: With fewer reports there is no verdict yet.
_MIN_REPORTS = 12


def curves(events: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return a run's events as a table that can be drawn.

    Args:
        events: of `events.jsonl`; those of other kinds than "step" are ignored.

    Returns:
        One row per step and split: step, split ("training" or "validation"), accuracy,
        cross_entropy, and both smoothed: accuracy_smooth, cross_entropy_smooth.
    """
    steps = reports(events)
    tables = []
    for split, prefix in (("training", "train"), ("validation", "validation")):
        rows = [e for e in steps if e[f"{prefix}_accuracy"] is not None]
        table = pd.DataFrame(
            {
                "step": [e["step"] for e in rows],
                "split": split,
                "accuracy": [e[f"{prefix}_accuracy"] for e in rows],
                "cross_entropy": [e[f"{prefix}_cross_entropy"] for e in rows],
            }
        )
        for name in ("accuracy", "cross_entropy"):
            table[f"{name}_smooth"] = table[name].ewm(alpha=1 - SMOOTHING).mean()
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def reports(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events that are reports of the training; damaged ones are passed over.

    Args:
        events: of `events.jsonl`.

    Returns:
        Dictionaries with the fields of `StepReport`, numbers or None.
    """
    names = [field.name for field in fields(StepReport)]
    return [
        event
        for event in events
        if event["kind"] == "step"
        and all(isinstance(event.get(name, ""), int | float | None) for name in names)
        and isinstance(event["step"], int)
    ]


def verdict(table: pd.DataFrame) -> str:
    """Describe in a sentence or two what the curves show beyond noise, for someone who has never seen any.

    It compares the last third of the reports with the third before, and names both figures. Whether more
    pictures would help is not for these curves to say: `poetcore.training.learning_curve` measures that.

    Args:
        table: made by `curves`.
    """
    training = table[table["split"] == "training"]["cross_entropy"].to_numpy(dtype=float)
    validation = table[table["split"] == "validation"]["cross_entropy"].to_numpy(dtype=float)
    if len(training) < _MIN_REPORTS:
        return "Too early to tell: the curves need a few more steps."
    if not len(validation):
        return "Without validation pictures overfitting cannot be told from progress."
    before, now, noise = _thirds(validation)
    trained_before, trained_now, trained_noise = _thirds(training)
    # A change that is small beside the error itself, or beside the first one, is of no use to anybody.
    threshold = max(noise, 0.05 * before, 0.02 * validation[0])
    from_to = f"from {before:.3f} in the second third of the steps to {now:.3f} in the last"
    if now > before + threshold and trained_now < trained_before - trained_noise:
        return (
            f"Overfitting: the validation error (cross entropy) rose {from_to}, while the training error fell"
            f" from {trained_before:.3f} to {trained_now:.3f}. After fewer steps the model was better."
        )
    if now > before + threshold:
        return (
            f"Getting worse: the validation error (cross entropy) rose {from_to}. After fewer steps the model"
            " was better; a smaller learning rate may help."
        )
    if now < before - threshold:
        return (
            f"Still improving: the validation error (cross entropy) fell {from_to}, so more steps may lower"
            " it further."
        )
    return (
        f"Flat: the validation error (cross entropy) went {from_to}, a change too small to count: more steps"
        f" are likely to change little. The training error was {trained_now:.3f} in the last."
    )


def _thirds(values: np.ndarray) -> tuple[float, float, float]:
    """Return the means of the second and the last third, and the difference that chance alone makes.

    Reports are of few pictures and noisy: it is two standard errors.
    """
    third = len(values) // 3
    early, late = values[-2 * third : -third], values[-third:]
    noise = 2 * float(np.sqrt((early.var(ddof=1) + late.var(ddof=1)) / third))
    return float(early.mean()), float(late.mean()), noise
