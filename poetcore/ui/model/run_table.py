"""The runs as a table: a row each, and only the columns in which they differ."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from poetcore.errors import RunError
from poetcore.system import figures
from poetcore.ui.freshness import check, run_changes
from poetcore.ui.model.setting_words import settings_of
from poetcore.ui.state import evaluation_at, metrics_of
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord

__all__ = ["differing", "matching", "row_of", "sortable", "training_of"]

#: Columns that stand also where all runs have the same in them.
_FIGURES = ("run", "started", "accuracy", "macro F1", "demo accuracy", "test accuracy", "remarks")

#: What is told where all runs have it alike; other settings are, as a rule, the defaults.
_WORTH_TELLING = ("dataset", "backbone", "evaluated on")


def row_of(run: Run, demo: Path | None) -> dict[str, object]:
    """Return the row of a finished run.

    Args:
        run: finished.
        demo: the chosen demo folder, whose figures come first; None for none.
    """
    record, about_demo = run.record(), _about_demo(run, demo)
    cross = record.cross_validation or {}
    return {
        "run": run.title,
        "started": datetime.fromisoformat(record.created),
        "accuracy": sortable(cross.get("accuracy"), cross.get("interval")),
        "macro F1": figures.score(record.multi_label["macro_f1"]) if record.multi_label else None,
        "demo accuracy": about_demo.figure,
        "evaluated on": about_demo.folder,
        "test accuracy": sortable(
            record.metrics.get("final_test_accuracy"), record.metrics.get("final_test_interval")
        ),
        "remarks": " · ".join(filter(None, (about_demo.remark, _about_dataset(run, record)))) or None,
        **training_of(run),
    }


def training_of(run: Run) -> dict[str, object]:
    """Return what a finished run was trained on, with which backbone and settings."""
    record = run.record()
    return {
        "dataset": dataset_title(Path(record.image_dir)),
        "pictures": sum(record.splits.values()),
        "backbone": record.backbone,
        **settings_of(record.options),
    }


def differing(rows: Sequence[Mapping[str, object]]) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return a table of the columns in which rows differ, and what they have alike and is worth telling.

    >>> rows = [{"run": "a", "seed": 0, "backbone": "x"}, {"run": "b", "seed": 1, "backbone": "x"}]
    >>> table, alike = differing(rows)
    >>> list(table), alike
    (['run', 'seed'], {'backbone': 'x'})
    """
    table = pd.DataFrame(list(rows))
    alike = [
        name
        for name in table
        if table[name].isna().all() or (name not in _FIGURES and table[name].nunique(dropna=False) < 2)
    ]
    told = {name: table[name].iloc[0] for name in _WORTH_TELLING if name in alike}
    return table.drop(columns=alike), {name: value for name, value in told.items() if value is not None}


def matching(rows: Sequence[Mapping[str, object]], search: str) -> list[bool]:
    """Return for each row whether it holds all words of a search, anywhere and in any case.

    >>> matching([{"run": "Roses", "seed": 1}, {"run": "tulips", "seed": 1}], "rose")
    [True, False]
    """
    words = search.casefold().split()
    texts = [" ".join(str(value) for value in row.values()).casefold() for row in rows]
    return [all(word in text for word in words) for text in texts]


@dataclass(frozen=True)
class _Demo:
    """What the table tells of an evaluation: the figure, on which folder, and how to read it."""

    figure: str | None = None
    folder: str | None = None
    remark: str = ""


def _about_demo(run: Run, demo: Path | None) -> _Demo:
    """Return the figures on the chosen demo folder, or else of the newest evaluation that can be read."""
    chosen_first = [evaluation_at(run, demo)] if demo else []
    for folder in filter(None, [*chosen_first, *run.evaluations()]):
        with contextlib.suppress(RunError):
            found = check(run, folder)
            accuracy, mark = found.headline.accuracy, found.headline.mark
            marks = [mark] if mark else []
            marks += [] if found.changes.known else ["not compared with the files now"]
            return _Demo(
                sortable(accuracy.value, accuracy.interval) if accuracy else None,
                dataset_title(Path(metrics_of(folder).folder)),
                f"demo: {'; '.join(marks)}" if marks else "",
            )
    return _Demo()


def _about_dataset(run: Run, record: RunRecord) -> str:
    """Return in a few words what makes the figures of a run doubtful: changed pictures, or their split."""
    remarks = ["dataset changed since"] if run_changes(run).any else []
    remarks += ["near duplicates not kept together"] if (record.groups or {}).get("by") == "exact" else []
    return " · ".join(remarks)


def sortable(value: float | None, interval: Sequence[float] | None) -> str | None:
    """Return an accuracy with its interval, padded so that text sorts as the numbers do; None for neither.

    >>> sortable(0.9, (0.84, 0.94))
    ' 90.0 % (84 to 94 %)'
    """
    if value is None or interval is None:
        return None
    return f"{figures.percent(value):>7} ({figures.interval(*interval)})"
