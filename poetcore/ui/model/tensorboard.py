"""TensorBoard from the dashboard: start it, open it, stop it."""

import streamlit as st

from poetcore.errors import PoetError
from poetcore.training.tensorboard import TensorBoard
from poetcore.ui.state import explain, workspace

__all__ = ["draw_tensorboard"]


def draw_tensorboard() -> None:
    """Draw the buttons of TensorBoard, for the curves, weights and settings of all runs side by side."""
    board = _board()
    link = board.link()
    if link is None and not board.has_summaries():
        st.caption("TensorBoard has nothing to show yet: it shows every training that is started here.")
        return
    if link is None:
        if st.button(
            "Open in TensorBoard",
            icon=":material/monitoring:",
            help="Curves, weights, settings and confusion matrices of all runs, side by side.",
        ):
            try:
                with st.spinner("Starting TensorBoard ...", show_time=True):
                    board.start()
            except PoetError as error:
                explain(error)
                return
            st.rerun()
        return
    with st.container(horizontal=True):
        st.link_button("Go to TensorBoard", link, icon=":material/open_in_new:")
        if st.button("Stop TensorBoard", icon=":material/stop_circle:"):
            with st.spinner("Stopping TensorBoard ..."):
                board.stop()
            st.rerun()
    st.caption(
        f"TensorBoard answers at {link}, on this computer only. Press its reload button to follow a training."
    )


@st.cache_resource(show_spinner=False)
def _board() -> TensorBoard:
    """Return the TensorBoard of the workspace."""
    return TensorBoard(workspace().summaries)
