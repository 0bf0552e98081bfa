"""Training curves: the events of a run as a table, smoothed. `verdict` beside it says what they mean."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from poetcore.training.train import StepReport

__all__ = ["SMOOTHING", "curves", "overlaid", "reports"]

#: Share of the old value in the exponential moving average, as in TensorBoard's slider at its default.
SMOOTHING = 0.6


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


def overlaid(tables: Mapping[str, pd.DataFrame], points: int = 300) -> pd.DataFrame:
    """Return the smoothed curves of several runs as one table, thinned to what a chart can show.

    Args:
        tables: made by `curves`, by what the runs are called.
        points: of a line at the most; the last report always is one.

    Returns:
        One row per run, split and step: run, step, split, accuracy, cross_entropy.
    """
    found = []
    for run, table in tables.items():
        for split, rows in table.groupby("split", sort=False):
            thinned = rows.iloc[:: -max(1, -(-len(rows) // points))][::-1]
            found.append(
                pd.DataFrame(
                    {
                        "run": run,
                        "step": thinned["step"],
                        "split": split,
                        "accuracy": thinned["accuracy_smooth"],
                        "cross_entropy": thinned["cross_entropy_smooth"],
                    }
                )
            )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


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
