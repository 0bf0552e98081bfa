"""Charts of an evaluation: coverage, reliability."""

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, FAINT_INK, GREY, LINES, percent

__all__ = ["coverage_chart", "reliability_chart"]

#: A bin of confidence with fewer pictures than this says little.
_FEW = 10


def coverage_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Draw accuracy and coverage against the confidence threshold from which on a model answers.

    Args:
        table: columns threshold, coverage, accuracy; made by `poetcore.evaluation.metrics.threshold_table`.
    """
    long = table.melt("threshold", ["accuracy", "coverage"], "quantity", "value").dropna()
    long["quantity"] = long["quantity"].replace("accuracy", "accuracy of the answers")
    axis = alt.Axis(labelExpr=percent())
    base = alt.Chart(long).encode(
        x=alt.X("threshold:Q", title="confidence threshold", axis=axis),
        y=alt.Y("value:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("quantity:N", title=None, legend=LINES),
        # In both layers: a legend of one layer only would be drawn a second time in an SVG.
        strokeDash=alt.StrokeDash("quantity:N", title=None, legend=LINES),
    )
    lines = base.mark_line(interpolate="step-after", strokeWidth=2.5)
    points = (
        base.transform_calculate(at=percent("threshold"), share=percent("value", 1))
        .mark_point(opacity=0, size=90)
        .encode(tooltip=[alt.Tooltip("at:N", title="confidence threshold"), "quantity:N", "share:N"])
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
    axis = alt.Axis(labelExpr=percent(), values=[0, 0.2, 0.4, 0.6, 0.8, 1], grid=False)
    room = alt.Scale(domain=[0, 1.1], nice=False)  # above the bars stand the numbers of pictures
    diagonal = (
        alt.Chart(pd.DataFrame({"confidence": [0.0, 1.0], "accuracy": [0.0, 1.0]}))
        .mark_line(strokeDash=[5, 4], color=GREY, strokeWidth=1.5)
        .encode(x="confidence:Q", y="accuracy:Q")
    )
    base = alt.Chart(table)
    bars = (
        base.transform_filter("datum.n > 0")
        .transform_calculate(
            of=f"{percent('low')} + ' to ' + {percent('high')}",
            mean=percent("confidence", 1),
            right=percent("accuracy", 1),
        )
        .mark_bar(color=BLUE, binSpacing=0, cornerRadiusEnd=2, stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("low:Q", title="confidence", axis=axis, scale=alt.Scale(domain=[0, 1], nice=False)),
            x2="high:Q",
            y=alt.Y("accuracy:Q", title="accuracy", axis=axis, scale=room),
            y2=alt.datum(0),
            opacity=alt.condition(f"datum.n < {_FEW}", alt.value(0.35), alt.value(0.85)),
            tooltip=[
                alt.Tooltip("of:N", title="confidence"),
                alt.Tooltip("n:Q", title="pictures", format=","),
                alt.Tooltip("mean:N", title="mean confidence"),
                alt.Tooltip("right:N", title="accuracy"),
            ],
        )
    )
    text = base.mark_text(fontSize=12, color=FAINT_INK)
    numbers = text.encode(x="middle:Q", y=alt.datum(1.05), text="n:Q")
    chart: alt.LayerChart = (bars + diagonal + numbers).properties(height=300)
    return chart
