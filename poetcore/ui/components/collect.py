"""The camera with a button for each label, which takes pictures while it is held down, and strips of them.

What is taken and deleted goes to the routes in `ui/live/collect_routes.py`; Python is told once a hold has
ended, or a label was added.
"""

import streamlit as st

from poetcore.data.holds import LONGEST_HOLD
from poetcore.ui.components.assets import asset
from poetcore.workspace.collecting import PIXELS

__all__ = ["PER_SECOND", "collect_area"]

#: Pictures a second while a button is held: a hand moves on in between, and 5 seconds are 40 pictures.
PER_SECOND = 8

_component = st.components.v2.component(
    "poet_collect",
    html=asset("collect.html"),
    css=asset("button.css", "collect.css"),
    js=asset("camera.js", "started_camera.js", "collect_hold.js", "collect_cards.js", "collect.js"),
    isolate_styles=True,
)


def collect_area(dataset: str, *, key: str) -> bool:
    """Draw the area; return whether something of the dataset has just changed.

    Args:
        dataset: which, as `workspace/collecting.dataset_at` takes it.
        key: tells this area from others of the page.
    """
    data = {"dataset": dataset, "perSecond": PER_SECOND, "pixels": PIXELS, "longest": LONGEST_HOLD}
    return bool(_component(key=key, data=data, on_changed_change=lambda: None).changed)
