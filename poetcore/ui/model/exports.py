"""Exporting the model: written in a child process, compared with the app, downloaded by the browser."""

import functools
from typing import Any

import streamlit as st

from poetcore.errors import PoetError
from poetcore.export.export_format import ExportFormat
from poetcore.export.export_options import INPUT_RANGES, USUAL_RANGE, ExportOptions
from poetcore.export.formats import FORMATS
from poetcore.export.made import Made, find_made, zipped
from poetcore.system.figures import file_size
from poetcore.system.names import to_name
from poetcore.system.options import build, flatten, options_of
from poetcore.system.processes import run_module
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["draw_exports"]

#: What people are told of an exported model, and how the page calls it.
_FACTS = {"model_name": "Name", "description": "Description", "author": "Author", "licence": "Licence"}

#: Whence a web page has LiteRT.js, as the page calls it.
_LITERT_JS = {"cdn": "from the internet", "local": "from a folder beside the page"}


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
    kind = FORMATS[name]
    try:
        options = _options(run, kind)
        kind.check_possible(options)
        made = find_made(run, kind, options)
        if made is None:
            st.caption(
                "It is written with its labels and a note how to use it, and compared with the app on real"
                " pictures."
            )
            if not st.button("Export", key="export_now", icon=":material/file_save:"):
                return
            with st.spinner("Writing it, and comparing it with the app ...", show_time=True):
                _export(run, name, options)
            st.rerun()
    except PoetError as error:
        explain(error)
        return
    _draw_downloads(run, name, made)


def _options(run: Run, kind: ExportFormat) -> ExportOptions:
    """Draw what can be chosen of an export in a format."""
    declared, chosen = options_of(ExportOptions), dict[str, Any]()
    if "input_range" in kind.choices:
        chosen["input_range"] = st.segmented_control(
            "Input range",
            list(INPUT_RANGES),
            default=USUAL_RANGE,
            required=True,
            format_func=lambda name: name.replace("..", " to "),
            help=declared["input_range"].help,
            key="export_input_range",
            persist_state="session",
        )
    if "samples" in kind.choices:
        chosen["samples"] = st.number_input(
            "Sample pictures, which everyone can see who opens the page",
            min_value=declared["samples"].minimum,
            max_value=int(declared["samples"].maximum or 0),
            value=declared["samples"].default,
            help=declared["samples"].help,
            key="export_samples",
            persist_state="session",
            width=420,
        )
    if "litert_js" in kind.choices:
        chosen["litert_js"] = st.segmented_control(
            "LiteRT.js, which runs the model",
            list(_LITERT_JS),
            default=declared["litert_js"].default,
            required=True,
            format_func=_LITERT_JS.__getitem__,
            help=declared["litert_js"].help,
            key="export_litert_js",
            persist_state="session",
        )
    with st.popover("Name, author, licence", icon=":material/badge:"):
        for name, words in _FACTS.items():
            given = st.text_input(
                words,
                help=declared[name].help,
                max_chars=500,
                key=f"export_{name}_{run.name}",
                persist_state="session",
            )
            chosen[name] = given.strip() or None
    return build(ExportOptions, chosen)


def _export(run: Run, format_name: str, options: ExportOptions) -> None:
    """Run the command `export` in a child process, which may load TensorFlow."""
    usual = flatten(ExportOptions())
    given = {name: value for name, value in flatten(options).items() if value != usual[name]}
    chosen = [f"--{options_of(ExportOptions)[name].flag}={value}" for name, value in given.items()]
    which = [f"--run={run.name}", f"--format={format_name}", f"--workspace={workspace().root}"]
    run_module("poetcore", ["export", *which, *chosen, "--json"])


def _draw_downloads(run: Run, format_name: str, made: Made) -> None:
    """Draw the downloads: the model with labels and note, and a model that is one file by itself.

    A format whose file has labels and note inside is that one file only.
    """
    complete = FORMATS[format_name].add_note is not None
    with st.container(horizontal=True):
        if not complete:
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
            size = file_size(made.path.stat().st_size)
            st.download_button(
                f"Download {made.path.name} ({size})" if complete else f"{made.path.name} alone ({size})",
                made.path.read_bytes,
                file_name=made.path.name,
                mime="application/octet-stream",
                key="download_model",
                icon=":material/download:",
                on_click="ignore",
            )
    st.caption(made.parity.sentence)
    st.caption(f"On this computer it is {plain(made.path)}.")
