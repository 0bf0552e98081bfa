"""One quiet line on the other pages while a tuning goes on, with the way to it."""

import streamlit as st

from poetcore.system.progress import Progress
from poetcore.training.tuning.study import Study
from poetcore.ui.state import tunings
from poetcore.ui.text import plain

__all__ = ["draw_tuning_banner"]


def draw_tuning_banner() -> None:
    """Draw how far the tuning is, and the page anew at its end; nothing while nothing is tuned."""
    running = tunings().running()
    if running is None:
        return

    @st.fragment(run_every="2s")
    def follow(study: Study) -> None:
        status = study.current_status()
        if status.final:
            st.rerun()
        progress = Progress(status.phase, status.done, status.total, status.message)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f":material/science: A tuning goes on. {plain(progress.text)}", width="content")
            st.page_link(
                "tune.py",
                label="Follow it",
                icon=":material/arrow_forward:",
                query_params={"view": "Result", "tuning": study.name},
            )

    follow(running)
