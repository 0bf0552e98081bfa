"""Accuracy before and after repairs: the runs on a dataset, each with the repairs that came before."""

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from poetcore.curation.changes import Step
from poetcore.errors import RunError
from poetcore.evaluation.results import demo_results
from poetcore.workspace.run import Run

__all__ = ["before_and_after"]

_COLUMNS = [
    "run",
    "trained",
    "repairs",
    "pictures",
    "test",
    "tested",
    "demo folder",
    "demo",
    "evaluated",
    "note",
]


def before_and_after(folder: Path, runs: Iterable[Run], steps: Sequence[Step]) -> pd.DataFrame:
    """List the finished runs that were trained on a folder, the newest first.

    Args:
        folder: the dataset's folder, absolute.
        runs: newest first; those on other folders and those that are not finished are skipped.
        steps: the repairs of the folder, newest first.

    Returns:
        One row a run and demo folder it was evaluated on: run, trained (when it began), repairs (in words,
        which came before it), pictures (of its splits), test (accuracy, 0 to 1), tested (pictures), demo
        folder, demo (accuracy, 0 to 1; missing where half or more were seen in training) and evaluated
        (pictures), these three missing where it was not evaluated, and note: what must be known to compare
        the demo accuracy, as `demo_results` marks it.
    """
    # A step that was undone or refused entirely came before nothing.
    begun = [(datetime.fromisoformat(step.time), step.id) for step in steps if step.of("applied")]
    finished = []
    for run in runs:
        with contextlib.suppress(RunError):
            if run.state() == "done" and run.record().image_dir == str(folder):
                finished.append((run, run.record()))
    results = demo_results(run for run, _ in finished)
    rows = []
    for run, record in finished:
        trained = datetime.fromisoformat(record.created)
        last = next((step for time, step in begun if time <= trained), None)
        about = (
            run.name,
            trained,
            f"after step {last}" if last else "before any",
            sum(record.splits.values()),
            record.metrics.get("final_test_accuracy"),
            record.metrics.get("final_test_count"),
        )
        found = results.loc[results["run"] == run.name, ["folder", "accuracy", "total", "mark"]]
        rows += [(*about, *values) for values in found.itertuples(index=False)] or [
            (*about, None, None, None, "")
        ]
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"demo": float, "evaluated": "Int64"})
