"""How good a run is on a demo folder, as Python sees it: one result, few verbs."""

from html import escape
from pathlib import Path

import pandas as pd

from poetcore.api.arguments import PathLike, path_of, whole_number
from poetcore.api.report_parts import ReportParts
from poetcore.api.report_slides import ReportSlides
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.freshness import Difference, current_files, evaluation_difference, run_difference
from poetcore.evaluation.headline import Headline, headline
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.label_groups.summary import GroupSummary, summarise
from poetcore.evaluation.results import evaluation_of
from poetcore.evaluation.review.corrected import Corrected, corrected
from poetcore.evaluation.review.review import Review
from poetcore.system.figures import count, with_interval
from poetcore.system.outputs import check_output, write_output
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Report"]


class Report(ReportParts, ReportSlides):
    """A run's evaluation on a demo folder.

    Args:
        evaluation: the metrics and the predictions.
        run: the run that was evaluated.
        workspace: the workspace that it lies in.

    Example:
        >>> report = run.evaluate("sample/demo")
        >>> 0 <= report.interval[0] <= report.accuracy <= report.interval[1] <= 1
        True
    """

    def __init__(self, evaluation: Evaluation, run: Run, workspace: Workspace) -> None:
        self.evaluation = evaluation
        self._run = run
        self._workspace = workspace

    @property
    def headline(self) -> Headline:
        """The accuracy that may stand alone, without pictures seen in training, and what must be known of it.

        Compares the demo folder with what was evaluated each time it is asked.

        Example:
            >>> report.headline.mark
            ''
        """
        return headline(self.evaluation.metrics, self._difference())

    @property
    def accuracy(self) -> float:
        """The share of the pictures whose predicted label is their true label, 0 to 1.

        Pictures that were seen in training count too; `headline.accuracy` leaves them out.

        Raises:
            OptionError: a picture may have several labels.
        """
        self._check("accuracy")
        return self.evaluation.metrics.accuracy

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy (Wilson), where there is one."""
        self._check("accuracy")
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
    def leaked_near(self) -> int | None:
        """The number of further pictures of which it saw a near duplicate in training; None if not known."""
        return self.evaluation.metrics.leaked_near

    @property
    def leaks(self) -> pd.DataFrame:
        """The pictures that the run has seen in training: path, kind ("same" or "near") and twin (path)."""
        return pd.DataFrame(self.evaluation.leaks(), columns=["path", "kind", "twin"])

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
        self._check("confusion_matrix")
        labels = self.evaluation.metrics.labels
        table = pd.DataFrame(self.evaluation.metrics.confusion_matrix, index=labels, columns=labels)
        return table.rename_axis(index="true label", columns="predicted label")

    @property
    def per_class(self) -> pd.DataFrame:
        """Precision, recall and F1 (0 to 1, NaN where undefined) and support (pictures) of each label.

        Where a picture may have several labels also how often each was predicted, and its threshold.

        Example:
            >>> list(report.per_class.columns)
            ['precision', 'recall', 'f1', 'support']
        """
        table = pd.DataFrame.from_dict(self.evaluation.metrics.per_label, orient="index")
        return table.astype({"precision": float, "recall": float, "f1": float})

    @property
    def predictions(self) -> pd.DataFrame:
        """One row a picture: path, label, predicted, correct, confidence, leaked, a `p_<label>` each, twin.

        Between these: sha (of its content) and leaked_near; twin is the picture seen in training, or "".
        """
        return self.evaluation.predictions

    @property
    def label_groups(self) -> GroupSummary:
        """How well the run tells its groups of labels, and what its answers cost; see `set_label_groups`.

        Of the pictures that were not seen in training. `.table()` has recall, precision, false alarms and
        accuracy of each group with their intervals, `.costs` what 100 pictures cost.

        Example:
            >>> len(report.label_groups.table())
            0
        """
        return summarise(current_label_groups(self._run), self.evaluation)

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

    @property
    def review(self) -> pd.DataFrame:
        """The verdicts of the review that is kept with the run, one row a content.

        Columns time, sha, path, label and predicted (of the time of the verdict), verdict, right_label and
        comment.

        Example:
            >>> report.review["verdict"].tolist()
            []
        """
        return self._review().verdicts

    @property
    def corrected(self) -> Corrected:
        """The accuracy corrected by that review: `.accuracy`, `.interval`, `.total`, and what was counted.

        Raises:
            OptionError: a picture may have several labels.

        Example:
            >>> report.corrected.mistakes_reviewed
            0
        """
        if self.evaluation.metrics.multi_label:
            refuse_multi_label("review")
        return corrected(self.evaluation, self._review())

    def to_html(self, path: PathLike, *, force: bool = False) -> Path:
        """Write the report as one HTML file that opens anywhere; returns its path.

        Args:
            path: of the file.
            force: whether to replace a file that Poet did not write.

        Raises:
            OptionError: the file cannot be written, or is not replaced.

        Example:
            >>> report.to_html("report.html").name
            'report.html'
        """
        from poetcore.evaluation.report import report

        file = path_of(path, "path")
        check_output(file, force)
        text = report(self.evaluation, self._difference(), self._review(), self.label_groups or None)
        write_output(file, text, force)
        return file

    def _check(self, what: str) -> None:
        """Raise where a figure is of one label a picture, and these may have several."""
        if self.evaluation.metrics.multi_label:
            refuse_multi_label(what)

    def _review(self) -> Review:
        folder = evaluation_of(self._run, Path(self.evaluation.metrics.folder))
        return Review.of(folder) if folder else Review()

    def _difference(self) -> Difference:
        now = current_files(Path(self.evaluation.metrics.folder), self._workspace)
        trained_on = current_files(Path(self._run.record().image_dir), self._workspace)
        return evaluation_difference(self.evaluation, self._run, now, run_difference(self._run, trained_on))

    def __repr__(self) -> str:
        told = headline(self.evaluation.metrics)  # without looking at files
        marked = f", {told.mark}" if told.mark else ""
        if told.accuracy is None or told.accuracy.value is None or told.accuracy.interval is None:
            return f"Report(no accuracy{marked}, {self.total} pictures)"
        figure = with_interval(told.accuracy.value, told.accuracy.interval)
        return f"Report(accuracy {figure}, {count(told.accuracy.total)} pictures{marked})"

    def _repr_html_(self) -> str:
        remarks = "".join(f"<p>{escape(remark)}</p>" for remark in headline(self.evaluation.metrics).remarks)
        several = self.evaluation.metrics.multi_label
        table = self.per_class if several else self.confusion_matrix
        return f"<p>{escape(repr(self))}</p>{remarks}{table.to_html()}"
