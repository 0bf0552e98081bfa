"""Taking a model along: writes a run in another format, by a child process, and shows how it compares."""

import json

import streamlit as st

from poetcore.errors import PoetError
from poetcore.system.processes import run_module
from poetcore.ui.state import workspace
from poetcore.workspace.run import Run

__all__ = ["draw_exports"]

_FORMATS = {
    "tflite": "LiteRT (.tflite), for phones and small computers",
    "tflite_int8": "LiteRT in 8 bits, a quarter of the size",
    "keras": "Keras (.keras), to go on in Python",
    "saved_model": "TensorFlow SavedModel, for servers",
    "frozen_graph": "Frozen graph (.pb), for the codelab's scripts",
}


def draw_exports(run: Run) -> None:
    """Offer a run's model in every format; each is compared with the app before it is kept."""
    with st.expander("Take the model with you", icon=":material/ios_share:"):
        form = st.selectbox("Format", list(_FORMATS), format_func=_FORMATS.__getitem__, key="export_format")
        if st.button("Export", key="export_now", icon=":material/file_save:"):
            with st.spinner("Writing it, and comparing it with the app on real pictures ...", show_time=True):
                st.session_state["exported"] = (run.name, *_export(run, form))
        told = st.session_state.get("exported")
        if told and told[0] == run.name:
            _draw_told(*told[1:])


def _export(run: Run, form: str) -> tuple[dict[str, object] | None, str]:
    """Export in a child process, which may carry TensorFlow; gives what it answers, or what went wrong."""
    options = [f"--run={run.name}", f"--format={form}", f"--workspace={workspace().root}", "--json"]
    try:
        return json.loads(run_module("poetcore", ["export", *options])), ""
    except PoetError as error:
        return None, str(error)


def _draw_told(answer: dict[str, object] | None, trouble: str) -> None:
    if answer is None:
        st.error(trouble, icon=":material/error:")
        return
    parity = answer["parity"]
    assert isinstance(parity, dict)
    st.success(f"Written to {answer['path']}, with its labels and a note how to use it.")
    if parity["pictures"]:
        st.caption(
            f"On {parity['pictures']} real pictures it gives the app's top label on"
            f" {parity['same_top1']:.0%};"
            f" the largest difference of a probability is {parity['max_abs_diff']:.2g}."
        )
