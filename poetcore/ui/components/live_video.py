"""A video file in the live view, and what a run makes of the whole of it.

The browser opens the file and walks through it (`video_walk.js`): gigabytes need not be uploaded, nothing has
to be installed, and what is seen is what plays. Frames go to the same route as the camera's. Python is told
once, at the end, what was found.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from poetcore.ui.components.assets import asset
from poetcore.ui.components.live_view import LIVE_JS, live_data, live_html
from poetcore.workspace.run import Run

__all__ = ["live_video"]

_component = st.components.v2.component(
    "poet_live_video",
    html=asset("live_video.html").replace("{view}", live_html("live_video")),
    css=asset("stage_buttons.css", "live_view.css", "live_video.css"),
    js=asset("camera.js", "amounts.js", *LIVE_JS, "video_walk.js", "live_video.js"),
    isolate_styles=True,
)


def live_video(
    run: Run, *, every: float, choices: Sequence[float], seek: tuple[float, int] | None, key: str
) -> dict[str, Any] | None:
    """Draw the player with what a run makes of the video, and return what was found in a whole one, once.

    Args:
        run: a finished run.
        every: seconds from one frame to the next, as it is chosen at first.
        choices: of these seconds.
        seek: a place to show, in seconds, and a number that changes with each wish; None for none.
        key: tells this player from others of the page.

    Returns:
        `run` and `name` of the file, `times`, `probabilities`, `unknown`, `end`, `problem` (see `labelled`).

    Raises:
        BackboneError: the run's backbone is not known.
        RunError: the run is damaged.
    """
    data = {"live": live_data(run), "every": every, "choices": list(choices), "seek": seek}
    found = _component(key=key, data=data, on_labelled_change=lambda: None).labelled
    return dict(found) if found else None
