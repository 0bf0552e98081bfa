"""How good a run is on a demo folder, as Python sees it: one result, few verbs."""

from html import escape
from pathlib import Path

import pandas as pd

from poetcore.api.arguments import PathLike, path_of, whole_number
from poetcore.errors import OptionError
from poetcore.evaluation.evaluate import Evaluation
from poetcore.system.files import write_whole

__all__ = ["Report"]


class Report:
    """A run's evaluation on a demo folder.

    Args:
        evaluation: the metrics and the predictions.

    Example:
        >>> report = run.evaluate("sample/demo")
        >>> 0 <= report.interval[0] <= report.accuracy <= report.interval[1] <= 1
        True
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation

    @property
    def accuracy(self) -> float:
        """The share of the pictures whose predicted label is their true label, 0 to 1."""
        return self.evaluation.metrics.accuracy

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy (Wilson)."""
        low, high = self.evaluation.metrics.interval
        return low, high

    @property
    def total(self) -> int:
        """The number of pictures evaluated."""
        return self.evaluation.metrics.total

    @property
    def leaked(self) -> int | None:
        """The number of those pictures that the run was trained or validated on; None if not known."""
        return self.evaluation.metrics.leaked

    @property
    def skipped(self) -> pd.DataFrame:
        """The files that could not be used: path and reason."""
        return pd.DataFrame(self.evaluation.metrics.skipped, columns=["path", "reason"])

    @property
    def confusion_matrix(self) -> pd.DataFrame:
        """C[i, j]: pictures known to be label i, predicted to be label j; rows true, columns predicted.

        Example:
            >>> report.confusion_matrix.shape
            (5, 5)
        """
        labels = self.evaluation.metrics.labels
        table = pd.DataFrame(self.evaluation.metrics.confusion_matrix, index=labels, columns=labels)
        return table.rename_axis(index="true label", columns="predicted label")

    @property
    def per_class(self) -> pd.DataFrame:
        """Precision, recall and F1 (0 to 1, NaN where undefined) and support (pictures) of each label.

        Example:
            >>> list(report.per_class.columns)
            ['precision', 'recall', 'f1', 'support']
        """
        table = pd.DataFrame.from_dict(self.evaluation.metrics.per_label, orient="index")
        return table.astype({"precision": float, "recall": float, "f1": float})

    @property
    def predictions(self) -> pd.DataFrame:
        """One row a picture: path, label, predicted, correct, confidence, leaked, and a `p_<label>` each."""
        return self.evaluation.predictions

    def most_confused(self, minimum: int = 1) -> pd.DataFrame:
        """List the confusions that occur at least so often, the most frequent first.

        Returns:
            Columns label (true), predicted, count.

        Example:
            >>> list(report.most_confused().columns)
            ['label', 'predicted', 'count']
        """
        found = self.evaluation.most_confused(whole_number(minimum, "minimum"))
        return pd.DataFrame(found, columns=["label", "predicted", "count"]).astype({"count": int})

    def top_losses(self, count: int = 9) -> pd.DataFrame:
        """List the pictures whose true label got the lowest probability: the largest cross entropy first.

        Returns:
            Columns path, label, predicted, confidence (of the predicted label), loss (nats).

        Example:
            >>> report.top_losses(3)["loss"].is_monotonic_decreasing
            True
        """
        return self.evaluation.top_losses(whole_number(count, "count"))

    def to_html(self, path: PathLike) -> Path:
        """Write the report as one HTML file that opens anywhere; returns its path.

        Raises:
            OptionError: the path is a folder.

        Example:
            >>> report.to_html("report.html").name
            'report.html'
        """
        from poetcore.evaluation.report import report

        file = path_of(path, "path")
        if file.is_dir():
            raise OptionError(f"{file} is a folder: name the file to write, such as {file / 'report.html'}.")
        write_whole(file, report(self.evaluation))
        return file

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"Report(accuracy {100 * self.accuracy:.1f} %, 95 % interval {100 * low:.1f} % to"
            f" {100 * high:.1f} %, {self.total} pictures)"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self))}</p>{self.confusion_matrix.to_html()}"
