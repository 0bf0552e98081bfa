"""A jump to a heading of the page, after a click that changed what stands below it."""

import streamlit as st

from poetcore.ui.components.assets import asset

__all__ = ["ask_to_jump", "draw_jump"]

_component = st.components.v2.component("poet_jump", js=asset("jump.js"))


def ask_to_jump(anchor: str) -> None:
    """Ask, in what a button calls, that the page goes to a heading and gives it the focus."""
    times = f"jumps_{anchor}"
    st.session_state[times] = st.session_state.get(times, 0) + 1


def draw_jump(anchor: str) -> None:
    """Draw what goes to a heading with this anchor where that was asked for; nothing of it is seen."""
    times = st.session_state.get(f"jumps_{anchor}", 0)
    _component(key=f"jump_{anchor}", data={"anchor": anchor, "times": times}, height=0)
