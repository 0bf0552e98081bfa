"""The section Video: what the chosen run makes of a video file, while it plays and as a whole."""

from typing import Any

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.video.options import VideoOptions
from poetcore.ui.choice import chosen
from poetcore.ui.components.live_video import live_video
from poetcore.ui.live.model import draw_model
from poetcore.ui.live.video_found import as_found, draw_found, place_to_show
from poetcore.ui.state import explain

__all__ = ["draw_video"]

#: Seconds from one frame to the next that can be chosen.
_EVERY = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)

#: Where the session keeps what was found last.
_FOUND = "live_video_found"


def draw_video() -> None:
    """Draw the section; the page has made sure that a run is chosen."""
    run = chosen().run
    if run is None:
        return
    try:
        sent: dict[str, Any] | None = live_video(
            run, every=VideoOptions().every, choices=_EVERY, seek=place_to_show(), key="live_video"
        )
        draw_model(run)
        if sent:
            st.session_state[_FOUND] = as_found(run, sent)
        found = st.session_state.get(_FOUND)
        if found and found.run == run.name:
            draw_found(found.video)
    except PoetError as error:
        explain(error)
