"""Training curves: the events of a run as a table, smoothed. `verdict` beside it says what they mean."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, get_args

import pandas as pd

from poetcore.training.preview import PreviewReport
from poetcore.training.ridge_layer import Strength
from poetcore.training.train import StepReport

__all__ = ["SMOOTHING", "curves", "history", "overlaid", "path_of", "previews"]

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
    steps = _whole(events, "step", StepReport)
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


def history(events: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return a run's reports as a table: one row a report of a training in steps, or a strength of a ridge's.

    Args:
        events: of `events.jsonl`.

    Returns:
        With the fields of `StepReport`, or of `Strength`, as columns; empty where there is neither.
    """
    everything = list(events)
    for kind, shape in (("step", StepReport), ("strength", Strength)):
        found = pd.DataFrame(_whole(everything, kind, shape), columns=[one.name for one in fields(shape)])
        if not found.empty:
            break
    return found.astype({name: float for name in found if name != "step"})


def path_of(events: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the regularisation path of a ridge regression as a table that can be drawn.

    Args:
        events: of `events.jsonl`; those of other kinds than "strength" are ignored.

    Returns:
        One row per strength and split: strength, split ("training" or "left out"), accuracy, cross_entropy.
    """
    found = _whole(events, "strength", Strength)
    rows = [
        (one["strength"], split, one[f"{prefix}_accuracy"], one[f"{prefix}_cross_entropy"])
        for split, prefix in (("training", "train"), ("left out", "left_out"))
        for one in found
    ]
    return pd.DataFrame(rows, columns=["strength", "split", "accuracy", "cross_entropy"])


def previews(events: Iterable[dict[str, Any]]) -> list[PreviewReport]:
    """Return the previews of a run, oldest first.

    Args:
        events: of `events.jsonl`; those of other kinds than "preview" are ignored.
    """
    names = [one.name for one in fields(PreviewReport)]
    return [
        PreviewReport(*(event[name] for name in names)) for event in _whole(events, "preview", PreviewReport)
    ]


def _whole(events: Iterable[dict[str, Any]], kind: str, shape: type[Any]) -> list[dict[str, Any]]:
    """Return the events of a kind with the fields of a dataclass; damaged ones are passed over.

    A number is one; where the dataclass says so it may be None.
    """
    kinds = {field.name: get_args(field.type) or (field.type,) for field in fields(shape)}
    allowed = {name: (*own, int) if float in own else own for name, own in kinds.items()}
    return [
        event
        for event in events
        if event["kind"] == kind
        and all(isinstance(event.get(name, ""), own) for name, own in allowed.items())
    ]
