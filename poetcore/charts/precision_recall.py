"""Charts of one label against the rest: precision and recall against the threshold, and each other."""

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, GREY, LINES, ORANGE, percent

__all__ = ["precision_against_recall_chart", "threshold_curves_chart"]

#: Points of a line at the most; more are not seen.
_MOST = 400

_SHARE = alt.Scale(domain=[0, 1], nice=False)


def threshold_curves_chart(curve: pd.DataFrame, threshold: float | None) -> alt.LayerChart:
    """Draw precision and recall of a label against its threshold.

    Args:
        curve: columns threshold, precision, recall (0 to 1); see `precision_recall`.
        threshold: drawn as a dashed line; None for none.
    """
    long = _thinned(curve).melt("threshold", ["precision", "recall"], "quantity", "value")
    axis = alt.Axis(labelExpr=percent())
    base = alt.Chart(long).encode(
        x=alt.X("threshold:Q", title="threshold", axis=axis, scale=_SHARE),
        y=alt.Y("value:Q", title=None, axis=axis, scale=_SHARE),
        color=alt.Color(
            "quantity:N",
            title=None,
            legend=LINES,
            scale=alt.Scale(domain=["precision", "recall"], range=[BLUE, ORANGE]),
        ),
        strokeDash=alt.StrokeDash("quantity:N", title=None, legend=LINES),
    )
    lines = base.mark_line(interpolate="step-after", strokeWidth=2.5)
    points = (
        base.transform_calculate(at=percent("threshold", 1), share=percent("value", 1))
        .mark_point(opacity=0, size=90)
        .encode(tooltip=[alt.Tooltip("at:N", title="threshold"), "quantity:N", "share:N"])
    )
    rule = alt.Chart(pd.DataFrame({"threshold": [] if threshold is None else [threshold]}, dtype=float))
    marked = rule.mark_rule(color=GREY, strokeDash=[5, 4], strokeWidth=1.5).encode(x="threshold:Q")
    chart: alt.LayerChart = (lines + points + marked).properties(height=260)
    return chart


def precision_against_recall_chart(curve: pd.DataFrame, point: tuple[float, float] | None) -> alt.LayerChart:
    """Draw the precision-recall curve of a label.

    Args:
        curve: as in `threshold_curves_chart`.
        point: recall and precision at the chosen threshold; None for none.
    """
    axis = alt.Axis(labelExpr=percent())
    base = (
        alt.Chart(_thinned(curve))
        .transform_calculate(
            at=percent("threshold", 1), share=percent("precision", 1), found=percent("recall", 1)
        )
        .encode(
            x=alt.X("recall:Q", title="recall", axis=axis, scale=_SHARE),
            y=alt.Y("precision:Q", title="precision", axis=axis, scale=_SHARE),
            order=alt.Order("threshold:Q", sort="descending"),
        )
    )
    line = base.mark_line(interpolate="step-after", strokeWidth=2.5, color=BLUE)
    points = base.mark_point(opacity=0, size=90).encode(
        tooltip=[
            alt.Tooltip("found:N", title="recall"),
            alt.Tooltip("share:N", title="precision"),
            alt.Tooltip("at:N", title="threshold"),
        ]
    )
    here = alt.Chart(pd.DataFrame([point] if point else [], columns=["recall", "precision"], dtype=float))
    marked = here.mark_point(filled=True, size=140, color=ORANGE, opacity=1).encode(
        x="recall:Q", y="precision:Q"
    )
    chart: alt.LayerChart = (line + points + marked).properties(height=260)
    return chart


def _thinned(curve: pd.DataFrame) -> pd.DataFrame:
    """Return the curve with no more points than can be seen, its ends among them."""
    every = -(-len(curve) // _MOST)
    kept = curve.iloc[::every]
    return kept if kept.index[-1] == curve.index[-1] else pd.concat([kept, curve.iloc[[-1]]])
