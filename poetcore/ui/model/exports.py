"""Exporting the model: writes a run in another format, by a child process, and shows how it compares."""

import json
from typing import Any

import streamlit as st

from poetcore.errors import PoetError
from poetcore.export.formats import FORMATS
from poetcore.system.processes import run_module
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["draw_exports"]


def draw_exports(run: Run) -> None:
    """Offer a run's model in every format; each is compared with the app before it is kept."""
    with st.expander("Export the model", icon=":material/ios_share:"):
        name = st.selectbox(
            "Format", list(FORMATS), format_func=lambda name: FORMATS[name].purpose, key="export_format"
        )
        if st.button("Export", key="export_now", icon=":material/file_save:"):
            with st.spinner("Writing it, and comparing it with the app on real pictures ...", show_time=True):
                st.session_state["exported"] = (run.name, _export(run, name))
        exported = st.session_state.get("exported")
        if exported and exported[0] == run.name:
            _draw_outcome(exported[1])


def _export(run: Run, format_name: str) -> dict[str, Any] | PoetError:
    """Run the command `export` in a child process, which may load TensorFlow, and return its answer."""
    options = [f"--run={run.name}", f"--format={format_name}", f"--workspace={workspace().root}", "--json"]
    try:
        answer: dict[str, Any] = json.loads(run_module("poetcore", ["export", *options]))
        return answer
    except PoetError as error:
        return error


def _draw_outcome(outcome: dict[str, Any] | PoetError) -> None:
    if isinstance(outcome, PoetError):
        explain(outcome)
        return
    parity = outcome["parity"]
    st.success(f"Written to {plain(outcome['path'])}, with its labels and a note how to use it.")
    if parity["pictures"]:
        st.caption(
            f"On {parity['pictures']} real pictures it gives the app's top label on"
            f" {parity['same_top1']:.0%};"
            f" the largest difference of a probability is {parity['max_abs_diff']:.2g}."
        )
