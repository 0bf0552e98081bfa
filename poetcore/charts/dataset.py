"""Charts of a dataset: pictures per label, their sizes, the map."""

import altair as alt
import pandas as pd

__all__ = ["REGION", "counts_chart", "map_chart", "sizes_chart"]

#: Name of the selection on the map: a rectangle.
REGION = "region"

#: More points than this make a scatter slow and no clearer.
_MANY = 2_000


def counts_chart(counts: pd.DataFrame) -> alt.Chart:
    """Draw pictures per label as bars, one colour per part of the split.

    Args:
        counts: columns label, part, pictures.
    """
    order = ["training", "validation", "testing"]
    chart: alt.Chart = (
        alt.Chart(counts)
        .mark_bar()
        .encode(
            y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
            x=alt.X("sum(pictures):Q", title="pictures", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color("part:N", title=None, sort=order, legend=alt.Legend(orient="top")),
            order=alt.Order("rank:Q"),
            tooltip=["label", alt.Tooltip("part", title="split"), "pictures"],
        )
        .transform_calculate(rank=f"indexof({order}, datum.part)")
        .properties(height=90 + 32 * counts["label"].nunique())
    )
    return chart


def sizes_chart(pictures: pd.DataFrame) -> alt.Chart:
    """Draw width against height of pictures, in pixels; at most 2,000 of them, drawn at random.

    Args:
        pictures: columns name, label, width, height.
    """
    shown = pictures.sample(_MANY, random_state=0) if len(pictures) > _MANY else pictures
    scale, axis = alt.Scale(zero=True, nice=True), alt.Axis(format="~s")
    chart: alt.Chart = (
        alt.Chart(shown[["name", "label", "width", "height"]])
        .mark_point(filled=True, opacity=0.55, size=36)
        .encode(
            x=alt.X("width:Q", title="width (pixels)", scale=scale, axis=axis),
            y=alt.Y("height:Q", title="height (pixels)", scale=scale, axis=axis),
            color=alt.Color(
                "label:N", title=None, legend=alt.Legend(orient="top", columns=3, symbolOpacity=1)
            ),
            tooltip=["name", "label", "width", "height"],
        )
        .properties(height=340)
    )
    return chart


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
    chart: alt.Chart = (
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
    return chart
