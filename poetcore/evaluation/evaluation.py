"""What an evaluation found: predictions against true labels, metrics, misclassified pictures."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from poetcore.errors import RunError
from poetcore.evaluation.metrics import Metrics, per_label_metrics
from poetcore.evaluation.ordering import losses
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.records import read_record

__all__ = ["Evaluation"]


@dataclass(frozen=True)
class Evaluation:
    """What a model predicts on a demo folder, and how good that is.

    Attributes:
        metrics: the figures.
        predictions: one row an evaluated picture: path, label, predicted, correct (bool), confidence (of the
            predicted label), leaked (whether its content was trained or validated on), then `p_<label>` for
            each label, then sha (of its content), leaked_near (whether only a near duplicate of it was),
            twin (path of that training picture, "" for none), novelty and unknown (as of a `Prediction`).
            What is not known is missing; tables of earlier versions end after `p_<label>` or twin.
    """

    metrics: Metrics
    predictions: pd.DataFrame

    @classmethod
    def load(cls, folder: EvaluationFolder) -> "Evaluation":
        """Read what `evaluate` wrote.

        Raises:
            RunError: it is missing or damaged.
        """
        predictions = folder.predictions()
        for column in predictions.columns.intersection(["leaked", "leaked_near", "unknown"]):
            if predictions[column].dtype != bool:
                flags = predictions[column].map({"True": True, "False": False, True: True, False: False})
                predictions[column] = flags.astype(object).where(flags.notna(), None)
        if "novelty" in predictions:  # where nothing is known of it, the column is empty
            predictions["novelty"] = pd.to_numeric(predictions["novelty"], errors="coerce")
        metrics = read_record(folder.metrics_file, Metrics)
        if not _fit(predictions, metrics):
            raise RunError(
                f"{folder.predictions_file} does not fit {folder.metrics_file.name}: evaluate again."
            )
        if not metrics.macro_f1_labels:  # of an earlier version, where what is undefined was 0
            per_label = per_label_metrics(np.array(metrics.confusion_matrix), metrics.labels)
            occurring = sum(one["support"] > 0 for one in per_label.values())
            metrics = replace(metrics, per_label=per_label, macro_f1_labels=occurring)
        return cls(metrics, predictions)

    def misclassified(self) -> pd.DataFrame:
        """List the rows of `predictions` that are not correct, most confident first."""
        wrong = self.predictions[~self.predictions["correct"]]
        return wrong.sort_values(["confidence", "path"], ascending=[False, True])

    def leaks(self) -> list[dict[str, str]]:
        """List the pictures that the run has seen in training, the same ones first.

        Returns:
            `path`, `kind` ("same" or "near") and `twin` (the training picture's path, "" where not written
            down) of each.
        """
        found = []
        for kind, column in (("same", "leaked"), ("near", "leaked_near")):
            if column in self.predictions:
                rows = self.predictions[self.predictions[column].eq(True)].to_dict("records")
                found += [{"path": r["path"], "kind": kind, "twin": r.get("twin", "")} for r in rows]
        return found

    def top_losses(self, count: int = 9) -> pd.DataFrame:
        """List the pictures whose true label got the lowest probability, the lowest first.

        Returns:
            Columns path, label, predicted, confidence (of the predicted label, 0 to 1) and loss: the cross
            entropy in nats, -log of the true label's probability; where a picture may have several labels,
            summed over all.
        """
        table = self.predictions[["path", "label", "predicted", "confidence"]].reset_index(drop=True)
        several = self.metrics.multi_label is not None
        table["loss"] = losses(self.predictions, self.metrics.labels, multi_label=several)
        return table.nlargest(count, "loss", keep="first")

    def most_confused(self, minimum: int = 1) -> list[tuple[str, str, int]]:
        """List (true label, predicted label, pictures) of misclassified pictures, most frequent first."""
        wrong = self.misclassified()
        pairs = Counter(zip(wrong["label"], wrong["predicted"], strict=True))
        return [(true, predicted, n) for (true, predicted), n in pairs.most_common() if n >= minimum]


def _fit(predictions: pd.DataFrame, metrics: Metrics) -> bool:
    """Return whether a table has what the figures are of."""
    columns = {"correct", *(f"p_{label}" for label in metrics.labels)}
    return (
        columns <= set(predictions.columns)
        and len(predictions) >= metrics.total
        and (predictions.empty or predictions["correct"].dtype == bool)
    )
