"""Accuracy before and after repairs: the runs on a dataset, each with the repairs that came before."""

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from poetcore.curation.changes import Step
from poetcore.errors import RunError
from poetcore.evaluation.metrics import Metrics
from poetcore.workspace.records import read_record
from poetcore.workspace.run import Run

__all__ = ["before_and_after"]

_COLUMNS = ["run", "trained", "repairs", "pictures", "test", "tested", "demo folder", "demo", "evaluated"]


def before_and_after(folder: Path, runs: Iterable[Run], steps: Sequence[Step]) -> pd.DataFrame:
    """List the finished runs that were trained on a folder, the newest first.

    Args:
        folder: the dataset's folder, absolute.
        runs: newest first; those on other folders and those that are not finished are skipped.
        steps: the repairs of the folder, newest first.

    Returns:
        One row a run and demo folder it was evaluated on: run, trained (when it began), repairs (in words,
        which came before it), pictures (of its splits), test (accuracy, 0 to 1), tested (pictures), demo
        folder, demo (accuracy, 0 to 1) and evaluated (pictures), these three missing where it was not
        evaluated.
    """
    # A step that was undone or refused entirely came before nothing.
    begun = [(datetime.fromisoformat(step.time), step.id) for step in steps if step.of("applied")]
    rows = []
    for run in runs:
        with contextlib.suppress(RunError):
            if run.state() == "done" and run.record().image_dir == str(folder):
                rows += _rows(run, begun)
    return pd.DataFrame(rows, columns=_COLUMNS)


def _rows(run: Run, begun: Sequence[tuple[datetime, str]]) -> list[tuple[object, ...]]:
    record = run.record()
    trained = datetime.fromisoformat(record.created)
    last = next((step for time, step in begun if time <= trained), None)
    about = (
        run.name,
        trained,
        f"after step {last}" if last else "before any",
        sum(record.splits.values()),
        record.metrics["final_test_accuracy"],
        record.metrics["final_test_count"],
    )
    evaluated = []
    for found in run.evaluations():
        with contextlib.suppress(RunError):  # a damaged one costs its own row only
            evaluated.append(read_record(found.metrics_file, Metrics))
    return [(*about, m.folder, m.accuracy, m.total) for m in evaluated] or [(*about, None, None, None)]
