"""The chart to choose a backbone by: accuracy against computation, circle area by size."""

import math
from typing import Literal, cast

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, ORANGE

__all__ = ["CHOICE", "backbone_chart", "family"]

#: The selection in the chart: the circle that was clicked, by its `name`.
CHOICE = "backbone"

#: What a family is called, by the beginning of its backbones' names, and its colour for white and black.
_FAMILIES = {
    "efficientnet_lite": ("EfficientNet-Lite", BLUE),
    "mobilenet": ("MobileNet", ORANGE),
    "efficientnetv2": ("EfficientNet V2", "#14b8a6"),
    "efficientnet": ("EfficientNet", "#0891b2"),
    "convnext": ("ConvNeXt", "#db2777"),
    "inception": ("Inception", "#8b5cf6"),
    "xception": ("Inception", "#8b5cf6"),
    "resnet": ("ResNet", "#65a30d"),
    "densenet": ("DenseNet", "#a16207"),
    "nasnet": ("NASNet", "#dc2626"),
    "vgg": ("VGG", "#64748b"),
}

#: The ring and the name of the chosen one, in the colour of the words around: an open page follows when its
#: theme changes, and a file is light. The names of all others, which only a file has.
_INK, _FAINT_INK = "currentcolor", "#596273"

#: From here on, in million multiply-adds, a long name has room to the left of its circle, else to the right.
_MIDDLE = 1000

#: On which side of its circle the long name stands, by the comparison with `_MIDDLE`.
_SIDES: tuple[tuple[str, Literal["left", "right"], int], ...] = (("<", "left", 1), (">=", "right", -1))

#: Square pixels of the largest circle; an area is in proportion to the megabytes.
_LARGEST = 1500


def backbone_chart(table: pd.DataFrame, chosen: str = "", *, named: bool = False) -> alt.LayerChart:
    """Draw the accuracy of backbones against their work for a picture, as the codelab does for MobileNets.

    The larger a network, the larger its circle, whose area is in proportion to the root of its megabytes, so
    that the smallest can be hit beside the largest; the chosen one has a ring and its whole name. A click on
    a circle is the selection `CHOICE`.

    Args:
        table: columns name, multiply_adds (millions a picture), imagenet_top1 (%), megabytes, input_size
            (pixels a side) and offline (whether it works without a connection).
        chosen: name of the backbone that is marked, or ""; of a combination each of its parts is.
        named: whether every circle has a name beside it, which takes a wide chart; those of MobileNet are
            width and pixels a side.
    """
    drawn = table.assign(
        family=[family(name) for name in table["name"]],
        short=[_short(name) for name in table["name"]],
        chosen=table["name"].isin(chosen.split("+")),
        where=["yes" if offline else "no" for offline in table["offline"]],
    )
    colours = dict(_FAMILIES.values())
    click = alt.selection_point(name=CHOICE, fields=["name"], on="click", toggle=False, empty=False)
    base = alt.Chart(drawn).encode(
        x=alt.X(
            "multiply_adds:Q",
            title="million multiply-adds a picture",
            scale=alt.Scale(type="log", domain=[10, 100_000]),
            axis=alt.Axis(format=",", values=[10, 100, 1000, 10_000, 100_000]),
        ),
        y=alt.Y(
            "imagenet_top1:Q",
            title="ImageNet top-1 accuracy",
            scale=alt.Scale(zero=False, domain=[38, 90], nice=False),
            axis=alt.Axis(labelExpr="datum.label + ' %'"),
        ),
    )
    size = alt.Size(
        "megabytes:Q",
        scale=alt.Scale(type="sqrt", domain=[0, float(drawn["megabytes"].max())], range=[0, _LARGEST]),
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
                scale=alt.Scale(domain=list(colours), range=list(colours.values())),
                legend=alt.Legend(orient="top", columns=5 if named else 2, symbolOpacity=0.8),
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
    marked = base.transform_filter("datum.chosen")
    ring = marked.mark_point(filled=False, opacity=1, stroke=_INK, strokeWidth=2.5, tooltip=None).encode(
        size=size
    )
    chart = circles + ring
    # Beside the circle, however large it is.
    megabytes = drawn["megabytes"].where(drawn["chosen"], 0).max() / drawn["megabytes"].max()
    beside = max(16.0, 4 + math.sqrt(_LARGEST * math.sqrt(float(megabytes)) / math.pi))
    for where, align, side in _SIDES:
        chart += (
            marked.transform_filter(f"datum.multiply_adds {where} {_MIDDLE}")
            .mark_text(
                align=align, dx=beside * side, dy=14 * side, fontSize=13, fontWeight="bold", color=_INK
            )
            .encode(text="name:N")
        )
    if named:
        chart += _names(base)
    drawn_chart: alt.LayerChart = chart.properties(height=420)
    return drawn_chart


def _names(base: alt.Chart) -> alt.LayerChart:
    """Return the short names of the circles that are not marked, where they are not in each other's way."""
    beside = {"upper": ("right", -9, -10), "lower": ("left", 10, 8), "under": ("left", 6, 16)}
    place = (
        "slice(datum.family, 0, 12) == 'EfficientNet' && datum.short != 'lite2' ||"
        " slice(datum.short, 0, 4) == '0.75' ? 'upper' : datum.megabytes > 40 ? 'under' : 'lower'"
    )
    others = base.transform_filter("!datum.chosen").transform_calculate(beside=place)
    names = [
        others.transform_filter(f"datum.beside == '{where}'")
        .mark_text(align=cast(Literal["left", "right"], align), dx=dx, dy=dy, fontSize=10, color=_FAINT_INK)
        .encode(text="short:N")
        for where, (align, dx, dy) in beside.items()
    ]
    layered: alt.LayerChart = alt.layer(*names)  # type: ignore[assignment]  # none of them is a facet
    return layered


def _short(name: str) -> str:
    """Return a backbone's name as it fits beside its circle; the family is told by the colour.

    >>> _short("mobilenet_0.50_128"), _short("efficientnet_lite0"), _short("ResNet50V2"), _short("Xception")
    ('0.50 128', 'lite0', '50V2', 'Xception')
    """
    if name.startswith("efficientnet_"):
        return name.removeprefix("efficientnet_")
    return name[len(_beginning(name)) :].replace("_", " ").strip() or name


def family(name: str) -> str:
    """Return what the family of a backbone is called.

    >>> family("EfficientNetV2B0"), family("MobileNetV3Small")
    ('EfficientNet V2', 'MobileNet')
    """
    return _FAMILIES[_beginning(name)][0]


def _beginning(name: str) -> str:
    return next(beginning for beginning in _FAMILIES if name.lower().startswith(beginning))
