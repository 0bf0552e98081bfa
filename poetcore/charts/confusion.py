"""The chart of a confusion matrix, for few labels and for many."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, FEW_LABELS, GREY, ORANGE

__all__ = ["CELL", "confusion_chart", "pick_cell"]

#: Name of the selection in the confusion matrix.
CELL = "cell"

#: Pixels of a cell where there are more than `FEW_LABELS`: names and numbers can be read, and the chart is
#: larger than its place, which scrolls.
_STEP = 26

#: Labels with more letters than this altogether do not fit side by side below a matrix.
_LEVEL_LETTERS = 42

#: With more than this many, names stand upright below a matrix.
_SLANTED_LABELS = 8


def confusion_chart(
    matrix: Sequence[Sequence[int]],
    labels: Sequence[str],
    percentages: bool = False,
    supports: Sequence[int] | None = None,
) -> alt.LayerChart:
    """Draw a confusion matrix whose cells can be clicked; the selection is called `CELL`.

    TensorBoard's picture of it is `poetcore.training.matrix_picture`: this chart as a PNG takes 2.4 s and
    180 MB for 5 labels and 9 s and 470 MB for 130, Pillow 0.1 and 0.4 s and 3 MB.

    Args:
        matrix: counts; `C[i][j]` pictures known to be label i that were predicted to be label j.
        labels: of its rows and columns, in the order in which they are drawn.
        percentages: write row percentages instead of counts; they are the shade either way.
        supports: pictures of each label, of which the percentages are; by default the sum of its row, which
            is less where some of the labels are drawn only.
    """
    few = len(labels) <= FEW_LABELS
    cells = _cells(matrix, labels, supports or [sum(row) for row in matrix], empty_too=few)
    shares = cells["share"].map(lambda share: f"{share:.0%}" if share else "")
    cells["text"] = shares if percentages else cells["pictures"].astype(str)
    clicked = alt.selection_point(
        name=CELL, fields=["label", "predicted"], toggle=False, empty=False, clear="dblclick"
    )
    # The order is that of the domain: sorting would be an expression as long as the list of labels.
    scale = alt.Scale(domain=list(labels))
    base = alt.Chart(cells).encode(
        x=alt.X("predicted:N", title="predicted label", scale=scale, axis=_x_axis(labels)),
        y=alt.Y(
            "label:N",
            title="true label",
            scale=scale,
            axis=alt.Axis(labelFlush=False, labelLimit=120 if few else 180, ticks=False, domain=False),
        ),
    )
    chart = alt.LayerChart(layer=[_squares(base, clicked), _words(base, few), _frame(base, clicked)])
    if few:
        chart = chart.properties(height=max(220, 56 * len(labels) + 60))
    else:  # drawn as SVG, each of thousands of cells would be an element of the page
        step, canvas = alt.Step(_STEP), {"embedOptions": {"renderer": "canvas"}}
        chart = chart.properties(width=step, height=step, usermeta=canvas)
    return chart


def _cells(
    matrix: Sequence[Sequence[int]], labels: Sequence[str], supports: Sequence[int], empty_too: bool
) -> pd.DataFrame:
    """Return a row a cell: label, predicted, pictures, share (of its row) and kind."""
    rows = [
        (
            true,
            predicted,
            int(n),
            n / max(support, 1),
            "none" if not n else "right" if true == predicted else "wrong",
        )
        for true, row, support in zip(labels, matrix, supports, strict=True)
        for predicted, n in zip(labels, row, strict=True)
        if n or empty_too
    ]
    return pd.DataFrame(rows, columns=["label", "predicted", "pictures", "share", "kind"])


def _x_axis(labels: Sequence[str]) -> alt.Axis:
    many = len(labels) > FEW_LABELS
    level = sum(map(len, labels)) <= _LEVEL_LETTERS
    return alt.Axis(
        orient="top" if many else "bottom",  # above, where it is seen first
        labelAngle=0 if level else -40 if len(labels) <= _SLANTED_LABELS else -90,
        labelLimit=180 if many else 120,
        labelFlush=False,
        labelOverlap=False,  # a name that gave way to others would be missing
        ticks=False,
        domain=False,
    )


def _squares(base: alt.Chart, clicked: alt.Parameter) -> alt.Chart:
    # Blue for right, orange for wrong; which is which also shows from the place, on or off the diagonal.
    kinds = alt.Scale(domain=["right", "wrong", "none"], range=[BLUE, ORANGE, "#8891a3"])
    shade = alt.Scale(domain=[0, 1], range=[0.07, 0.95])
    chart: alt.Chart = (
        base.mark_rect(cornerRadius=3, cursor="pointer")
        .encode(
            color=alt.Color("kind:N", scale=kinds, legend=None),
            opacity=alt.Opacity("share:Q", scale=shade, legend=None),
            tooltip=[
                alt.Tooltip("label", title="true label"),
                alt.Tooltip("predicted", title="predicted label"),
                "pictures",
                alt.Tooltip("share", title="row percentage", format=".1%"),
            ],
        )
        .add_params(clicked)
    )
    return chart


def _words(base: alt.Chart, few: bool) -> alt.Chart:
    chart: alt.Chart = base.mark_text(fontSize=14 if few else 10, fontWeight=600).encode(
        text="text:N",
        color=alt.when("datum.kind == 'right' && datum.share > 0.55")
        .then(alt.value("white"))
        .when("datum.kind == 'wrong' && datum.share > 0.55")
        .then(alt.value("#1b2330"))
        .otherwise(alt.value(GREY)),
    )
    return chart


def _frame(base: alt.Chart, clicked: alt.Parameter) -> alt.Chart:
    chart: alt.Chart = base.mark_rect(
        fillOpacity=0, stroke="#db2777", strokeWidth=3, cornerRadius=3, tooltip=None
    ).transform_filter(clicked)
    return chart


def pick_cell(selection: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the cell that was clicked in a confusion matrix: (true label, predicted label), or None.

    Args:
        selection: the value of `CELL`.
    """
    if not selection or not {"label", "predicted"} <= set(selection[0]):
        return None
    return str(selection[0]["label"]), str(selection[0]["predicted"])
