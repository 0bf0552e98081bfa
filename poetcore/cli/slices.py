"""What `evaluate --slices` tells: where the model fails more than elsewhere."""

from typing import Any

import pandas as pd
from rich.table import Table

from poetcore.analysis.slices import SlicedPictures
from poetcore.cli.terminal import table
from poetcore.evaluation.evaluation import Evaluation
from poetcore.system.figures import count, interval, p_figure, percent
from poetcore.system.progress import OnProgress
from poetcore.workspace.workspace import Workspace

__all__ = ["slice_figures"]

#: More slices than this are not listed on a terminal: those with the lowest accuracy are.
_MANY = 40


def slice_figures(
    evaluation: Evaluation, workspace: Workspace, on_progress: OnProgress | None
) -> tuple[dict[str, Any], list[str | Table]]:
    """Return where a model fails: for JSON, and for a terminal.

    Args:
        evaluation: of a model on a demo folder.
        workspace: where measures are kept.
        on_progress: called where pictures have to be measured.

    Returns:
        `slices`, with an entry each, and `slices_sentence`; and lines to print.
    """
    found = SlicedPictures.of(evaluation, workspace, on_progress).slices()
    rows = found.table()
    listed = rows.astype(object).where(rows.notna(), None).to_dict("records")
    for one in listed:
        one["interval"] = [one.pop("low"), one.pop("high")]
    values = {"slices": listed, "slices_sentence": found.sentence}
    return values, [found.sentence, *_drawn(rows)]


def _drawn(rows: pd.DataFrame) -> list[str | Table]:
    if rows.empty:
        return []
    shown = rows if len(rows) <= _MANY else rows.nsmallest(_MANY, "accuracy")
    title = (
        "Slices" if len(shown) == len(rows) else f"The {_MANY} slices of the lowest accuracy of {len(rows)}"
    )
    cells = [
        [
            f"{one['attribute']}: {one['slice']}{' (fails more)' if one['fails_more'] else ''}",
            count(one["pictures"]),
            count(one["wrong"]),
            percent(one["accuracy"]),
            interval(one["low"], one["high"]),
            p_figure(None if pd.isna(one["p_value"]) else one["p_value"]),
        ]
        for one in shown.to_dict("records")
    ]
    return [table(title, ["slice", "pictures", "wrong", "accuracy", "95 % interval", "p"], cells)]
