"""The section Collect: pictures of new labels, taken with the camera."""

import streamlit as st

__all__ = ["draw_collect"]


def draw_collect() -> None:
    """Draw the section."""
    st.info("Pictures are taken here.")
