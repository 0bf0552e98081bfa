"""A pause after what a person came for: the browser draws that before it gets the rest of the page."""

import time

import streamlit as st

__all__ = ["let_draw"]

#: Seconds in which a browser draws what it has; the page ends that much later.
_PAUSE = 0.3


def let_draw() -> None:
    """Wait once, where the dashboard was just opened, so that the browser draws what it has been sent.

    Streamlit's client, which is starting, puts together whatever has come meanwhile and draws it in one go:
    a table's first rows would be seen once everything below the table is ready too.
    """
    if st.session_state.get("has_drawn") or not st.context.headers:  # a test without a browser has none
        return
    st.session_state["has_drawn"] = True
    time.sleep(_PAUSE)
