"""Charts of an evaluation: coverage, reliability."""

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, GREY, LINES

__all__ = ["coverage_chart", "reliability_chart"]

#: A bin of confidence with fewer pictures than this says little.
_FEW = 10


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
