"""The chosen dataset, demo folder and run: drawn in the sidebar, the same on every page.

The choice is kept in the session and in the page's address, so that an address can be sent to someone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from poetcore.data.layout import demo_beside
from poetcore.ui.freshness import trained_on
from poetcore.ui.state import workspace
from poetcore.ui.text import apart, plain, short_names
from poetcore.workspace.datasets import demo_folders, training_folders
from poetcore.workspace.run import Run

__all__ = ["Choice", "choose", "chosen", "draw_choice", "forget"]


@dataclass(frozen=True)
class Choice:
    """What the user works with; each may be None.

    Attributes:
        dataset: folder of training pictures.
        demo: folder to evaluate on.
        run: a finished run.
    """

    dataset: Path | None
    demo: Path | None
    run: Run | None


def chosen() -> Choice:
    """Return what is chosen; the shell has drawn the choice before any page runs."""
    choice = st.session_state.get("choice")
    return choice if isinstance(choice, Choice) else Choice(None, None, None)


def choose(**values: str) -> None:
    """Set `dataset`, `demo` or `run` from a page; it holds from the next rerun on."""
    for name, value in values.items():
        st.session_state[f"next_{name}"] = value


def forget(name: str) -> None:
    """Drop a choice whose folder or run was deleted; the next rerun takes another."""
    for key in (f"pick_{name}", f"asked_{name}"):
        st.session_state.pop(key, None)
    st.query_params.pop(name, None)


def draw_choice() -> None:
    """Draw the three choices and remember them."""
    place = workspace()
    datasets = [str(folder) for folder in training_folders(place)]
    dataset = _draw_folder("dataset", "Dataset", datasets, "A folder with one folder of pictures per label.")
    beside = demo_beside(Path(dataset)) if dataset else None
    before = st.session_state.get("demo_goes_with")
    if beside and before and dataset != before:
        choose(demo=str(beside))  # another dataset brings its own demo folder along
    st.session_state["demo_goes_with"] = dataset
    demos = [str(folder) for folder in demo_folders(place)]
    if beside:
        demos = [str(beside), *(folder for folder in demos if folder != str(beside))]
    demo = _draw_folder("demo", "Demo folder", demos, "Labelled pictures that the model was not trained on.")
    runs = {run.name: run for run in place.finished_runs()}
    _toast_finished(set(runs))
    run = _draw_run(list(runs))
    if run and dataset and not trained_on(runs[run], Path(dataset)):
        other, _ = apart(runs[run].record().image_dir, dataset)
        st.caption(f"Trained on {plain(other)}, not on the dataset above.")
    _write_address({"dataset": dataset, "demo": demo, "run": run})
    st.session_state["choice"] = Choice(
        Path(dataset) if dataset else None, Path(demo) if demo else None, runs[run] if run else None
    )


def _toast_finished(done: set[str]) -> None:
    """Show which trainings ended well since the last rerun; this session's own has a message already."""
    known = st.session_state.get("runs_done", done)
    st.session_state["runs_done"] = done
    for name in sorted(done - known - {st.session_state.get("ended_run")}):
        st.toast(f"The run {plain(name)} is ready: choose it under *Run*.", icon=":material/check_circle:")


def _draw_folder(name: str, label: str, options: Sequence[str], help: str) -> str | None:
    """Draw the choice of a folder, which may also be typed; return its path."""
    current = _current(name)
    known = list(options)
    if current is not None and current not in known and Path(current).is_dir():
        known.insert(0, current)
    _set_current(name, label, current, known)
    names = short_names(known)
    value = st.selectbox(
        label,
        known,
        key=f"pick_{name}",
        format_func=lambda path: names.get(path, path),
        help=help,
        accept_new_options=True,
        placeholder="Type a folder's path",
        persist_state="session",
    )
    if value is None or value in known:
        return value
    folder = Path(value).expanduser()
    if folder.is_dir():
        return str(folder.absolute())
    st.warning(f"No such folder: {plain(value)}")
    return None


def _draw_run(known: Sequence[str]) -> str | None:
    """Draw the choice of a run; return its name."""
    _set_current("run", "Run", _current("run"), known)
    return st.selectbox(
        "Run",
        known,
        key="pick_run",
        help="A finished training.",
        placeholder="None yet",
        persist_state="session",
    )


def _current(name: str) -> str | None:
    """Return what is to be chosen now: what a page set, what a new address holds, or the value so far.

    A widget's state is lost on some ways from page to page and an address arrives from outside, so the value
    is written into the widget's state before it is drawn, and into the address after it.
    """
    wanted: str | None = st.session_state.pop(f"next_{name}", None)
    if wanted is not None:
        return wanted
    asked = st.query_params.get(name)
    if asked is not None and asked != st.session_state.get(f"asked_{name}"):
        return asked
    value: str | None = st.session_state.get(f"pick_{name}")
    return value


def _set_current(name: str, label: str, current: str | None, known: Sequence[str]) -> None:
    """Set the value of a widget that is drawn next: `current`, or the first where that one is missing."""
    if current not in known:
        if current is not None:
            st.warning(f"{label} not found: {plain(current)}")
        current = known[0] if known else None
    st.session_state[f"pick_{name}"] = current


def _write_address(values: dict[str, str | None]) -> None:
    """Write the choice into the page's address, as one entry of the browser's history."""
    changed = {name: value for name, value in values.items() if value and st.query_params.get(name) != value}
    if changed:
        st.query_params.update(changed)
    for name, value in values.items():
        st.session_state[f"asked_{name}"] = value
        if value is None:
            st.query_params.pop(name, None)
