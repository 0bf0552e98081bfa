"""What all pages share: the workspace, the jobs, and the chosen dataset, demo folder and run.

The choice lives in the session and in the address, so that an address can be sent to someone.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from poetcore.data.dataset import Dataset, scan
from poetcore.errors import PoetError, RunError
from poetcore.evaluation.evaluate import Evaluation
from poetcore.system.progress import PHASES, OnProgress, Progress
from poetcore.training.jobs import Jobs
from poetcore.ui.text import plain, short
from poetcore.workspace.datasets import demo_folders, sibling_demo, training_folders
from poetcore.workspace.run import EvaluationFolder, Run
from poetcore.workspace.workspace import Workspace, default_workspace

__all__ = [
    "Choice",
    "choose",
    "chosen",
    "draw_choice",
    "evaluation_of",
    "explain",
    "forget",
    "jobs",
    "progress_bar",
    "scanned",
    "workspace",
]


@dataclass(frozen=True)
class Choice:
    """What the user works with; each may be None.

    Attributes:
        dataset: folder to learn from.
        demo: folder to judge on.
        run: a finished run.
    """

    dataset: Path | None
    demo: Path | None
    run: Run | None


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Give the workspace that the server works in."""
    return default_workspace()


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Give the trainings of the workspace."""
    return Jobs(workspace())


@st.cache_data(ttl="15s", max_entries=8, show_spinner=False)
def scanned(folder: Path, verify: bool = False) -> Dataset:
    """Look through a folder; what is in unchanged files is known from before."""
    index = workspace().file_index()
    try:
        with st.spinner(f"Looking through {folder} ...", show_time=True):
            return scan(folder, index, verify=verify)
    finally:
        index.close()


def evaluation_of(run: Run, demo: Path) -> Evaluation | None:
    """Give what is known of a run on a demo folder, or None if it was not judged there yet."""
    for folder in run.evaluations():
        try:
            found = _loaded(folder.folder, folder.metrics_file.stat().st_mtime_ns)
        except RunError:
            continue  # a damaged one is as good as none: evaluate again
        if found.metrics.folder == str(demo):
            return found
    return None


@st.cache_data(max_entries=8, show_spinner=False)
def _loaded(folder: Path, stamp: int) -> Evaluation:
    """Read an evaluation; `stamp` is its file's time, so that a new one is read again."""
    return Evaluation.load(EvaluationFolder(folder))


def choose(**values: str) -> None:
    """Choose something from a page; it holds from the next rerun on."""
    for name, value in values.items():
        st.session_state[f"next_{name}"] = value


def forget(name: str) -> None:
    """Forget a choice that is no more; the next rerun takes another."""
    for key in (f"pick_{name}", f"asked_{name}"):
        st.session_state.pop(key, None)
    st.query_params.pop(name, None)


def draw_choice() -> None:
    """Draw the three choices, in the sidebar, and remember what was chosen."""
    place = workspace()
    datasets = [str(folder) for folder in training_folders(place)]
    dataset = _pick("dataset", "Dataset", datasets, short, "A folder with one folder of pictures per label.")
    demos = [str(folder) for folder in demo_folders(place)]
    beside = sibling_demo(Path(dataset)) if dataset else None
    before = st.session_state.get("demo_goes_with")
    if beside and before and dataset != before:
        choose(demo=str(beside))  # another dataset brings its own demo folder along
    st.session_state["demo_goes_with"] = dataset
    if beside:
        demos = [str(beside), *(d for d in demos if d != str(beside))]
    demo = _pick("demo", "Demo folder", demos, short, "Labelled pictures that the model never learnt from.")
    runs = {run.name: run for run in place.finished_runs()}
    _tell_finished(set(runs))
    name = _pick("run", "Run", list(runs), lambda run: run, "A finished training.", new=False)
    st.session_state["choice"] = Choice(
        Path(dataset) if dataset else None, Path(demo) if demo else None, runs.get(name) if name else None
    )


def _tell_finished(done: set[str]) -> None:
    """Tell of trainings that ended well while nobody watched them; a watched one is told of by its page."""
    known = st.session_state.get("runs_done", done)
    st.session_state["runs_done"] = done
    for name in sorted(done - known - {st.session_state.get("ended_run")}):
        st.toast(f"The run {name} is ready: choose it under *Run*.", icon=":material/check_circle:")


def chosen() -> Choice:
    """Give what is chosen; the shell has drawn it before any page runs."""
    return st.session_state.get("choice", Choice(None, None, None))


def _pick(
    name: str, label: str, options: Sequence[str], shown: Callable[[str], str], help: str, new: bool = True
) -> str | None:
    """Draw one choice and keep it the same in the session, in the widget and in the address.

    A widget's state is lost on some ways from page to page and an address arrives from outside, so the
    value is written into the widget's state before it is drawn, and into the address after it.
    """
    key, asked = f"pick_{name}", st.query_params.get(name)
    wanted = st.session_state.pop(f"next_{name}", None)
    if wanted is None and asked is not None and asked != st.session_state.get(f"asked_{name}"):
        wanted = asked
    current = wanted if wanted is not None else st.session_state.get(key)
    known = list(options)
    if current is not None and current not in known and new and Path(current).is_dir():
        known.insert(0, current)
    if current not in known:
        if current is not None:
            st.warning(f"{label} not found: {current}")
        current = known[0] if known else None
    st.session_state[key] = current
    value = st.selectbox(
        label,
        known,
        key=key,
        format_func=shown,
        help=help,
        accept_new_options=new,
        placeholder="Type a folder's path" if new else "None yet",
        persist_state="session",
    )
    if value is not None and value not in known:
        value = _typed(value, key)
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
    st.session_state[f"asked_{name}"] = value
    return value


def _typed(value: str, key: str) -> str | None:
    folder = Path(value).expanduser()
    if folder.is_dir():
        return str(folder.absolute())
    st.warning(f"No such folder: {value}")
    return None


@contextlib.contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """Draw a progress bar that is there as long as the `with` block; what it yields shows a `Progress` in it."""
    bar = st.progress(0.0, PHASES["starting"].words)

    def show(progress: Progress) -> None:
        bar.progress(progress.share, progress.text)

    try:
        yield show
    finally:
        bar.empty()


def explain(error: PoetError) -> None:
    """Show what went wrong, in the error's own sentence."""
    st.error(plain(error), icon=":material/error:")
