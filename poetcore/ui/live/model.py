"""What is said of the model below a live view."""

import streamlit as st

from poetcore.evaluation.unknown import NOT_KNOWN
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["draw_model"]


def draw_model(run: Run) -> None:
    """Draw which run it is, and what it cannot tell.

    Args:
        run: a finished run.

    Raises:
        RunError: it is damaged.
    """
    st.caption(f"Model: {plain(run.title)}." + ("" if run.record().novelty else f" {NOT_KNOWN}"))
