"""Charts of slices: how good a model is on each, beside all pictures."""

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, GREY, ORANGE, percent

__all__ = ["PICKED", "slices_chart"]

#: Name of the selection that holds the slice which was clicked.
PICKED = "picked"

#: Pixels of a slice's row.
_ROW = 34


def slices_chart(table: pd.DataFrame, overall: float) -> alt.LayerChart:
    """Draw the accuracy of each slice of an attribute with its 95 % interval; a click on a dot selects one.

    Args:
        table: columns slice, pictures, wrong, accuracy, low, high (shares, 0 to 1) and fails_more, in the
            order of the rows; see `poetcore.analysis.slices.Slices.table`.
        overall: the accuracy on all pictures, drawn as a dashed line.
    """
    picked = alt.selection_point(name=PICKED, fields=["slice"], on="click", toggle=False, empty=False)
    scale = alt.Scale(domain=[0, 1], nice=False)
    base = (
        alt.Chart(table)
        .transform_calculate(
            right=percent("accuracy", 1), range=f"{percent('low')} + ' to ' + {percent('high')}"
        )
        .encode(
            y=alt.Y("slice:N", title=None, sort=None, axis=alt.Axis(labelLimit=220)),
            color=alt.when("datum.fails_more").then(alt.value(ORANGE)).otherwise(alt.value(BLUE)),
            tooltip=[
                alt.Tooltip("slice:N"),
                alt.Tooltip("right:N", title="accuracy"),
                alt.Tooltip("range:N", title="95 % interval"),
                alt.Tooltip("pictures:Q", format=","),
                alt.Tooltip("wrong:Q", format=","),
            ],
        )
    )
    axis = alt.Axis(labelExpr=percent(), tickCount=6)
    ranges = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", title="accuracy", scale=scale, axis=axis), x2="high:Q"
    )
    dots = (
        base.mark_point(filled=True, size=120, opacity=1, cursor="pointer")
        .encode(x=alt.X("accuracy:Q", scale=scale))
        .add_params(picked)
    )
    all_of_them = alt.Chart(pd.DataFrame({"x": [overall]})).mark_rule(color=GREY, strokeDash=[5, 4])
    line = all_of_them.encode(x=alt.X("x:Q", scale=scale))
    chart: alt.LayerChart = (line + ranges + dots).properties(height=_ROW * len(table) + 50)
    return chart
