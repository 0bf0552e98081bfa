"""What a page knows of a figure: which accuracy may stand, and whether the files are still those it is of.

Folders are as they were scanned last (`scans.py`), and a comparison is kept until one of its sides changes.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from poetcore.data.dataset import Dataset
from poetcore.errors import RunError
from poetcore.evaluation.evaluate import Evaluation
from poetcore.evaluation.freshness import Difference, evaluation_difference, run_difference
from poetcore.evaluation.headline import Headline, headline
from poetcore.system.files import is_same_place
from poetcore.ui.computed import times_of
from poetcore.ui.scans import now_of
from poetcore.ui.state import evaluation_at, loaded, metrics_of
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.run import Run

__all__ = [
    "Checked",
    "check",
    "checked",
    "files_now",
    "run_changes",
    "trained_on",
]


@dataclass(frozen=True)
class Checked:
    """What is known of an evaluation now.

    Attributes:
        changes: of the demo folder and the run since it was made.
        headline: the accuracy that may stand, with its mark and remarks.
    """

    changes: Difference
    headline: Headline

    @property
    def fresh(self) -> bool:
        """Whether nothing has changed since, as far as a comparison can tell, and there was one."""
        return self.changes.known and not self.changes.any


def files_now(folder: Path | str) -> Dataset | None:
    """Return the pictures of a folder as they are now; None where it is gone or cannot be used."""
    return now_of(folder).dataset


def checked(run: Run, demo: Path) -> tuple[Evaluation, Checked] | None:
    """Return the evaluation of a run on a demo folder with what is known of it now; None without one."""
    folder = evaluation_at(run, demo)
    if folder is None:
        return None
    try:
        return loaded(folder), check(run, folder)
    except RunError:
        return None  # a damaged one is as good as none: evaluate again


def check(run: Run, folder: EvaluationFolder) -> Checked:
    """Compare the pictures that a run was evaluated on with those of the demo folder now.

    Raises:
        RunError: the evaluation is damaged.
    """
    now, training = now_of(metrics_of(folder).folder), run_changes(run)
    stamps = (*times_of(folder.metrics_file, run.folder / "head.npz"), now.state, training.counts)
    return _checked(str(folder.folder), stamps, run, folder, now.dataset, training)


def run_changes(run: Run) -> Difference:
    """Compare the pictures that a run was trained on with those of its folder now."""
    try:
        now = now_of(run.record().image_dir)
    except RunError:
        return Difference(known=False)
    return _run_changes(str(run.folder), (*times_of(run.folder / "run.json"), now.state), run, now.dataset)


def trained_on(run: Run, folder: Path) -> bool:
    """Return whether a run was trained on a folder."""
    return is_same_place(Path(run.record().image_dir), folder)


# What stands for the rest in the caches below: names and times of files, and states of folders.


@st.cache_data(max_entries=256, show_spinner=False)
def _checked(
    name: str,
    stamps: tuple[object, ...],
    _run: Run,
    _folder: EvaluationFolder,
    _now: Dataset | None,
    _training: Difference,
) -> Checked:
    evaluation = loaded(_folder)
    changes = evaluation_difference(evaluation, _run, _now, _training)
    return Checked(changes, headline(evaluation.metrics, changes))


@st.cache_data(max_entries=256, show_spinner=False)
def _run_changes(name: str, stamps: tuple[object, ...], _run: Run, _now: Dataset | None) -> Difference:
    return run_difference(_run, _now)
