"""The folder of one evaluation of a run: the only module that knows its file names."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from poetcore.system.files import write_whole
from poetcore.workspace.records import read_table, to_csv, to_json

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EvaluationFolder"]


class EvaluationFolder:
    """One evaluation of a run on a demo folder: `predictions.csv`, `metrics.json`, and `review.csv`.

    Args:
        folder: below the run's `evaluations`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.predictions_file = folder / "predictions.csv"
        self.metrics_file = folder / "metrics.json"
        #: What a reviewer said of its pictures; see `review_file`. Evaluating again leaves it as it is.
        self.review_file = folder / "review.csv"

    def exists(self) -> bool:
        """Return whether the evaluation was written."""
        return self.metrics_file.is_file()

    def write(self, predictions: "pd.DataFrame", metrics: dict[str, Any]) -> None:
        """Write both files; the metrics last, so that where they are, both are."""
        write_whole(self.predictions_file, to_csv(predictions))
        write_whole(self.metrics_file, to_json(metrics))

    def predictions(self) -> "pd.DataFrame":
        """Read the table of predictions.

        Raises:
            RunError: it is missing or damaged.
        """
        return read_table(
            self.predictions_file, ("path", "label", "predicted"), ("sha", "twin"), ("confidence",)
        )
