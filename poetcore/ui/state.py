"""What all pages share: the server's workspace, what was read from it, an error and a progress bar."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from poetcore.data.dataset import Dataset, scan
from poetcore.errors import PoetError, RunError
from poetcore.evaluation.evaluate import Evaluation
from poetcore.system.progress import PHASES, OnProgress, Progress
from poetcore.training.jobs import Jobs
from poetcore.ui.text import plain
from poetcore.workspace.run import EvaluationFolder, Run
from poetcore.workspace.workspace import Workspace, default_workspace

__all__ = ["evaluation_of", "explain", "jobs", "progress_bar", "scanned", "workspace"]


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Return the workspace that the server works in."""
    return default_workspace()


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Return the trainings of the workspace."""
    return Jobs(workspace())


@st.cache_data(ttl="15s", max_entries=8, show_spinner=False)
def scanned(folder: Path, verify: bool = False) -> Dataset:
    """Scan a folder of label folders; files that did not change are not read again.

    Args:
        folder: the folder.
        verify: also decode each picture whole.

    Raises:
        DatasetError: the folder is none, or has no label folders.
    """
    with workspace().file_index() as index, st.spinner(f"Scanning {plain(folder)} ...", show_time=True):
        return scan(folder, index, verify=verify)


def evaluation_of(run: Run, demo: Path) -> Evaluation | None:
    """Return the evaluation of a run on a demo folder, or None where there is none yet."""
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
    """Load an evaluation; `stamp` is its file's time, so that a new one is loaded again."""
    return Evaluation.load(EvaluationFolder(folder))


@contextlib.contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """Draw a progress bar for the time of a `with` block, which gets the function that shows a `Progress`."""
    bar = st.progress(0.0, PHASES["starting"].words)

    def show(progress: Progress) -> None:
        bar.progress(progress.share, plain(progress.text))

    try:
        yield show
    finally:
        bar.empty()


def explain(error: PoetError) -> None:
    """Show what went wrong, in the error's own sentence."""
    st.error(plain(error), icon=":material/error:")
