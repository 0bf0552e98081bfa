"""Where a run fails and from which probability on it can be believed: parts of `Report` with a job each."""

from dataclasses import replace

import pandas as pd

from poetcore.analysis.slices import SlicedPictures, Slices
from poetcore.api.arguments import Progressing, on_progress
from poetcore.errors import OptionError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.precision_recall import Quantity
from poetcore.evaluation.wanted_thresholds import LabelThreshold, OneLabel, one_label
from poetcore.system.wording import few
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["ReportParts"]


class ReportParts:
    """What `Report` tells beside its figures; see there."""

    evaluation: Evaluation
    _run: Run
    _workspace: Workspace

    def slices(
        self, true: str | None = None, predicted: str | None = None, *, progress: Progressing = None
    ) -> Slices:
        """Divide the pictures by sub-folder, brightness, colour, sharpness, size and date taken.

        Args:
            true: only pictures whose true label is this.
            predicted: only pictures that are predicted to have this label: where false alarms come from.
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.

        Returns:
            `.sentence` tells which slices fail more than the rest, `.table()` has them all.

        Raises:
            OptionError: no picture has this label.

        Example:
            >>> slices = report.slices()
            >>> list(slices.table().columns)[:5]
            ['attribute', 'slice', 'pictures', 'wrong', 'accuracy']
        """
        with on_progress(progress) as show:
            return SlicedPictures.of(self.evaluation, self._workspace, show).slices(true, predicted)

    def precision_recall(self, label: str) -> pd.DataFrame:
        """Return precision and recall of a label against the rest, at each threshold of its probability.

        Of the pictures that were not seen in training.

        Returns:
            Columns threshold (highest first), precision, recall (0 to 1), predicted (pictures that reach the
            threshold) and right (of them).

        Raises:
            OptionError: an unknown label, or a picture may have several.

        Example:
            >>> report.precision_recall("rose")["recall"].is_monotonic_increasing
            True
        """
        return self._one_label(label).curve

    def threshold(
        self, label: str, *, precision: float | None = None, recall: float | None = None
    ) -> LabelThreshold:
        """Return the threshold of a label for a wanted precision or recall, from cross-validated pictures.

        Args:
            label: which one.
            precision: the precision that is wanted, above 0 and below 1; or
            recall: the recall that is wanted.

        Returns:
            `.value` and its 95 % `.interval`; `.precision` and `.recall` on these pictures; where there is
            none, `.reason`.

        Raises:
            OptionError: an unknown label, both or none is wanted, or a picture may have several labels.

        Example:
            >>> 0 < report.threshold("rose", recall=0.5).value < 1
            True
        """
        wanted = {"precision": precision, "recall": recall}
        given: list[tuple[Quantity, float]] = [
            (name, value) for name in ("precision", "recall") if (value := wanted[name]) is not None
        ]
        if len(given) != 1 or not 0 < given[0][1] < 1:
            raise OptionError(f"Give a precision or a recall, above 0 and below 1. Received: {wanted}.")
        one = self._one_label(label)
        return replace(one.threshold(*given[0]), interval=one.interval(*given[0]))

    def _one_label(self, label: str) -> OneLabel:
        if self.evaluation.metrics.multi_label:
            refuse_multi_label("threshold")
        for one in one_label(self._run, self.evaluation):
            if one.label == label:
                return one
        raise OptionError(f"The run has no label {label!r}: choose {few(self.evaluation.metrics.labels)}.")
