"""The predictions of training pictures by layers trained without them, with the probabilities of the run."""

from dataclasses import dataclass

import numpy as np

from poetcore.errors import RunError
from poetcore.evaluation.calibration import apply_temperature
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.run import Run

__all__ = ["CrossValidated", "cross_validated_predictions"]


@dataclass(frozen=True)
class CrossValidated:
    """The cross-validated predictions of a run.

    Attributes:
        labels: of the run.
        probabilities: `(n, labels) float64`, calibrated as those of the run are.
        true: `(n,)`, the true label of each picture.
        independent: the share of independent pictures among them, where some are near duplicates.
    """

    labels: list[str]
    probabilities: np.ndarray
    true: list[str]
    independent: float


def cross_validated_predictions(run: Run) -> CrossValidated:
    """Read the cross-validated predictions of a run.

    Raises:
        OptionError: a picture may have several labels.
        RunError: the run has no cross validation, or it is damaged.
    """
    record = run.record()
    if record.multi_label:
        refuse_multi_label("group_recall")
    table, labels = run.cross_validation(), run.labels()
    names = [f"p_{label}" for label in labels]
    if not set(names) <= set(table.columns):
        raise RunError(
            f"The cross validation of the run {run.name!r} has so many pictures and labels that their"
            " probabilities were not kept: give the threshold of the group yourself."
        )
    shares = table[names].to_numpy(float)
    temperature = run.temperature()
    if temperature != 1:  # the table is of the layers as they were trained
        shares = apply_temperature(shares, temperature)
    figures = record.cross_validation or {}
    number, of = figures.get("independent"), figures.get("n")
    independent = min(1.0, number / of) if number and of else 1.0
    return CrossValidated(labels, shares, table["label"].tolist(), independent)
