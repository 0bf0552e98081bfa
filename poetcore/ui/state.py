"""What all pages share: the server's workspace, what was read from it, an error and a progress bar."""

import contextlib
import math
import time
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from poetcore.data.layout import Level, LevelError
from poetcore.errors import PoetError, RunError
from poetcore.evaluation.evaluate import Evaluation
from poetcore.evaluation.metrics import Metrics
from poetcore.system.progress import PHASES, OnProgress, Progress
from poetcore.training.jobs import Jobs
from poetcore.training.tuning.jobs import Tunings
from poetcore.ui.access import served_workspace
from poetcore.ui.text import plain, short
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.records import read_record
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = [
    "choose",
    "evaluation_at",
    "explain",
    "jobs",
    "loaded",
    "metrics_of",
    "offer_level",
    "progress_bar",
    "tunings",
    "workspace",
]

#: Seconds between two drawings of a progress bar within a phase.
_REDRAWN = 0.2


def choose(**values: str | None) -> None:
    """Set `dataset`, `demo` or `run` from a page, None for none; it holds from the next rerun on."""
    for name, value in values.items():
        st.session_state[f"next_{name}"] = value


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Return the workspace that the server works in."""
    return served_workspace()


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Return the trainings of the workspace."""
    return Jobs(workspace())


@st.cache_resource(show_spinner=False)
def tunings() -> Tunings:
    """Return the tunings of the workspace."""
    return Tunings(workspace())


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

    From a phase's second second on it tells how long the rest of the phase will take. It is drawn five times
    a second: a browser that draws each of hundreds of steps takes the processor from the work itself.
    """
    bar = st.progress(0.0, PHASES["starting"].words)
    began: dict[str, tuple[float, int]] = {}
    drawn = -math.inf

    def show(progress: Progress) -> None:
        nonlocal drawn
        now, is_new = time.monotonic(), progress.phase not in began
        time_0, done_0 = began.setdefault(progress.phase, (now, progress.done))
        if not is_new and progress.done < progress.total and now - drawn < _REDRAWN:
            return
        drawn = now
        passed, done = now - time_0, progress.done - done_0
        left = ""
        if passed > 1 and done > 0 and progress.total > progress.done:
            left = f", about {passed / done * (progress.total - progress.done):,.0f} s left"
        bar.progress(progress.share, plain(progress.text) + left)

    try:
        yield show
    finally:
        bar.empty()


def explain(error: PoetError) -> None:
    """Show what went wrong, in the error's own sentence, with a button where one click mends it."""
    if isinstance(error, LevelError):
        offer_level(error.level)
    else:
        st.error(plain(error), icon=":material/error:")


def offer_level(level: Level, chosen_as: str = "dataset", place: str = "page") -> None:
    """Show that a folder one too high or too low was chosen, and offer what is meant.

    Args:
        level: where the label folders are.
        chosen_as: "dataset", "demo", or another choice whose next value is kept as `next_<name>`.
        place: tells this offer from others on the screen.
    """
    demo = level.demo if chosen_as == "dataset" else None
    meant = (level.demo or level.train) if chosen_as == "demo" else level.train
    given, inner = plain(short(level.given)), plain(short(meant))
    beside = f", and {plain(short(demo))} to evaluate on" if demo else ""
    st.warning(
        f"{given} holds pictures of one label: the label folders are in {inner}{beside}."
        if level.is_above
        else f"The label folders are not in {given} itself but in {inner}{beside}.",
        icon=":material/account_tree:",
    )
    st.button(
        f"Use {inner} and {plain(short(demo))} as demo folder" if demo else f"Use {inner}",
        key=f"level_{place}_{chosen_as}_{level.given}",
        icon=":material/subdirectory_arrow_right:",
        on_click=choose,
        kwargs={chosen_as: str(meant)} | ({"demo": str(demo)} if demo else {}),
    )
