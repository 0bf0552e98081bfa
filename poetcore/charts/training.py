"""Charts of a training: its curves, and the accuracy by the number of training pictures."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, LINES, ORANGE, percent

__all__ = ["curve_spec", "learning_curve_chart", "overlaid_spec", "path_chart", "preview_spec"]


def curve_spec(quantity: str, steps: int, reach: tuple[float, float]) -> dict[str, Any]:
    """Return the chart of a curve as a Vega-Lite specification without data.

    It is built once and drawn every second with new data, which is far cheaper than building it each time.

    Args:
        quantity: "accuracy" or "cross_entropy".
        steps: how many there will be; the axis has room for all from the start and does not jump.
        reach: lowest and highest value, likewise.
    """
    colour = alt.Color(
        "split:N",
        title=None,
        scale=alt.Scale(domain=["training", "validation"], range=[BLUE, ORANGE]),
        legend=LINES,
    )
    title, value = _value(quantity, reach)
    base = _base(steps).encode(color=colour)
    raw = base.mark_line(opacity=0.22, strokeWidth=1).encode(y=value)
    smooth = base.mark_line(strokeWidth=2.5).encode(
        y=alt.Y(f"{quantity}_smooth:Q", title=title),
        strokeDash=alt.StrokeDash(
            "split:N",
            scale=alt.Scale(domain=["training", "validation"], range=[[1, 0], [6, 3]]),
            legend=LINES,
            title=None,
        ),
    )
    points = (
        base.transform_calculate(told=_told(quantity), told_smooth=_told(f"{quantity}_smooth", quantity))
        .mark_point(opacity=0, size=80)
        .encode(
            y=f"{quantity}:Q",
            tooltip=[
                "step:Q",
                alt.Tooltip("split:N", title="measured on"),
                alt.Tooltip("told:N", title=title),
                alt.Tooltip("told_smooth:N", title="smoothed"),
            ],
        )
    )
    return _without_data(raw + smooth + points)


def overlaid_spec(
    quantity: str, runs: Sequence[str], steps: int, reach: tuple[float, float]
) -> dict[str, Any]:
    """Return the chart of a curve of two runs over each other, as a Vega-Lite specification without data.

    The lines of the validation are solid, those of the training dotted.

    Args:
        quantity: "accuracy" or "cross_entropy".
        runs: what the two are called; the first is blue.
        steps: of the longer training.
        reach: lowest and highest value.
    """
    title, value = _value(quantity, reach)
    base = (
        _base(steps)
        .transform_calculate(told=_told(quantity))
        .encode(
            y=value,
            color=alt.Color(
                "run:N",
                title=None,
                scale=alt.Scale(domain=list(runs), range=[BLUE, ORANGE]),
                # Names may be long, and a phone is narrow: one below the other.
                legend=alt.Legend(**LINES.to_dict(), columns=1, labelLimit=300),
            ),
        )
    )
    lines = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash(
            "split:N",
            title=None,
            scale=alt.Scale(domain=["validation", "training"], range=[[1, 0], [3, 3]]),
            legend=None,
        )
    )
    points = base.mark_point(opacity=0, size=80).encode(
        tooltip=[
            "run:N",
            "step:Q",
            alt.Tooltip("split:N", title="measured on"),
            alt.Tooltip("told:N", title=f"{title}, smoothed"),
        ]
    )
    return _without_data(lines + points)


def path_chart(
    path: pd.DataFrame, quantity: str, chosen: float, reach: tuple[float, float]
) -> alt.LayerChart:
    """Draw how good the strengths of a ridge regression are, with the chosen one marked.

    Args:
        path: columns strength, split ("training" or "left out"), accuracy and cross_entropy.
        quantity: "accuracy" or "cross_entropy".
        chosen: the strength that was taken.
        reach: lowest and highest value.
    """
    title, value = _value(quantity, reach)
    splits = ["training", "left out"]
    base = alt.Chart(path).encode(
        x=alt.X(
            "strength:Q",
            title="strength of the regularisation",
            scale=alt.Scale(type="log", nice=False, padding=12),
            axis=alt.Axis(values=sorted(path["strength"].unique()), format="~g", grid=False),
        ),
        color=alt.Color(
            "split:N", title=None, scale=alt.Scale(domain=splits, range=[BLUE, ORANGE]), legend=LINES
        ),
    )
    lines = base.mark_line(strokeWidth=2.5).encode(
        y=value,
        strokeDash=alt.StrokeDash(
            "split:N", title=None, scale=alt.Scale(domain=splits, range=[[1, 0], [6, 3]]), legend=LINES
        ),
    )
    taken = alt.datum.strength == chosen
    dots = (
        base.transform_calculate(told=_told(quantity))
        .mark_point(filled=True, opacity=1)
        .encode(
            y=value,
            size=alt.condition(taken, alt.value(160), alt.value(40)),
            tooltip=[
                alt.Tooltip("strength:Q", format="~g"),
                alt.Tooltip("split:N", title="measured on"),
                alt.Tooltip("told:N", title=title),
            ],
        )
    )
    chart: alt.LayerChart = (lines + dots).properties(height=300)
    return chart


def preview_spec(pictures: tuple[int, int], reach: tuple[float, float]) -> dict[str, Any]:
    """Return the chart of the previews of a training as a Vega-Lite specification without data.

    Args:
        pictures: of the first preview, and of the run; the axis has room for all from the start.
        reach: lowest and highest accuracy, likewise.
    """
    title, value = _value("accuracy", reach)
    base = alt.Chart(pd.DataFrame({"pictures": []})).encode(
        x=alt.X(
            "pictures:Q",
            title="pictures so far",
            scale=alt.Scale(type="log", domain=pictures, nice=False, padding=12),
            axis=alt.Axis(format=",", tickCount=5, grid=False),
        ),
        y=value,
    )
    line = base.mark_line(strokeWidth=2, opacity=0.5, color=BLUE)
    dots = (
        base.transform_calculate(told=_told("accuracy"))
        .mark_point(filled=True, size=64, opacity=0.7, color=BLUE)
        .encode(tooltip=[alt.Tooltip("pictures:Q", format=","), alt.Tooltip("told:N", title=title)])
    )
    return _without_data(line + dots, height=220)


def _base(steps: int) -> alt.Chart:
    """Return a chart over the steps of a training."""
    return alt.Chart(pd.DataFrame({"step": [], "split": []})).encode(
        x=alt.X(
            "step:Q",
            title="step",
            axis=alt.Axis(format="d", tickMinStep=1),
            scale=alt.Scale(domain=[0, steps], nice=False),
        )
    )


def _value(quantity: str, reach: tuple[float, float]) -> tuple[str, alt.Y]:
    """Return what a quantity is called, and its axis."""
    shares = quantity == "accuracy"
    title = "accuracy" if shares else "cross entropy"
    axis = alt.Axis(labelExpr=percent(), tickMinStep=0.01) if shares else alt.Axis(format=".2~f")
    scale = alt.Scale(domain=reach, nice=False, zero=False, clamp=True)
    return title, alt.Y(f"{quantity}:Q", title=title, scale=scale, axis=axis)


def _told(field: str, quantity: str = "") -> str:
    """Return the Vega expression that writes a value of a quantity; by default that of the field's name."""
    return percent(field, 1) if (quantity or field) == "accuracy" else f"format(datum.{field}, '.3f')"


