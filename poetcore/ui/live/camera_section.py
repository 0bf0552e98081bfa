"""The section Camera: what the chosen run makes of what the camera sees, while it sees it."""

from poetcore.errors import PoetError
from poetcore.ui.choice import chosen
from poetcore.ui.components.live_view import live_camera
from poetcore.ui.live.model import draw_model
from poetcore.ui.state import explain

__all__ = ["draw_camera"]


def draw_camera() -> None:
    """Draw the section; the page has made sure that a run is chosen."""
    run = chosen().run
    if run is None:
        return
    try:
        live_camera(run, key="live_camera")
        draw_model(run)
    except PoetError as error:
        explain(error)
