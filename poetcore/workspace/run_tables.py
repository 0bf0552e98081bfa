"""The tables in a run's folder, read with a look at whether they are whole."""

from pathlib import Path
from typing import TYPE_CHECKING

from poetcore.data.label_sets import by_label
from poetcore.errors import RunError
from poetcore.workspace.not_offered import NOT_OFFERED
from poetcore.workspace.records import check_file, read_table
from poetcore.workspace.run_record import RunRecord

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SPLIT_COLUMNS", "read_cross_validation", "read_split"]

SPLIT_COLUMNS = ("path", "label", "split", "sha")  # and `group`, which older runs lack


def read_split(file: Path, record: RunRecord | None) -> "pd.DataFrame":
    """Read the split of a run; see `Run.split`.

    Args:
        file: `split.csv`.
        record: of the run; None while it is trained.

    Raises:
        RunError: it is missing or damaged.
    """
    check_file(file, record.checksums if record else {}, "train again")
    split = read_table(file, SPLIT_COLUMNS)
    if record and len(split) < sum(record.splits.values()):
        raise RunError(f"{file} is damaged, some of its lines are gone: train again.")
    rows = by_label(split) if record and record.multi_label else split
    if record and not set(rows["label"]) <= set(record.labels):
        raise RunError(f"{file} has labels that run.json has not: train again.")
    return split


def read_cross_validation(file: Path, record: RunRecord | None) -> "pd.DataFrame":
    """Read the predictions of a cross validation; see `Run.cross_validation`.

    Args:
        file: `cross_validation.csv`.
        record: of the run; None while it is trained.

    Raises:
        RunError: it is missing or damaged.
    """
    if record and record.multi_label:
        raise RunError(NOT_OFFERED["cross_validation"])
    if not file.is_file():
        raise RunError(f"The run {file.parent.name!r} has no cross validation: train it again.")
    check_file(file, record.checksums if record else {}, "train again")
    table = read_table(file, ("path", "label", "predicted"), numbers=("confidence", "fold"))
    if record and record.cross_validation and len(table) < record.cross_validation["n"]:
        raise RunError(f"{file} is damaged, some of its lines are gone: train again.")
    return table
