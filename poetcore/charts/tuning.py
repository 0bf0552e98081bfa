"""Charts of a tuning: accuracy against cost, and every trial as a line through its settings."""

import math
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Literal

import altair as alt
import pandas as pd

from poetcore.charts.style import BLUE, FAINT_INK, FEW_LABELS, INK, ORANGE, PAPER, percent

__all__ = ["BEST", "BOTH", "COSTS", "SIMPLEST", "TRIAL", "cost_chart", "settings_chart"]

#: The selection in the chart of costs: the trial that was clicked, by its `number`.
TRIAL = "trial"

#: What the column `mark` holds of the trials that are told apart; "" of all others.
BEST, SIMPLEST, BOTH = "best", "simplest as good", "best and simplest"

#: What a trial may cost, by its column, and the title of that axis.
COSTS = {
    "multiply_adds": "million multiply-adds a picture",
    "megabytes": "megabytes of the network",
    "pictures_per_second": "pictures a second (more is faster)",
}

#: The last of the trials of one cost stands this many times as far right as the first, at the most.
_SPREAD = 1.35

#: Of the way to the next cost, the part that the trials of one cost may take.
_SHARE = 0.6

#: A cost has a number on the axis if it is this many times the one before.
_APART = 1.25


def cost_chart(trials: pd.DataFrame, cost: str) -> alt.LayerChart:
    """Draw the accuracy of trials with its interval against what they cost.

    Trials of one cost, which are those of one backbone, stand side by side, the least accurate first. A click
    on one is the selection `TRIAL`.

    Args:
        trials: columns number, accuracy, low, high, architecture, settings (in words), mark, and those of
            `COSTS`. Trials whose cost is not known are not drawn.
        cost: one of `COSTS`.
    """
    drawn = trials[trials[cost].notna() & trials["accuracy"].notna()].copy()
    drawn["cost"] = drawn[cost].astype(float)
    drawn["place"] = _side_by_side(drawn)
    base = (
        alt.Chart(drawn)
        .transform_calculate(
            told=percent("accuracy", 1), told_low=percent("low", 1), told_high=percent("high", 1)
        )
        .encode(
            x=alt.X(
                "place:Q",
                title=COSTS[cost],
                scale=alt.Scale(type="log", nice=False, padding=24),
                axis=alt.Axis(format=",.3~r", values=_ticks(drawn["cost"]), grid=False),
            ),
            color=_colours(drawn.sort_values("cost")["architecture"]),
        )
    )
    axis = alt.Axis(labelExpr=percent(), tickMinStep=0.01)
    low = alt.Y("low:Q", title="accuracy", axis=axis, scale=alt.Scale(zero=False, nice=True, padding=6))
    intervals = base.mark_rule(opacity=0.45, strokeWidth=1.5).encode(y=low, y2="high:Q")
    click = alt.selection_point(name=TRIAL, fields=["number"], on="click", toggle=False, empty=False)
    dots = (
        base.mark_circle(size=70, opacity=1, cursor="pointer")
        .encode(
            y="accuracy:Q",
            tooltip=[
                alt.Tooltip("number:Q", title="trial"),
                alt.Tooltip("architecture:N", title="backbone"),
                alt.Tooltip("settings:N"),
                alt.Tooltip("told:N", title="accuracy"),
                alt.Tooltip("told_low:N", title="from"),
                alt.Tooltip("told_high:N", title="to"),
                alt.Tooltip("cost:Q", title=COSTS[cost], format=",.3~r"),
            ],
        )
        .add_params(click)
    )
    layers = [intervals, dots, *_marks(drawn, base)]
    return alt.layer(*layers).properties(height=360)  # type: ignore[return-value]  # none is a facet


def settings_chart(trials: pd.DataFrame, settings: Mapping[str, str]) -> alt.LayerChart:
    """Draw each trial as a line through its settings to its accuracy: parallel coordinates.

    The more accurate a trial, the bluer its line; those that are told apart are thick and orange, and the
    simplest as good is dashed.

    Args:
        trials: columns number, accuracy, mark, and one for each setting, whose categories are in the order of
            the axis.
        settings: the columns that are drawn, and what each is called, in the order of the axes.
    """
    done = trials[trials["accuracy"].notna()]
    low, high = float(done["accuracy"].min()), float(done["accuracy"].max())
    places = {name: _places(done[name]) for name in settings}
    ticks = [(settings[name], at, value) for name in settings for value, at in places[name].items()]
    ticks += [("accuracy", _share(end, low, high), f"{100 * end:.1f}\u00a0%") for end in {low, high}]
    x = alt.X(
        "axis:N",
        sort=[*settings.values(), "accuracy"],
        title=None,
        scale=alt.Scale(type="point", padding=0.4),
        # Words below each other: on a phone the axes stand close.
        axis=alt.Axis(
            labelAngle=0,
            labelExpr="split(datum.label, ' ')",
            labelOverlap=False,
            labelPadding=14,
            grid=True,
            domain=False,
            ticks=False,
        ),
    )
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.02, 1.04], nice=False))
    base = (
        alt.Chart(_lines(done, settings, places))
        .transform_calculate(told=percent("accuracy", 1))
        .encode(
            x=x,
            y=y,
            detail="number:N",
            tooltip=[
                alt.Tooltip("number:Q", title="trial"),
                alt.Tooltip("settings:N"),
                alt.Tooltip("told:N", title="accuracy"),
            ],
        )
    )
    shades = alt.Scale(range=[0.25, 0.85], domain=[low, high])
    usual = (
        base.transform_filter("datum.mark == ''")
        .mark_line(strokeWidth=1.5, color=BLUE)
        .encode(opacity=alt.Opacity("accuracy:Q", scale=shades, legend=None))
    )
    dashes = alt.Scale(domain=[BEST, BOTH, SIMPLEST], range=[[1, 0], [1, 0], [6, 4]])
    told_apart = (
        base.transform_filter("datum.mark != ''")
        .mark_line(strokeWidth=3.5, color=ORANGE)
        .encode(strokeDash=alt.StrokeDash("mark:N", scale=dashes, legend=None))
    )
    values = alt.Chart(pd.DataFrame(ticks, columns=["axis", "place", "value"])).encode(
        x=x, y=y, text="value:N"
    )
    shape: dict[str, Any] = {"fontSize": 11, "lineBreak": " ", "baseline": "middle", "tooltip": None}
    halo = values.mark_text(stroke=PAPER, strokeWidth=4, **shape)
    words = values.mark_text(color=FAINT_INK, **shape)
    # A layer without a row makes Vega warn.
    lines = [*([usual] if (done["mark"] == "").any() else []), *([told_apart] if done["mark"].any() else [])]
    return alt.layer(*lines, halo, words).properties(height=340)  # type: ignore[return-value]  # none is a facet


