"""Altair charts of tables and figures: the only place that knows what a chart looks like.

Charts take their colours for labels from the theme; meaning is never in the colour alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

__all__ = [
    "CELL",
    "REGION",
    "confusion_chart",
    "counts_chart",
    "coverage_chart",
    "curve_spec",
    "map_chart",
    "pick_cell",
    "sizes_chart",
]

#: Name of the selection in the confusion matrix.
CELL = "cell"

#: Name of the selection on the map: a rectangle.
REGION = "region"

#: More points than this make a scatter slow and no clearer.
_MANY = 2_000

#: A legend that shows lines as lines.
_LINES = alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3)

#: Labels with more letters than this altogether do not fit side by side below a matrix.
_LEVEL_LETTERS = 42

#: Blue and orange that read on white and on black, and for every kind of colour blindness.
_BLUE, _ORANGE = "#3b82f6", "#f08c00"


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


def curve_spec(quantity: str, steps: int) -> dict[str, Any]:
    """Return the chart of a curve as a Vega-Lite specification without data.

    It is built once and drawn every second with new data, which is far cheaper than building it each time.

    Args:
        quantity: "accuracy" or "cross_entropy".
        steps: how many there will be; the axis has room for all from the start and does not jump.
    """
    percent = quantity == "accuracy"
    colour = alt.Color(
        "split:N",
        title=None,
        scale=alt.Scale(domain=["training", "validation"], range=[_BLUE, _ORANGE]),
        legend=_LINES,
    )
    scale = alt.Scale(zero=False, nice=True, padding=4) if percent else alt.Scale(zero=True)
    title = "accuracy" if percent else "cross entropy"
    axis = alt.Axis(format="%") if percent else alt.Axis(format=".2~f")
    base = alt.Chart(pd.DataFrame({"step": [], "split": []})).encode(
        x=alt.X(
            "step:Q",
            title="step",
            axis=alt.Axis(format="d", tickMinStep=1),
            scale=alt.Scale(domain=[0, steps], nice=False),
        ),
        color=colour,
    )
    raw = base.mark_line(opacity=0.22, strokeWidth=1).encode(
        y=alt.Y(f"{quantity}:Q", title=title, scale=scale, axis=axis)
    )
    smooth = base.mark_line(strokeWidth=2.5).encode(
        y=alt.Y(f"{quantity}_smooth:Q", title=title),
        strokeDash=alt.StrokeDash(
            "split:N",
            scale=alt.Scale(domain=["training", "validation"], range=[[1, 0], [6, 3]]),
            legend=_LINES,
            title=None,
        ),
    )
    form = ".1%" if percent else ".3f"
    points = base.mark_point(opacity=0, size=80).encode(
        y=f"{quantity}:Q",
        tooltip=[
            "step:Q",
            alt.Tooltip("split:N", title="measured on"),
            alt.Tooltip(f"{quantity}:Q", title=title, format=form),
            alt.Tooltip(f"{quantity}_smooth:Q", title="smoothed", format=form),
        ],
    )
    spec: dict[str, Any] = (raw + smooth + points).properties(height=260).to_dict()
    for part in (spec, *spec["layer"]):
        part.pop("data", None)
    spec.pop("datasets", None)
    return spec


def confusion_chart(
    matrix: Sequence[Sequence[int]], labels: Sequence[str], percentages: bool = False
) -> alt.LayerChart:
    """Draw a confusion matrix whose cells can be clicked; the selection is called `CELL`.

    TensorBoard's picture of it is `poetcore.training.matrix_picture`: this chart as a PNG takes 2.4 s and
    180 MB for 5 labels and 9 s and 470 MB for 130, Pillow 0.1 and 0.4 s and 3 MB.

    Args:
        matrix: counts; `C[i][j]` pictures known to be label i that were predicted to be label j.
        labels: of its rows and columns.
        percentages: write row percentages instead of counts; they are the shade either way.
    """
    cells = pd.DataFrame(
        [
            (
                true,
                predicted,
                n,
                n / max(sum(row), 1),
                "none" if not n else "right" if true == predicted else "wrong",
            )
            for true, row in zip(labels, matrix, strict=True)
            for predicted, n in zip(labels, row, strict=True)
        ],
        columns=["label", "predicted", "pictures", "share", "kind"],
    )
    cells["text"] = (
        cells["share"].map(lambda s: f"{s:.0%}" if s else "")
        if percentages
        else cells["pictures"].astype(str)
    )
    clicked = alt.selection_point(
        name=CELL, fields=["label", "predicted"], toggle=False, empty=False, clear="dblclick"
    )
    level = sum(map(len, labels)) <= _LEVEL_LETTERS
    axis = alt.Axis(
        labelFlush=False, labelLimit=120, labelAngle=0 if level else -40, ticks=False, domain=False
    )
    base = alt.Chart(cells).encode(
        x=alt.X("predicted:N", title="predicted label", sort=list(labels), axis=axis),
        y=alt.Y(
            "label:N",
            title="true label",
            sort=list(labels),
            axis=alt.Axis(labelFlush=False, labelLimit=120, ticks=False, domain=False),
        ),
    )
    tooltip = [
        alt.Tooltip("label", title="true label"),
        alt.Tooltip("predicted", title="predicted label"),
        "pictures",
        alt.Tooltip("share", title="row percentage", format=".1%"),
    ]
    # Blue for right, orange for wrong; which is which also shows from the place, on or off the diagonal.
    squares = (
        base.mark_rect(cornerRadius=3, cursor="pointer")
        .encode(
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=["right", "wrong", "none"], range=[_BLUE, _ORANGE, "#8891a3"]),
                legend=None,
            ),
            opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.07, 0.95]), legend=None),
            tooltip=tooltip,
        )
        .add_params(clicked)
    )
    words = base.mark_text(fontSize=14, fontWeight=600).encode(
        text="text:N",
        color=alt.condition(
            "datum.kind == 'right' && datum.share > 0.55", alt.value("white"), alt.value("#7a8496")
        ),
    )
    frame = base.mark_rect(
        fillOpacity=0, stroke="#db2777", strokeWidth=3, cornerRadius=3, tooltip=None
    ).transform_filter(clicked)
    chart: alt.LayerChart = (squares + words + frame).properties(height=max(220, 56 * len(labels) + 60))
    return chart


def pick_cell(selection: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the cell that was clicked in a confusion matrix: (true label, predicted label), or None.

    Args:
        selection: the value of `CELL`.
    """
    if not selection or not {"label", "predicted"} <= set(selection[0]):
        return None
    return str(selection[0]["label"]), str(selection[0]["predicted"])


def coverage_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Draw accuracy and coverage against the confidence threshold from which on a model answers.

    Args:
        table: columns threshold, coverage, accuracy; made by `poetcore.evaluation.metrics.threshold_table`.
    """
    long = table.melt("threshold", ["accuracy", "coverage"], "quantity", "value").dropna()
    long["quantity"] = long["quantity"].map(
        {"accuracy": "accuracy of the answers", "coverage": "coverage (share answered)"}
    )
    base = alt.Chart(long).encode(
        x=alt.X("threshold:Q", title="confidence threshold", axis=alt.Axis(format="%")),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("quantity:N", title=None, legend=_LINES),
    )
    lines = base.mark_line(interpolate="step-after", strokeWidth=2.5).encode(
        strokeDash=alt.StrokeDash("quantity:N", title=None, legend=_LINES)
    )
    points = base.mark_point(opacity=0, size=90).encode(
        tooltip=[
            alt.Tooltip("threshold", title="confidence threshold", format=".0%"),
            "quantity",
            alt.Tooltip("value", format=".1%"),
        ]
    )
    chart: alt.LayerChart = (lines + points).properties(height=260)
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
