"""Charts of an evaluation: the confusion matrix, coverage, reliability."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, GREY, LINES, ORANGE

__all__ = ["CELL", "confusion_chart", "coverage_chart", "pick_cell", "reliability_chart"]

#: Name of the selection in the confusion matrix.
CELL = "cell"

#: Labels with more letters than this altogether do not fit side by side below a matrix.
_LEVEL_LETTERS = 42

#: A bin of confidence with fewer pictures than this says little.
_FEW = 10


def confusion_chart(
    matrix: Sequence[Sequence[int]], labels: Sequence[str], percentages: bool = False
) -> alt.LayerChart:
    """Draw a confusion matrix whose cells can be clicked; the selection is called `CELL`.

    TensorBoard's picture of it is `poetcore.training.matrix_picture`: this chart as a PNG takes 2.4 s and
    180 MB for 5 labels and 9 s and 470 MB for 130, Pillow 0.1 and 0.4 s and 3 MB.

    Args:
        matrix: counts; `C[i][j]` pictures known to be label i that were predicted to be label j.
        labels: of its rows and columns.
        percentages: write row percentages instead of counts; they are the shade either way.
    """
    cells = pd.DataFrame(
        [
            (
                true,
                predicted,
                n,
                n / max(sum(row), 1),
                "none" if not n else "right" if true == predicted else "wrong",
            )
            for true, row in zip(labels, matrix, strict=True)
            for predicted, n in zip(labels, row, strict=True)
        ],
        columns=["label", "predicted", "pictures", "share", "kind"],
    )
    cells["text"] = (
        cells["share"].map(lambda s: f"{s:.0%}" if s else "")
        if percentages
        else cells["pictures"].astype(str)
    )
    clicked = alt.selection_point(
        name=CELL, fields=["label", "predicted"], toggle=False, empty=False, clear="dblclick"
    )
    level = sum(map(len, labels)) <= _LEVEL_LETTERS
    axis = alt.Axis(
        labelFlush=False, labelLimit=120, labelAngle=0 if level else -40, ticks=False, domain=False
    )
    base = alt.Chart(cells).encode(
        x=alt.X("predicted:N", title="predicted label", sort=list(labels), axis=axis),
        y=alt.Y(
            "label:N",
            title="true label",
            sort=list(labels),
            axis=alt.Axis(labelFlush=False, labelLimit=120, ticks=False, domain=False),
        ),
    )
    tooltip = [
        alt.Tooltip("label", title="true label"),
        alt.Tooltip("predicted", title="predicted label"),
        "pictures",
        alt.Tooltip("share", title="row percentage", format=".1%"),
    ]
    # Blue for right, orange for wrong; which is which also shows from the place, on or off the diagonal.
    squares = (
        base.mark_rect(cornerRadius=3, cursor="pointer")
        .encode(
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=["right", "wrong", "none"], range=[BLUE, ORANGE, "#8891a3"]),
                legend=None,
            ),
            opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.07, 0.95]), legend=None),
            tooltip=tooltip,
        )
        .add_params(clicked)
    )
    words = base.mark_text(fontSize=14, fontWeight=600).encode(
        text="text:N",
        color=alt.when("datum.kind == 'right' && datum.share > 0.55")
        .then(alt.value("white"))
        .when("datum.kind == 'wrong' && datum.share > 0.55")
        .then(alt.value("#1b2330"))
        .otherwise(alt.value(GREY)),
    )
    frame = base.mark_rect(
        fillOpacity=0, stroke="#db2777", strokeWidth=3, cornerRadius=3, tooltip=None
    ).transform_filter(clicked)
    chart: alt.LayerChart = (squares + words + frame).properties(height=max(220, 56 * len(labels) + 60))
    return chart


def pick_cell(selection: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the cell that was clicked in a confusion matrix: (true label, predicted label), or None.

    Args:
        selection: the value of `CELL`.
    """
    if not selection or not {"label", "predicted"} <= set(selection[0]):
        return None
    return str(selection[0]["label"]), str(selection[0]["predicted"])


def coverage_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Draw accuracy and coverage against the confidence threshold from which on a model answers.

    Args:
        table: columns threshold, coverage, accuracy; made by `poetcore.evaluation.metrics.threshold_table`.
    """
    long = table.melt("threshold", ["accuracy", "coverage"], "quantity", "value").dropna()
    long["quantity"] = long["quantity"].map(
        {"accuracy": "accuracy of the answers", "coverage": "coverage (answered)"}
    )
    base = alt.Chart(long).encode(
        x=alt.X("threshold:Q", title="confidence threshold", axis=alt.Axis(format="%")),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("quantity:N", title=None, legend=LINES),
        # In both layers: a legend of one layer only would be drawn a second time in an SVG.
        strokeDash=alt.StrokeDash("quantity:N", title=None, legend=LINES),
    )
    lines = base.mark_line(interpolate="step-after", strokeWidth=2.5)
    points = base.mark_point(opacity=0, size=90).encode(
        tooltip=[
            alt.Tooltip("threshold", title="confidence threshold", format=".0%"),
            "quantity",
            alt.Tooltip("value", format=".1%"),
        ]
    )
    chart: alt.LayerChart = (lines + points).properties(height=300)
    return chart


def reliability_chart(bins: pd.DataFrame) -> alt.LayerChart:
    """Draw a reliability diagram: the accuracy of the pictures of each bin of confidence, with their number.

    Where probabilities are calibrated the bars end at the dashed diagonal. A bar of fewer than 10 pictures is
    pale: its height is mostly chance.

    Args:
        bins: columns low, high (limits of the bin), n (pictures), confidence (their mean), accuracy (missing
            where n is 0); made by `poetcore.evaluation.calibration.reliability`.
    """
    table = bins[["low", "high", "n", "confidence", "accuracy"]].copy()
    table["middle"] = (table["low"] + table["high"]) / 2
    percent = alt.Axis(format="%", values=[0, 0.2, 0.4, 0.6, 0.8, 1], grid=False)
    room = alt.Scale(domain=[0, 1.1], nice=False)  # above the bars stand the numbers of pictures
    diagonal = (
        alt.Chart(pd.DataFrame({"confidence": [0.0, 1.0], "accuracy": [0.0, 1.0]}))
        .mark_line(strokeDash=[5, 4], color=GREY, strokeWidth=1.5)
        .encode(x="confidence:Q", y="accuracy:Q")
    )
    base = alt.Chart(table)
    bars = (
        base.transform_filter("datum.n > 0")
        .mark_bar(color=BLUE, binSpacing=0, cornerRadiusEnd=2, stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("low:Q", title="confidence", axis=percent, scale=alt.Scale(domain=[0, 1], nice=False)),
            x2="high:Q",
            y=alt.Y("accuracy:Q", title="accuracy", axis=percent, scale=room),
            y2=alt.datum(0),
            opacity=alt.condition(f"datum.n < {_FEW}", alt.value(0.35), alt.value(0.85)),
            tooltip=[
                alt.Tooltip("low:Q", title="confidence from", format=".0%"),
                alt.Tooltip("high:Q", title="to", format=".0%"),
                alt.Tooltip("n:Q", title="pictures"),
                alt.Tooltip("confidence:Q", title="mean confidence", format=".1%"),
                alt.Tooltip("accuracy:Q", title="accuracy", format=".1%"),
            ],
        )
    )
    numbers = base.mark_text(fontSize=11, color=GREY).encode(x="middle:Q", y=alt.datum(1.05), text="n:Q")
    chart: alt.LayerChart = (bars + diagonal + numbers).properties(height=300)
    return chart
