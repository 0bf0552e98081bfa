"""The evaluations of several runs side by side, each with what must be known to compare them."""

import contextlib
import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pandas as pd

from poetcore.data.contents import state_of
from poetcore.data.dataset import Dataset
from poetcore.data.listing import demo_part
from poetcore.data.multi_label import label_sets_now
from poetcore.errors import DatasetError, RunError
from poetcore.evaluation.headline import headline
from poetcore.evaluation.metrics import Metrics
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.records import read_record
from poetcore.workspace.run import Run

__all__ = ["demo_results", "evaluation_of"]

_COLUMNS = ["run", "folder", "accuracy", "correct", "total", "mark", "state"]


def evaluation_of(run: Run, demo: Path) -> EvaluationFolder | None:
    """Return where the evaluation of a run on a demo folder is, or None where there is none that can be read.

    Args:
        run: the run.
        demo: the folder, or the CSV file of which the demo rows were evaluated.
    """
    wanted = Path(os.path.abspath(demo))
    for folder in run.evaluations():
        with contextlib.suppress(RunError, DatasetError):
            found = Path(read_record(folder.metrics_file, Metrics).folder)
            if wanted == found or demo_part(wanted) == found:
                return folder
    return None


def demo_results(runs: Iterable[Run], files: Callable[[Path], Dataset | None] | None = None) -> pd.DataFrame:
    """List the evaluations of runs that can be read, those of a run the newest first.

    Args:
        runs: newest first.
        files: returns the pictures of a demo folder as they are now, None where it is gone; without it
            evaluations are only compared with each other.

    Returns:
        One row an evaluation: run (its name), folder (the demo folder), accuracy (0 to 1; missing where half
        or more were seen in training), correct and total (pictures it rests on), state (hash of contents and
        labels) and mark: a few words to stand beside the figure, "" for none. "out of date" are figures of
        other files than those there now, "other demo pictures" those of others than the first row of the
        same folder where that is gone, "demo pictures not known" those of an earlier version, "some labels
        only" those without the pictures of labels that a run of chosen labels does not know.
    """

    @cache
    def state_now(folder: str, excluded: frozenset[str], several: bool) -> str:
        now = files(Path(folder)) if files else None
        if now is not None and several:
            now = label_sets_now(now)
        return "" if now is None else state_of(now.pictures[~now.pictures["label"].isin(excluded)])

    rows, first = [], dict[str, str]()
    for run in runs:
        for found in run.evaluations():
            with contextlib.suppress(RunError):  # a damaged one costs its own row only
                metrics = read_record(found.metrics_file, Metrics)
                rows.append((run.name, metrics))
                first.setdefault(metrics.folder, metrics.state)
    several = pd.Series([metrics.folder for _, metrics in rows], dtype=str).value_counts()
    table = []
    for name, metrics in rows:
        told = headline(metrics)
        marks = [told.mark] if told.mark else []
        now = state_now(metrics.folder, frozenset(metrics.excluded), metrics.multi_label is not None)
        other = first[metrics.folder]
        marks += ["some labels only"] if metrics.excluded else []
        if not metrics.state:
            marks += ["demo pictures not known"] if several[metrics.folder] > 1 else []
        elif now:
            marks += ["out of date"] if now != metrics.state else []
        elif other and other != metrics.state:
            marks.append("other demo pictures")
        accuracy = told.accuracy
        figures = (accuracy.value, accuracy.correct, accuracy.total) if accuracy else (None, None, None)
        table.append((name, metrics.folder, *figures, "; ".join(marks), metrics.state))
    listed = pd.DataFrame(table, columns=_COLUMNS)
    return listed.astype({"accuracy": float, "correct": "Int64", "total": "Int64"})
