"""The live view: what a run makes of a camera or a video, in the browser; Python only says which run.

`live_view.js` watches a source and tells what the run makes of it (`live_service.js` asks the server,
`smoothing.js` and `live_chart.js` are pure); a camera is one source (`camera.js`, `live_camera.js`). While it
runs nothing comes back to Python, and nothing is kept.
"""

from typing import Any

import streamlit as st

from poetcore.errors import RunError
from poetcore.evaluation.live import NONE_OF_THESE
from poetcore.evaluation.unsure import NOT_SURE
from poetcore.system.names import natural_key
from poetcore.ui.components.assets import asset
from poetcore.workspace.backbones import backbone_of
from poetcore.workspace.run import Run

__all__ = ["LIVE_JS", "live_camera", "live_data", "live_html"]

#: What every source needs before its own file, in this order.
LIVE_JS = ("looks.js", "smoothing.js", "full_screen.js", "live_service.js", "live_chart.js", "live_view.js")


def live_html(source: str) -> str:
    """Return the markup of a live view.

    Args:
        source: begins the names of three files: `_begin.html` is shown until something is watched,
            `_controls.html` stands among the buttons, `_keys.html` among the keys.
    """
    html = asset("live_view.html")
    for part in ("begin", "controls", "keys"):
        html = html.replace(f"{{{part}}}", asset(f"{source}_{part}.html"))
    return html


_component = st.components.v2.component(
    "poet_live_camera",
    html=live_html("live_camera"),
    css=asset("stage_buttons.css", "live_view.css"),
    js=asset("camera.js", *LIVE_JS, "started_camera.js", "live_camera.js"),
    isolate_styles=True,
)


def live_camera(run: Run, *, key: str) -> None:
    """Draw the camera, and what a run makes of it.

    Args:
        run: a finished run.
        key: tells this view from others of the page.

    Raises:
        BackboneError: the run's backbone is not known.
        RunError: the run is damaged.
    """
    _component(key=key, data=live_data(run))


def live_data(run: Run) -> dict[str, Any]:
    """Return what a live view has to know of a run.

    Args:
        run: a finished run.

    Returns:
        `run`, its name; `labels` in the order of the probabilities and `order`, their numbers as they are
        shown; `thresholds`, None of one label a picture; `side`, pixels of the network's input; `words`.

    Raises:
        BackboneError: the run's backbone is not known.
        RunError: the run is damaged.
    """
    labels, thresholds = run.labels(), run.record().thresholds
    if thresholds and set(thresholds) != set(labels):
        raise RunError(f"The run {run.name!r} is damaged: train it again.")
    return {
        "run": run.name,
        "labels": list(labels),
        "order": sorted(range(len(labels)), key=lambda number: natural_key(labels[number])),
        "thresholds": [float(thresholds[label]) for label in labels] if thresholds else None,
        "side": backbone_of(run).input_size,
        "words": {"unknown": NONE_OF_THESE, "unsure": NOT_SURE, "none": "No label"},
    }
