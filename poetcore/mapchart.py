"""The map of pictures as an Altair chart."""

import altair as alt
import pandas as pd

__all__ = ["REGION", "map_chart"]

#: Name of the selection on the map: a rectangle.
REGION = "region"


def map_chart(points: pd.DataFrame) -> alt.Chart:
    """Draw one point a picture; pointing at one shows it, dragging marks the region `REGION`.

    Every point is sent to the browser, so they carry no more than is drawn.

    Args:
        points: columns x, y, label, sha.
    """
    # No condition on the region: restyling thousands of points at each move of the mouse would stutter.
    region = alt.selection_interval(name=REGION, encodings=["x", "y"], clear="dblclick")
    axis = alt.Axis(labels=False, ticks=False, domain=False, title=None, grid=False)
    scale = alt.Scale(zero=False, nice=False, padding=14)
    crowd = len(points) > 2_000
    return (
        alt.Chart(points[["x", "y", "label", "sha"]])
        .mark_circle(size=18 if crowd else 42, opacity=0.55 if crowd else 0.75)
        # The browser makes the addresses, so they need not be sent; a field named image is shown as one.
        .transform_calculate(image="'/poet/picture/' + datum.sha + '?pixels=240'")
        .encode(
            x=alt.X("x:Q", axis=axis, scale=scale),
            y=alt.Y("y:Q", axis=axis, scale=scale),
            color=alt.Color(
                "label:N", title=None, legend=alt.Legend(orient="top", columns=6, symbolOpacity=1)
            ),
            tooltip=["image:N", "label:N"],
        )
        .add_params(region)
        # Streamlit draws as SVG, where every point would be an element of the page.
        .properties(height=560, usermeta={"embedOptions": {"renderer": "canvas"}})
    )
