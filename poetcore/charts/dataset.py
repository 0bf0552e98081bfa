"""Charts of a dataset: pictures per label, their sizes, the map."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, FEW_LABELS, ORANGE

__all__ = ["REGION", "counts_chart", "map_chart", "sizes_chart"]

#: Name of the selection on the map: a rectangle.
REGION = "region"

#: More points than this make a scatter slow and no clearer.
_MANY = 2_000

#: What the legend of a map calls the points of one label and all others.
_THIS, _OTHERS = "this label", "others"


def counts_chart(counts: pd.DataFrame) -> alt.Chart:
    """Draw pictures per label as bars, one colour per part of the split.

    Args:
        counts: columns label, part, pictures; labels are drawn in the order in which they come.
    """
    order = ["training", "validation", "testing"]
    many = counts["label"].nunique() > FEW_LABELS  # the chart scrolls then, so its scale stands on top
    chart: alt.Chart = (
        alt.Chart(counts)
        .mark_bar()
        .encode(
            y=alt.Y("label:N", title=None, sort=None, axis=alt.Axis(labelLimit=120, labelOverlap=False)),
            x=alt.X(
                "sum(pictures):Q",
                title="pictures",
                axis=alt.Axis(tickMinStep=1, format="d", orient="top" if many else "bottom"),
            ),
            color=alt.Color("part:N", title=None, sort=order, legend=alt.Legend(orient="top")),
            order=alt.Order("rank:Q"),
            tooltip=["label", alt.Tooltip("part", title="split"), "pictures"],
        )
        .transform_calculate(rank=f"indexof({order}, datum.part)")
        .properties(height=90 + (18 if many else 32) * counts["label"].nunique())
    )
    return chart


def sizes_chart(pictures: pd.DataFrame, labels: Sequence[str] = ()) -> alt.Chart:
    """Draw width against height of pictures, in pixels; at most 2,000 of them, drawn at random.

    Args:
        pictures: columns name, label, width, height.
        labels: in the order of the legend.
    """
    shown = pictures.sample(_MANY, random_state=0) if len(pictures) > _MANY else pictures
    scale, axis = alt.Scale(zero=True, nice=True), alt.Axis(format="~s")
    chart: alt.Chart = (
        alt.Chart(shown[["name", "label", "width", "height"]])
        .mark_point(filled=True, opacity=0.55, size=36)
        .encode(
            x=alt.X("width:Q", title="width (pixels)", scale=scale, axis=axis),
            y=alt.Y("height:Q", title="height (pixels)", scale=scale, axis=axis),
            color=_colours(labels or sorted(pictures["label"].unique()), columns=3),
            tooltip=["name", "label", "width", "height"],
        )
        # As SVG, which Streamlit draws, every point would be an element of the page.
        .properties(height=340, usermeta={"embedOptions": {"renderer": "canvas"}})
    )
    return chart


def map_chart(points: pd.DataFrame, labels: Sequence[str] = (), coloured: str | None = None) -> alt.Chart:
    """Draw one point a picture; pointing at one shows it, dragging marks the region `REGION`.

    Every point is sent to the browser, so they carry no more than is drawn.

    Args:
        points: columns x, y, label, sha.
        labels: in the order of the legend.
        coloured: the label that has a colour of its own, where there are too many for each to have one.
    """
    # No condition on the region: restyling thousands of points at each move of the mouse would stutter.
    region = alt.selection_interval(name=REGION, encodings=["x", "y"], clear="dblclick")
    axis = alt.Axis(labels=False, ticks=False, domain=False, title=None, grid=False)
    scale = alt.Scale(zero=False, nice=False, padding=14)
    crowd = len(points) > 2_000
    chart: alt.Chart = (
        alt.Chart(points[["x", "y", "label", "sha"]].assign(**_marks(points["label"], coloured)))
        .mark_circle(size=18 if crowd else 42, opacity=0.55 if crowd else 0.75)
        # The browser makes the addresses, so they need not be sent; a field named image is shown as one.
        .transform_calculate(image="'/poet/picture/' + datum.sha + '?pixels=240'")
        .encode(
            x=alt.X("x:Q", axis=axis, scale=scale),
            y=alt.Y("y:Q", axis=axis, scale=scale),
            color=_two_colours()
            if coloured
            else _colours(labels or sorted(points["label"].unique()), columns=6),
            tooltip=["image:N", "label:N"],
        )
        .add_params(region)
        # Streamlit draws as SVG, where every point would be an element of the page.
        .properties(height=460, usermeta={"embedOptions": {"renderer": "canvas"}})
    )
    return chart


def _colours(labels: Sequence[str], columns: int) -> alt.Color | alt.ColorValue:
    """Return the colours of labels with a legend; of many they would repeat, and it would fill the page."""
    if len(labels) > FEW_LABELS:
        return alt.ColorValue(BLUE)
    legend = alt.Legend(orient="top", columns=columns, symbolOpacity=1, labelLimit=140)
    return alt.Color("label:N", title=None, scale=alt.Scale(domain=list(labels)), legend=legend)


def _marks(labels: "pd.Series[str]", coloured: str | None) -> dict[str, "pd.Series[str]"]:
    return {"which": (labels == coloured).map({True: _THIS, False: _OTHERS})} if coloured else {}


def _two_colours() -> alt.Color:
    """Return the colours of one label and of all others; its name stands above the chart."""
    scale = alt.Scale(domain=[_THIS, _OTHERS], range=[ORANGE, BLUE])
    return alt.Color("which:N", title=None, scale=scale, legend=alt.Legend(orient="top", symbolOpacity=1))
