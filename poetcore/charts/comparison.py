"""Charts of a comparison: by how much the recall of each label differs."""

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, GREY, ORANGE

__all__ = ["recall_differences_chart"]

#: Pixels of a label's row.
_ROW = 34

#: How the axis writes a number of points.
_SIGNED = "datum.value ? format(datum.value, '+d') : '0'"


def recall_differences_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Draw the difference of the recall of each label in percentage points, with its 95 % interval.

    Args:
        table: columns label, support, difference, low, high (shares, -1 to 1), fixed, broken; see
            `Comparison.per_label`.
    """
    points = table.assign(**{name: 100 * table[name] for name in ("difference", "low", "high")})
    reach = max(5.0, float(points[["low", "high"]].abs().to_numpy().max()))
    scale = alt.Scale(domain=[-reach, reach], nice=True)
    colour = (
        alt.when("datum.low > 0").then(alt.value(BLUE)).when("datum.high < 0").then(alt.value(ORANGE))
    ).otherwise(alt.value(GREY))
    base = (
        alt.Chart(points)
        .transform_calculate(
            by="format(datum.difference, '+.1f') + ' points'",
            range="format(datum.low, '+.1f') + ' to ' + format(datum.high, '+.1f') + ' points'",
        )
        .encode(
            y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=130)),
            color=colour,
            tooltip=[
                alt.Tooltip("label:N"),
                alt.Tooltip("by:N", title="difference"),
                alt.Tooltip("range:N", title="95 % interval"),
                alt.Tooltip("support:Q", title="pictures", format=","),
                alt.Tooltip("fixed:Q", format=","),
                alt.Tooltip("broken:Q", format=","),
            ],
        )
    )
    title = "recall of B less A, percentage points"
    ranges = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", title=title, scale=scale, axis=alt.Axis(labelExpr=_SIGNED, tickCount=6)), x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=90, opacity=1).encode(x=alt.X("difference:Q", scale=scale))
    zero = alt.Chart(pd.DataFrame({"x": [0.0]})).mark_rule(color=GREY, strokeDash=[5, 4]).encode(x="x:Q")
    chart: alt.LayerChart = (zero + ranges + dots).properties(height=_ROW * len(table) + 50)
    return chart