def _marks(drawn: pd.DataFrame, base: alt.Chart) -> list[alt.Chart]:
    """Return rings and words for the trials that are told apart, on the side where there is room."""
    middle = math.sqrt(drawn["place"].min() * drawn["place"].max())
    marked = base.encode(y="accuracy:Q", color=alt.value(INK))
    layers = []
    for row in drawn[drawn["mark"] != ""].to_dict("records"):
        one = marked.transform_filter(f"datum.number == {row['number']}")
        align: Literal["left", "right"] = "left" if row["place"] < middle else "right"
        beside = 13 if align == "left" else -13
        shape: dict[str, Any] = {"align": align, "dx": beside, "dy": beside, "fontSize": 13}
        words = one.encode(text="mark:N")
        layers += [
            one.mark_point(filled=False, size=190, opacity=1, strokeWidth=2.5, tooltip=None),
            words.mark_text(stroke=PAPER, strokeWidth=4, fontWeight="bold", tooltip=None, **shape),
            words.mark_text(fontWeight="bold", tooltip=None, **shape),
        ]
    return layers


def _colours(architectures: Iterable[str]) -> alt.Color | alt.ColorValue:
    """Return the colours of backbones with a legend, in the order given; of many they would repeat."""
    names = list(dict.fromkeys(architectures))
    if len(names) > FEW_LABELS:
        return alt.ColorValue(BLUE)
    # Names may be long, and a phone is narrow: one below the other.
    legend = alt.Legend(orient="top", columns=1, symbolOpacity=1, labelLimit=300)
    return alt.Color("architecture:N", title=None, scale=alt.Scale(domain=names), legend=legend)


def _side_by_side(drawn: pd.DataFrame) -> "pd.Series[float]":
    """Return where trials stand on the axis: those of one cost around it, by rank of their accuracy."""
    gaps = [math.log(after / before) for before, after in pairwise(sorted(drawn["cost"].unique()))]
    width = min([math.log(_SPREAD), *(_SHARE * gap for gap in gaps)])
    groups = drawn.groupby("cost")["accuracy"]
    rank, size = groups.rank(method="first"), groups.transform("size")
    share = ((rank - 1) / (size - 1).clip(lower=1)).where(size > 1, 0.5) - 0.5
    return drawn["cost"] * (width * share).map(math.exp)


def _ticks(costs: Iterable[float]) -> list[float]:
    """Return which costs have a number on the axis: those that are not too near to the one before.

    >>> _ticks([600, 407, 407, 420])
    [407, 600]
    """
    kept: list[float] = []
    for cost in sorted(set(costs)):
        if not kept or cost > _APART * kept[-1]:
            kept.append(cost)
    return kept


def _lines(
    done: pd.DataFrame, settings: Mapping[str, str], places: Mapping[str, Mapping[Any, float]]
) -> pd.DataFrame:
    """Return the points of the lines: one for each trial and axis."""
    low, high = float(done["accuracy"].min()), float(done["accuracy"].max())
    rows = []
    for row in done.to_dict("records"):
        told = ", ".join(f"{title} {row[name]}" for name, title in settings.items())
        about = {"number": row["number"], "accuracy": row["accuracy"], "mark": row["mark"], "settings": told}
        points = {title: places[name][row[name]] for name, title in settings.items()}
        points["accuracy"] = _share(row["accuracy"], low, high)
        rows += [about | {"axis": axis, "place": place} for axis, place in points.items()]
    return pd.DataFrame(rows)


def _places(values: "pd.Series[Any]") -> dict[str, float]:
    """Return the place of each value on its axis, 0 to 1, one as far from the next as any other.

    >>> _places(pd.Series(pd.Categorical(["0.1", "0.01"], ["0.01", "0.1"])))
    {'0.01': 0.0, '0.1': 1.0}
    """
    own = list(values.cat.remove_unused_categories().cat.categories)
    return {value: n / (len(own) - 1) if len(own) > 1 else 0.5 for n, value in enumerate(own)}


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5
