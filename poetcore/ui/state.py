"""What all pages share: the server's workspace, what was read from it, an error and a progress bar."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from poetcore.data.dataset import Dataset, scan
from poetcore.errors import PoetError, RunError
from poetcore.evaluation.evaluate import Evaluation
from poetcore.evaluation.metrics import Metrics
from poetcore.system.progress import PHASES, OnProgress, Progress
from poetcore.training.jobs import Jobs
from poetcore.ui.text import plain
from poetcore.workspace.records import read_record
from poetcore.workspace.run import EvaluationFolder, Run
from poetcore.workspace.workspace import Workspace, default_workspace

__all__ = [
    "evaluation_at",
    "explain",
    "jobs",
    "loaded",
    "metrics_of",
    "progress_bar",
    "scanned",
    "workspace",
]


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


def evaluation_at(run: Run, demo: Path) -> EvaluationFolder | None:
    """Return where the evaluation of a run on a demo folder is, or None where there is none yet."""
    for folder in run.evaluations():
        with contextlib.suppress(RunError):  # a damaged one is as good as none: evaluate again
            if metrics_of(folder).folder == str(demo):
                return folder
    return None


def metrics_of(folder: EvaluationFolder) -> Metrics:
    """Return the figures of an evaluation.

    Raises:
        RunError: they are missing or damaged.
    """
    return _metrics(folder.folder, _stamp(folder))


def loaded(folder: EvaluationFolder) -> Evaluation:
    """Return an evaluation with its table of predictions.

    Raises:
        RunError: it is missing or damaged.
    """
    return _loaded(folder.folder, _stamp(folder))


@st.cache_data(max_entries=256, show_spinner=False)
def _metrics(folder: Path, stamp: int) -> Metrics:
    """Read the figures; `stamp` is their file's time, so that new ones are read again."""
    return read_record(EvaluationFolder(folder).metrics_file, Metrics)


@st.cache_data(max_entries=8, show_spinner=False)
def _loaded(folder: Path, stamp: int) -> Evaluation:
    """Load an evaluation; `stamp` as above."""
    return Evaluation.load(EvaluationFolder(folder))


def _stamp(folder: EvaluationFolder) -> int:
    return folder.metrics_file.stat().st_mtime_ns if folder.exists() else 0


@contextlib.contextmanager
def progress_bar() -> Iterator[OnProgress]:
    """Draw a progress bar for the time of a `with` block, which gets the function that shows a `Progress`.

    From a phase's second second on it tells how long the rest of the phase will take.
    """
    bar = st.progress(0.0, PHASES["starting"].words)
    began: dict[str, tuple[float, int]] = {}

    def show(progress: Progress) -> None:
        time_0, done_0 = began.setdefault(progress.phase, (time.monotonic(), progress.done))
        passed, done = time.monotonic() - time_0, progress.done - done_0
        left = ""
        if passed > 1 and done > 0 and progress.total > progress.done:
            left = f", about {passed / done * (progress.total - progress.done):,.0f} s left"
        bar.progress(progress.share, plain(progress.text) + left)

    try:
        yield show
    finally:
        bar.empty()


def explain(error: PoetError) -> None:
    """Show what went wrong, in the error's own sentence."""
    st.error(plain(error), icon=":material/error:")
