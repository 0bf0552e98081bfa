"""Charts of a dataset: pictures per label, their sizes."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, FEW_LABELS

__all__ = ["counts_chart", "sizes_chart"]

#: More points than this make a scatter slow and no clearer.
_MANY = 2_000


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
        # What a mark is called, and its tooltip in words, the browser would compute of every point at once.
        .mark_point(filled=True, opacity=0.55, size=36, aria=False, tooltip=alt.TooltipContent("data"))
        .encode(
            x=alt.X("width:Q", title="width (pixels)", scale=scale, axis=axis),
            y=alt.Y("height:Q", title="height (pixels)", scale=scale, axis=axis),
            color=_colours(labels or sorted(pictures["label"].unique())),
        )
        # As SVG, which Streamlit draws, every point would be an element of the page.
        .properties(height=340, usermeta={"embedOptions": {"renderer": "canvas"}})
    )
    return chart


def _colours(labels: Sequence[str]) -> alt.Color | alt.ColorValue:
    """Return the colours of labels with a legend; of many they would repeat, and it would fill the page."""
    if len(labels) > FEW_LABELS:
        return alt.ColorValue(BLUE)
    legend = alt.Legend(orient="top", columns=3, symbolOpacity=1, labelLimit=140)
    return alt.Color("label:N", title=None, scale=alt.Scale(domain=list(labels)), legend=legend)
