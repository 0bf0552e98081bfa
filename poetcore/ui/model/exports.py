"""Exporting the model: written in a child process, compared with the app, downloaded by the browser."""

import functools

import streamlit as st

from poetcore.errors import PoetError
from poetcore.export.export_options import INPUT_RANGES, USUAL_RANGE, ExportOptions
from poetcore.export.formats import FORMATS
from poetcore.export.made import Made, find_made, zipped
from poetcore.system.figures import file_size
from poetcore.system.names import to_name
from poetcore.system.options import options_of
from poetcore.system.processes import run_module
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["draw_exports"]


def draw_exports(run: Run) -> None:
    """Offer a run's model in every format: a button writes it, another downloads what is written."""
    name = st.selectbox(
        "Format",
        list(FORMATS),
        format_func=lambda name: FORMATS[name].purpose,
        key="export_format",
        persist_state="session",
        width=420,
    )
    kind, input_range = FORMATS[name], USUAL_RANGE
    if kind.input_ranges:
        input_range = st.segmented_control(
            "Input range",
            list(INPUT_RANGES),
            default=USUAL_RANGE,
            required=True,
            format_func=lambda name: name.replace("..", " to "),
            help=options_of(ExportOptions)["input_range"].help,
            key="export_input_range",
            persist_state="session",
        )
    try:
        kind.check_possible(ExportOptions(input_range=input_range))
        made = find_made(run, kind, input_range)
        if made is None:
            st.caption(
                "It is written with its labels and a note how to use it, and compared with the app on real"
                " pictures."
            )
            if not st.button("Export", key="export_now", icon=":material/file_save:"):
                return
            with st.spinner("Writing it, and comparing it with the app ...", show_time=True):
                _export(run, name, input_range)
            st.rerun()
    except PoetError as error:
        explain(error)
        return
    _draw_downloads(run, name, made)


def _export(run: Run, format_name: str, input_range: str) -> None:
    """Run the command `export` in a child process, which may load TensorFlow."""
    chosen = [f"--run={run.name}", f"--format={format_name}", f"--input_range={input_range}"]
    run_module("poetcore", ["export", *chosen, f"--workspace={workspace().root}", "--json"])


def _draw_downloads(run: Run, format_name: str, made: Made) -> None:
    """Draw the downloads: the model with labels and note, and a model that is one file by itself."""
    with st.container(horizontal=True):
        st.download_button(
            f"Download with labels and note (zip, {file_size(made.bytes)})",
            functools.partial(zipped, made),
            file_name=f"{to_name(run.name, 'run')}_{format_name}.zip",
            mime="application/zip",
            key="download_export",
            icon=":material/download:",
            on_click="ignore",
        )
        if made.path.is_file():
            st.download_button(
                f"{made.path.name} alone ({file_size(made.path.stat().st_size)})",
                made.path.read_bytes,
                file_name=made.path.name,
                mime="application/octet-stream",
                key="download_model",
                icon=":material/download:",
                on_click="ignore",
            )
    st.caption(made.parity.sentence)
    st.caption(f"On this computer it is {plain(made.path)}.")
