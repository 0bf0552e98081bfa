"""What can be done with a run: rename it where it stands, delete it after asking twice."""

from collections.abc import Sequence

import streamlit as st

from poetcore.errors import PoetError
from poetcore.ui.choice import chosen, forget
from poetcore.ui.state import explain, jobs
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["draw_delete", "draw_rename"]


def draw_rename(run: Run) -> None:
    """Draw the button that gives a run another title; its identifier stays."""
    with st.popover("Rename", icon=":material/edit:", key=f"renaming_{run.name}_{run.title}"):
        title = st.text_input(
            "New name",
            run.title,
            key=f"rename_{run.name}",
            max_chars=80,
            help=f"On the command line and in addresses it stays {plain(run.name)}. Without a text it gets"
            " its automatic name back.",
        )
        if st.button("Rename", key=f"rename_now_{run.name}", type="primary"):
            try:
                run.rename_title(title)
            except PoetError as error:
                explain(error)
                return
            st.rerun()


def draw_delete(runs: Sequence[Run]) -> None:
    """Draw the button that deletes runs, once it was confirmed."""
    names = ", ".join(plain(run.title) for run in runs)
    key = "_".join(run.name for run in runs)
    label = "Delete" if len(runs) == 1 else f"Delete {len(runs)} runs"
    with st.popover(label, icon=":material/delete:"):
        what = "its model and its" if len(runs) == 1 else "their models and their"
        st.markdown(f"**{names}** with {what} evaluations will be gone. The pictures stay.")
        sure = st.checkbox("Yes, I am sure", key=f"sure_{key}")
        if st.button("Delete for good", key=f"delete_now_{key}", disabled=not sure):
            try:
                for run in runs:
                    jobs().workspace.delete_run(run)
            except PoetError as error:
                explain(error)
                return
            choice = chosen().run
            if choice and choice.name in {run.name for run in runs}:
                forget("run")
            st.rerun()
