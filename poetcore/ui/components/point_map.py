"""A map of pictures as points, selected by a line drawn around them or by keys.

It is drawn on a canvas (`point_map_paint.js`), so that tens of thousands of points stay smooth; where they
lie on the screen and which of them are meant is `point_map_view.js`. Python receives what was selected once
the line is closed. Each label has a colour and a shape, for people who do not tell colours apart.
"""

from collections.abc import Callable, Collection, Sequence
from hashlib import sha1

import numpy as np
import pandas as pd
import streamlit as st

from poetcore.charts.style import BLUE, FEW_LABELS, ORANGE
from poetcore.ui.components.assets import asset

__all__ = ["point_map"]

#: The map reaches from 0 to this in both directions: finer than a point, also when it is enlarged.
_REACH = 10_000

_component = st.components.v2.component(
    "poet_point_map",
    html=asset("point_map.html"),
    css=asset("point_map.css"),
    js=asset("point_map_view.js", "point_map_paint.js", "point_map.js"),
    isolate_styles=True,
)


def point_map(
    points: pd.DataFrame,
    labels: Sequence[str],
    selected: Collection[str],
    on_select: Callable[[frozenset[str]], None],
    *,
    key: str,
    name: str,
    coloured: str | None = None,
) -> None:
    """Draw a map.

    Args:
        points: columns x, y (of any reach), label, sha.
        labels: in the order of the legend.
        selected: the contents that are selected.
        on_select: called, before the page is drawn anew, with the contents that were selected.
        key: tells this map from others of the page.
        name: of what is shown: where it stays, the view stays though pictures come or go.
        coloured: the label that has a colour of its own, where there are too many for each to have one.
    """
    shas = points["sha"].tolist()

    def tell() -> None:
        chosen = st.session_state[key].chosen
        if chosen and chosen["set"] == data["set"]:
            on_select(frozenset(shas[point] for point in chosen["points"]))

    across, up = _reaching(points["x"]), _reaching(points["y"])
    data = (
        {"map": name, "x": across, "y": up, "shas": "".join(shas)}
        | _looks(points["label"], list(labels), coloured)
        | {"selected": [number for number, sha in enumerate(shas) if sha in selected]}
    )
    data["set"] = sha1(f"{name} {shas} {across} {up}".encode()).hexdigest()
    _component(key=key, data=data, on_chosen_change=tell)


def _reaching(places: "pd.Series[float]") -> list[int]:
    """Stretch places along one direction to the whole map."""
    values = places.to_numpy(float)
    low, high = (values.min(), values.max()) if len(values) else (0.0, 0.0)
    share = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    return [round(float(one)) for one in share * _REACH]


def _looks(given: "pd.Series[str]", labels: list[str], coloured: str | None) -> dict[str, object]:
    """Return the labels' names, how points look, and the legend; of many labels only one has a colour."""
    number = {label: place for place, label in enumerate(labels)}
    named = [number[label] for label in given]
    if len(labels) <= FEW_LABELS:
        colours = st.get_option("theme.chartCategoricalColors") or [BLUE]
        looks = [[colours[place % len(colours)], place] for place in range(len(labels))]
        return {"names": labels, "named": named, "labels": named, "looks": looks, "legend": labels}
    mine = [int(label != coloured) for label in given]
    looks, legend = ([[ORANGE, 2], [BLUE, 0]], [coloured, "others"]) if coloured else ([[BLUE, 0]] * 2, [])
    return {"names": labels, "named": named, "labels": mine, "looks": looks, "legend": legend}
