"""A threshold for each label of a run, for a wanted precision or recall, and what it gives on demo pictures.

It is chosen on cross-validated predictions of the training pictures, if there are any: one that is chosen on
the demo pictures promises too much on them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from poetcore.errors import OptionError, RunError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.cross_validated import cross_validated_predictions
from poetcore.evaluation.metrics import leak_counts_of
from poetcore.evaluation.precision_recall import (
    Quantity,
    precision_recall,
    threshold_interval,
    wanted_threshold,
)
from poetcore.workspace.run import Run

__all__ = ["LabelThreshold", "OneLabel", "one_label"]


@dataclass(frozen=True)
class LabelThreshold:
    """The threshold of a label for a wanted precision or recall.

    Attributes:
        value: a picture has the label where its probability is at least this; None where no threshold does.
        precision: on the demo pictures, of those that reach it.
        recall: on the demo pictures, of those that have the label.
        reason: why there is no threshold; "" where there is one.
        interval: its 95 % interval; None where it was not asked, or is not known.
    """

    value: float | None
    precision: Accuracy
    recall: Accuracy
    reason: str = ""
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class OneLabel:
    """A label against the rest: on the demo pictures, and on the pictures that its threshold is chosen on.

    Attributes:
        label: which one.
        scores: `(n,)`, its probability for each demo picture that was not seen in training.
        has: `(n,) bool`, whether it is the true label.
        chosen_on: how many pictures a threshold is chosen on.
        cross_validated: whether those are training pictures, predicted by layers that have not seen them;
            else they are the demo pictures.
        independent: share of the demo pictures that are as certain as all would be without near duplicates.
    """

    label: str
    scores: np.ndarray
    has: np.ndarray
    chosen_on: int
    cross_validated: bool
    independent: float
    _choosing: tuple[np.ndarray, np.ndarray, float]

    @property
    def curve(self) -> pd.DataFrame:
        """Precision and recall at each threshold on the demo pictures; see `precision_recall`."""
        return precision_recall(self.scores, self.has)

    def threshold(self, quantity: Quantity, wanted: float) -> LabelThreshold:
        """Return the threshold for a wanted precision or recall, above 0 and below 1."""
        scores, has, _ = self._choosing
        reason, value = "", None
        if not has.any():
            reason = "no picture has this label"
        else:
            try:
                value = wanted_threshold(scores, has, quantity, wanted, self.label)
                reason = "" if value is not None else "no threshold has so high a precision"
            except OptionError as error:
                reason = str(error)
        reached = self.scores >= (np.inf if value is None else value)
        right = int((reached & self.has).sum())
        precision, recall = (
            Accuracy(right, int(of.sum()), max(1.0, self.independent * int(of.sum())))
            for of in (reached, self.has)
        )
        return LabelThreshold(value, precision, recall, reason)

    def interval(self, quantity: Quantity, wanted: float) -> tuple[float, float] | None:
        """Return the 95 % interval of the threshold; None where it is not known."""
        scores, has, independent = self._choosing
        return threshold_interval(scores, has, quantity, wanted, independent) if has.any() else None


def one_label(run: Run | None, evaluation: Evaluation, wanted: Sequence[str] | None = None) -> list[OneLabel]:
    """Return each label of an evaluation against the rest.

    Args:
        run: that was evaluated; None for a model file. One without cross-validated predictions has its
            thresholds chosen on the demo pictures.
        evaluation: of one label a picture.
        wanted: of these labels only; None for all, in the order of the model's outputs.
    """
    metrics = evaluation.metrics
    _, unseen = leak_counts_of(evaluation.predictions)
    rows = evaluation.predictions[unseen]
    number = metrics.independent if metrics.unseen is None else metrics.independent_without_leaked
    independent = min(1.0, number / len(rows)) if number and len(rows) else 1.0
    found = None
    if run is not None:
        try:
            found = cross_validated_predictions(run)
        except RunError:  # a run of an earlier version, or of too many pictures and labels
            found = None
    true = np.array(found.true) if found is not None else np.empty(0)
    parts = []
    for label in metrics.labels if wanted is None else wanted:
        scores = rows[f"p_{label}"].to_numpy(float)
        has = (rows["label"] == label).to_numpy()
        choosing = (scores, has, independent)
        if found is not None:
            own = found.probabilities[:, found.labels.index(label)]
            choosing = (own, true == label, found.independent)
        parts.append(OneLabel(label, scores, has, len(choosing[0]), found is not None, independent, choosing))
    return parts