def _without_data(chart: alt.LayerChart, height: int = 300) -> dict[str, Any]:
    """Return the specification of a chart that gets its data later."""
    spec: dict[str, Any] = chart.properties(height=height).to_dict()
    for part in (spec, *spec["layer"]):
        part.pop("data", None)
    spec.pop("datasets", None)
    return spec


def learning_curve_chart(points: pd.DataFrame) -> alt.LayerChart:
    """Draw the accuracy by the number of training pictures, measured and forecast, each with its band.

    Args:
        points: columns pictures, accuracy, low, high (the band, 0 to 1) and kind: "measured" or "forecast".
            The forecast is drawn from the last measured point on.
    """
    measured = points[points["kind"] == "measured"]
    ahead = points[points["kind"] == "forecast"]
    from_last = pd.concat([measured.tail(1).assign(kind="forecast"), ahead]) if len(ahead) else ahead
    table = pd.concat([measured, from_last]).sort_values("pictures")
    kinds = alt.Scale(domain=["measured", "forecast"], range=[BLUE, ORANGE])
    base = alt.Chart(table).encode(
        x=alt.X(
            "pictures:Q",
            title="training pictures",
            scale=alt.Scale(type="log", base=2, nice=False, padding=12),
            axis=alt.Axis(values=sorted(points["pictures"].unique()), format=",d", grid=False),
        ),
        color=alt.Color("kind:N", title=None, scale=kinds, legend=LINES),
    )
    axis = alt.Axis(labelExpr=percent(), tickMinStep=0.01)
    band = base.mark_area(opacity=0.16).encode(
        y=alt.Y("low:Q", title="accuracy", axis=axis, scale=alt.Scale(zero=False, nice=True)),
        y2="high:Q",
    )
    line = base.mark_line(strokeWidth=2.5).encode(
        y="accuracy:Q",
        strokeDash=alt.StrokeDash(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=["measured", "forecast"], range=[[1, 0], [6, 3]]),
            legend=LINES,
        ),
    )
    dots = (
        alt.Chart(points)
        .transform_calculate(
            told=percent("accuracy", 1), told_low=percent("low", 1), told_high=percent("high", 1)
        )
        .mark_point(filled=True, size=64, opacity=1)
        .encode(
            x="pictures:Q",
            y="accuracy:Q",
            color=alt.Color("kind:N", title=None, scale=kinds, legend=None),
            tooltip=[
                alt.Tooltip("pictures:Q", title="training pictures", format=","),
                alt.Tooltip("told:N", title="accuracy"),
                alt.Tooltip("told_low:N", title="from"),
                alt.Tooltip("told_high:N", title="to"),
                alt.Tooltip("kind:N", title="how"),
            ],
        )
    )
    chart: alt.LayerChart = (band + line + dots).properties(height=280)
    return chart
