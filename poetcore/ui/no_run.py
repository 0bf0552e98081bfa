"""What a page says that needs a run while none is chosen."""

import streamlit as st

from poetcore.ui.state import jobs, workspace

__all__ = ["draw_no_run"]


def draw_no_run(verb: str) -> None:
    """Show that no run is chosen, and lead to the training.

    Args:
        verb: what the page does with one: "evaluate".
    """
    if jobs().running():
        st.info("A model is being trained: once that has ended, this page shows it.")
        return
    if workspace().finished_runs():
        st.info(
            f"No run was trained on the chosen dataset, so there is none to {verb}: train one, or choose"
            " another under *Run* in the sidebar."
        )
    else:
        st.info(f"There is no finished run to {verb} yet. A run is one training, with the model it made.")
    st.page_link("train.py", label="Train one", icon=":material/model_training:")
