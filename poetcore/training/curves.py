"""Training curves: the events of a run as a table, smoothed, and a verdict on them in words."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["SMOOTHING", "curves", "verdict"]

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
    steps = [event for event in events if event["kind"] == "step"]
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


def verdict(table: pd.DataFrame) -> str:
    """Describe the curves in a sentence or two, for someone who has never seen any.

    Args:
        table: made by `curves`.
    """
    training = table[table["split"] == "training"]["cross_entropy"].to_numpy(dtype=float)
    validation = table[table["split"] == "validation"]["cross_entropy"].to_numpy(dtype=float)
    if len(training) < _MIN_REPORTS:
        return "Too early to tell: the curves need a few more steps."
    if not len(validation):
        return "Without validation pictures overfitting cannot be told from progress."
    third = len(validation) // 3
    early, late = validation[-2 * third : -third], validation[-third:]
    now, before = late.mean(), early.mean()
    # Reports are of few pictures and noisy: a change counts if it is larger than chance makes it (two
    # standard errors), and not small beside the first error.
    chance = 2 * float(np.sqrt((early.var() + late.var()) / third))
    threshold = max(chance, 0.05 * before, 0.02 * validation[0])
    improving = training[-third:].mean() < training[-2 * third : -third].mean()
    if now > before + threshold and improving:
        return (
            "Overfitting: the training error still falls while the validation error rises. The model begins"
            " to memorise its training pictures; fewer steps or more pictures help."
        )
    if now < before - threshold:
        return "Still improving: the validation error falls, so more steps are likely to help."
    gap = now / max(training[-third:].mean(), 1e-9)
    if gap > 2.5:
        return (
            "Flat: more steps change little. The validation error stays well above the training error; more"
            " pictures would help more than more steps."
        )
    return "Flat: the curves have settled, more steps change little."
