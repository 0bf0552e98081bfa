"""TensorBoard from the dashboard: start it, open it, stop it."""

from urllib.parse import urlsplit

import streamlit as st

from poetcore.errors import OptionError, PoetError
from poetcore.training.tensorboard import TensorBoard
from poetcore.training.tensorboard_address import TENSORBOARD_ADDRESS, Address, address_of_environment
from poetcore.ui.own_machine import is_own_machine
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import plain

__all__ = ["draw_tensorboard"]


def draw_tensorboard() -> None:
    """Draw the buttons of TensorBoard, for the curves, weights and settings of all runs side by side."""
    try:
        chosen = address_of_environment()
    except OptionError as error:
        explain(error)
        return
    board = _board(chosen)
    running = board.address()
    if running is None and not board.has_summaries():
        st.caption("TensorBoard has nothing to show yet: it shows every training that is started here.")
    elif not (running or chosen).is_open and not is_own_machine():
        st.caption(
            "TensorBoard answers only on the machine that runs the dashboard. Whoever runs it opens it to"
            f" others by starting the dashboard with {TENSORBOARD_ADDRESS}=0.0.0.0:6006 in its environment."
        )
    elif running is None:
        _draw_start(board, chosen)
    else:
        _draw_running(board, running)


def _draw_start(board: TensorBoard, chosen: Address) -> None:
    """Draw the button that starts it."""
    if st.button(
        "Open in TensorBoard",
        icon=":material/monitoring:",
        help="Curves, network, weights, settings and confusion matrices of all runs, side by side."
        + (" Other machines will see them too." if chosen.is_open else ""),
    ):
        try:
            with st.spinner("Starting TensorBoard ...", show_time=True):
                board.start()
        except PoetError as error:
            explain(error)
            return
        st.rerun()


def _draw_running(board: TensorBoard, running: Address) -> None:
    """Draw the way to the one that runs, the button that stops it, and who can see it."""
    link = running.link(_opened_as())
    with st.container(horizontal=True):
        st.link_button("Go to TensorBoard", link, icon=":material/open_in_new:")
        if st.button("Stop TensorBoard", icon=":material/stop_circle:"):
            with st.spinner("Stopping TensorBoard ..."):
                board.stop()
            st.rerun()
    who = "on this computer only"
    if running.is_open:
        who = (
            "to every machine that reaches this one, without a password: names of runs and labels, settings,"
            " curves and confusion matrices"
        )
    st.caption(f"TensorBoard answers at {plain(link)}, {who}. Press its reload button to follow a training.")


def _opened_as() -> str | None:
    """Return under which name the browser opened the dashboard; None where that is not known."""
    try:
        return urlsplit(f"//{st.context.headers.get('Host', '')}").hostname
    except ValueError:
        return None


@st.cache_resource(show_spinner=False)
def _board(address: Address) -> TensorBoard:
    """Return the TensorBoard of the workspace."""
    return TensorBoard(workspace().summaries, address)
