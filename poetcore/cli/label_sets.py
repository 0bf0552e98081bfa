"""What a terminal shows of an evaluation where a picture may have several labels."""

from dataclasses import asdict
from typing import Any

from rich.table import Table

from poetcore.cli.terminal import fits, table
from poetcore.evaluation.metrics import Metrics
from poetcore.system.figures import count, percent, score

__all__ = ["label_set_figures", "label_set_tables"]


def label_set_figures(metrics: Metrics) -> dict[str, Any]:
    """Return the figures as JSON has them: what is no accuracy of one label is none there."""
    found = metrics.multi_label or {}
    unknown = dict.fromkeys(("accuracy", "interval", "accuracy_without_leaked", "interval_without_leaked"))
    return asdict(metrics) | unknown | {"subset_accuracy": found["subset_accuracy"]}


def label_set_tables(metrics: Metrics) -> list[str | Table]:
    """Return the metrics of each label with its threshold, and how often labels are in one picture."""
    rows = [
        [
            label,
            *(percent(one[name]) for name in ("precision", "recall")),
            score(one["f1"]),
            count(one["support"]),
            count(one["predicted"]),
            score(one["threshold"]),
        ]
        for label, one in metrics.per_label.items()
    ]
    heading = ["label", "precision", "recall", "F1", "support", "predicted", "threshold"]
    shown: list[str | Table] = [table("Per-label metrics", heading, rows)]
    together = (metrics.multi_label or {})["cooccurrence"]
    heading = ["", *metrics.labels]
    rows = [[label, *map(str, row)] for label, row in zip(metrics.labels, together, strict=True)]
    if fits(heading, rows):
        shown.append(table("Co-occurrence: pictures that have both labels", heading, rows))
    return shown
