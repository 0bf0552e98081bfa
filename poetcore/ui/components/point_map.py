"""A map of pictures as points, selected by a line drawn around them or by keys.

It is drawn on a canvas (`point_map_paint.js`), so that tens of thousands of points stay smooth; where they
lie on the screen and which of them are meant is `point_map_view.js`. Python receives what was selected once
the line is closed. Looks differ in colour and in shape, for people who do not tell colours apart.
"""

from base64 import b64encode
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from hashlib import sha1

import numpy as np
import pandas as pd
import streamlit as st

from poetcore.ui.components.assets import asset

__all__ = ["Look", "point_map"]

#: The map reaches from 0 to this in both directions: finer than a point, also when it is enlarged.
_REACH = 10_000

_component = st.components.v2.component(
    "poet_point_map",
    html=asset("point_map.html"),
    css=asset("button.css", "point_map.css"),
    js=asset("point_map_view.js", "point_map_paint.js", "point_map.js"),
    isolate_styles=True,
)


@dataclass(frozen=True)
class Look:
    """How some points look.

    Attributes:
        name: what stands in the legend.
        colour: as CSS has it, to be seen on white and on black.
        shape: a number; those of the first five differ.
    """

    name: str
    colour: str
    shape: int


def point_map(
    points: pd.DataFrame,
    looks: Sequence[Look],
    selected: Collection[str],
    on_select: Callable[[frozenset[str]], None],
    *,
    key: str,
    name: str,
) -> None:
    """Draw a map.

    Args:
        points: columns x, y (of any reach), sha, look (its number), words (that stand below the picture).
        looks: in the order of the legend, which one alone has not.
        selected: the contents that are selected.
        on_select: called, before the page is drawn anew, with the contents that were selected.
        key: tells this map from others of the page.
        name: of what is shown: where it stays, the view stays though pictures come or go.
    """
    shas = points["sha"].tolist()

    def tell() -> None:
        chosen = st.session_state[key].chosen
        if chosen and chosen["set"] == data["set"]:
            on_select(frozenset(shas[point] for point in chosen["points"]))

    words = {one: number for number, one in enumerate(points["words"].unique())}
    data = {
        "map": name,
        "x": _reaching(points["x"]),
        "y": _reaching(points["y"]),
        # As bytes: written out, the hashes are two thirds of what is sent.
        "hashes": b64encode(bytes.fromhex("".join(shas))).decode(),
        "words": list(words),
        "said": [words[one] for one in points["words"]],
        "look": points["look"].tolist(),
        "looks": [[one.colour, one.shape] for one in looks],
        "legend": [one.name for one in looks] if len(looks) > 1 else [],
        "selected": [number for number, sha in enumerate(shas) if sha in selected],
    }
    data["set"] = sha1(f"{name} {shas} {data['x']} {data['y']}".encode()).hexdigest()
    _component(key=key, data=data, on_chosen_change=tell)


def _reaching(places: "pd.Series[float]") -> list[int]:
    """Stretch places along one direction to the whole map."""
    values = places.to_numpy(float)
    low, high = (values.min(), values.max()) if len(values) else (0.0, 0.0)
    share = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    return [round(float(one)) for one in share * _REACH]
