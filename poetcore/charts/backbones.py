"""The chart to choose a backbone by: accuracy against computation, circle area by size."""

import math
from typing import Literal, cast

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, ORANGE, faint_ink

__all__ = ["CHOICE", "backbone_chart"]

#: The selection in the chart: the circle that was clicked, by its `name`.
CHOICE = "backbone"

#: What a family is called, by the beginning of its backbones' names, and its colour for white and black.
_FAMILIES = {
    "efficientnet": ("EfficientNet-Lite", BLUE),
    "mobilenet": ("MobileNet", ORANGE),
    "inception": ("Inception", "#8b5cf6"),
}

#: From here on, in million multiply-adds, a long name has room to the left of its circle, else to the right.
_MIDDLE = 200

#: On which side of its circle the long name stands, by the comparison with `_MIDDLE`.
_SIDES: tuple[tuple[str, Literal["left", "right"], int], ...] = (("<", "left", 1), (">=", "right", -1))

#: Square pixels of the largest circle; an area is in proportion to the megabytes.
_LARGEST = 2400


def backbone_chart(
    table: pd.DataFrame, chosen: str = "", *, named: bool = False, dark: bool = False
) -> alt.LayerChart:
    """Draw the accuracy of backbones against their work for a picture, as the codelab does for MobileNets.

    The area of a circle is in proportion to the size of the network; the chosen one has a ring and its whole
    name. A click on a circle is the selection `CHOICE`.

    Args:
        table: columns name, multiply_adds (millions a picture), imagenet_top1 (%), megabytes, input_size
            (pixels a side) and offline (whether it works without a connection).
        chosen: name of the backbone that is marked, or "".
        named: whether every circle has a name beside it, which takes a wide chart; those of MobileNet are
            width and pixels a side.
        dark: whether it stands on a dark page.
    """
    drawn = table.assign(
        family=[_FAMILIES[name.split("_")[0]][0] for name in table["name"]],
        short=[_short(name) for name in table["name"]],
        chosen=table["name"] == chosen,
        where=["yes" if offline else "no" for offline in table["offline"]],
    )
    names, colours = zip(*_FAMILIES.values(), strict=True)
    click = alt.selection_point(name=CHOICE, fields=["name"], on="click", toggle=False, empty=False)
    base = alt.Chart(drawn).encode(
        x=alt.X(
            "multiply_adds:Q",
            title="million multiply-adds a picture",
            scale=alt.Scale(type="log", domain=[10, 10_000]),
            axis=alt.Axis(format=",", values=[10, 30, 100, 300, 1000, 3000, 10_000]),
        ),
        y=alt.Y(
            "imagenet_top1:Q",
            title="ImageNet top-1 accuracy",
            scale=alt.Scale(zero=False, domain=[38, 82], nice=False),
            axis=alt.Axis(labelExpr="datum.label + ' %'"),
        ),
    )
    size = alt.Size(
        "megabytes:Q",
        scale=alt.Scale(domain=[0, float(drawn["megabytes"].max())], range=[0, _LARGEST]),
        legend=None,
    )
    # Large ones first, so that a small one is never under a large one.
    circles = (
        base.transform_window(sort=[alt.SortField("megabytes", "descending")], place="row_number()")
        .mark_circle(opacity=0.55, cursor="pointer")
        .encode(
            size=size,
            color=alt.Color(
                "family:N",
                title=None,
                scale=alt.Scale(domain=list(names), range=list(colours)),
                legend=alt.Legend(orient="top", columns=2, symbolOpacity=0.8),
            ),
            order="place:O",
            tooltip=[
                alt.Tooltip("name:N", title="backbone"),
                alt.Tooltip("imagenet_top1:Q", title="ImageNet top-1, %", format=".1f"),
                alt.Tooltip("multiply_adds:Q", title="million multiply-adds", format=",.0f"),
                alt.Tooltip("megabytes:Q", title="MB", format=".1f"),
                alt.Tooltip("input_size:Q", title="pixels a side"),
                alt.Tooltip("where:N", title="works offline now"),
            ],
        )
        .add_params(click)
    )
    marked, ink = base.transform_filter("datum.chosen"), "#ffffff" if dark else "#0f172a"
    ring = marked.mark_point(filled=False, opacity=1, stroke=ink, strokeWidth=2.5, tooltip=None).encode(
        size=size
    )
    chart = circles + ring
    # Beside the circle, however large it is.
    megabytes = drawn.loc[drawn["chosen"], "megabytes"].sum() / drawn["megabytes"].max()
    beside = max(16.0, 4 + math.sqrt(_LARGEST * float(megabytes) / math.pi))
    for where, align, side in _SIDES:
        chart += (
            marked.transform_filter(f"datum.multiply_adds {where} {_MIDDLE}")
            .mark_text(align=align, dx=beside * side, dy=14 * side, fontSize=13, fontWeight="bold", color=ink)
            .encode(text="name:N")
        )
    if named:
        chart += _names(base, dark)
    drawn_chart: alt.LayerChart = chart.properties(height=360)
    return drawn_chart


def _names(base: alt.Chart, dark: bool) -> alt.LayerChart:
    """Return the short names of the circles that are not marked, where they are not in each other's way."""
    beside = {"large": ("right", -38, 0), "upper": ("right", -12, -10), "lower": ("left", 10, 7)}
    place = (
        "datum.family == 'Inception' ? 'large' : datum.family == 'EfficientNet-Lite' ||"
        " slice(datum.short, 0, 4) == '0.75' ? 'upper' : 'lower'"
    )
    others = base.transform_filter("!datum.chosen").transform_calculate(beside=place)
    names = [
        others.transform_filter(f"datum.beside == '{where}'")
        .mark_text(
            align=cast(Literal["left", "right"], align), dx=dx, dy=dy, fontSize=10, color=faint_ink(dark)
        )
        .encode(text="short:N")
        for where, (align, dx, dy) in beside.items()
    ]
    layered: alt.LayerChart = alt.layer(*names)  # type: ignore[assignment]  # none of them is a facet
    return layered


def _short(name: str) -> str:
    """Return a backbone's name as it fits beside its circle; the family is told by the colour.

    >>> _short("mobilenet_0.50_128"), _short("efficientnet_lite0"), _short("inception_v3")
    ('0.50 128', 'lite0', 'v3')
    """
    return name.partition("_")[2].replace("_", " ")
