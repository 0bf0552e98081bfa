"""Evaluating a run on a demo folder: predictions against true labels, metrics, misclassified pictures."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.dataset import Dataset, scan
from poetcore.errors import DatasetError, RunError
from poetcore.evaluation.classifier import Classifier, PictureClassifier, Prediction
from poetcore.evaluation.graphs import match_labels
from poetcore.evaluation.metrics import Metrics, compute_metrics
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.progress import OnProgress
from poetcore.workspace.records import read_record
from poetcore.workspace.run import EvaluationFolder, Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Evaluation", "evaluate", "evaluate_graph"]


@dataclass(frozen=True)
class Evaluation:
    """What a model predicts on a demo folder, and how good that is.

    Attributes:
        metrics: the figures.
        predictions: one row an evaluated picture: path, label, predicted, correct (bool), confidence (of the
            predicted label), leaked (bool), then `p_<label>` for each label.
    """

    metrics: Metrics
    predictions: pd.DataFrame

    @classmethod
    def load(cls, folder: EvaluationFolder) -> "Evaluation":
        """Read what `evaluate` wrote.

        Raises:
            RunError: it is missing or damaged.
        """
        return cls(read_record(folder.metrics_file, Metrics), folder.predictions())

    def misclassified(self) -> pd.DataFrame:
        """List the rows of `predictions` that are not correct, most confident first."""
        wrong = self.predictions[~self.predictions["correct"]]
        return wrong.sort_values(["confidence", "path"], ascending=[False, True])

    def top_losses(self, count: int = 9) -> pd.DataFrame:
        """List the pictures whose true label got the lowest probability, the lowest first.

        Returns:
            Columns path, label, predicted, confidence (of the predicted label, 0 to 1) and loss: the cross
            entropy in nats, -log of the true label's probability.
        """
        labels = self.metrics.labels
        probabilities = self.predictions[[f"p_{label}" for label in labels]].to_numpy(float)
        true = self.predictions["label"].map({label: i for i, label in enumerate(labels)}).to_numpy()
        table = self.predictions[["path", "label", "predicted", "confidence"]].reset_index(drop=True)
        table["loss"] = -np.log(np.maximum(probabilities[np.arange(len(true)), true], 1e-12))
        return table.nlargest(count, "loss", keep="first")

    def most_confused(self, minimum: int = 1) -> list[tuple[str, str, int]]:
        """List (true label, predicted label, pictures) of misclassified pictures, most frequent first."""
        wrong = self.misclassified()
        pairs = Counter(zip(wrong["label"], wrong["predicted"], strict=True))
        return [(true, predicted, n) for (true, predicted), n in pairs.most_common() if n >= minimum]


def evaluate(
    run: Run,
    folder: Path,
    workspace: Workspace,
    *,
    on_progress: OnProgress | None = None,
    engine: str = DEFAULT_ENGINE,
) -> Evaluation:
    """Evaluate a run on a folder of label folders and keep the result in the run's folder.

    Args:
        run: a finished run.
        folder: the demo folder, which the run should never have seen.
        workspace: where caches are kept.
        on_progress: called in the phase `backbone` where the backbone must be prepared first, then in
            `evaluating`.
        engine: what extracts the features, one of `ENGINES`.

    Raises:
        DatasetError: the folder cannot be used, or has a label that the run was not trained on.
        OptionError: the engine is unknown, not installed, or cannot run the run's backbone.
        RunError: the run is unfinished or damaged.
    """
    classifier = Classifier(run, workspace, engine)
    demo = _scan(folder, workspace)
    unknown = sorted(set(demo.labels) - set(classifier.labels))
    if unknown:
        raise DatasetError(
            f"The run {run.name!r} was not trained on the label{'s' * (len(unknown) > 1)}"
            f" {', '.join(unknown)} of {demo.folder}: it was trained on {', '.join(classifier.labels)}."
        )
    predicted = _predict(classifier, demo, on_progress)
    evaluation = _evaluation(demo, demo.pictures["label"], predicted, run.name, set(run.split()["sha"]))
    _folder_for(run, demo.folder).write(evaluation.predictions, asdict(evaluation.metrics))
    return evaluation


def evaluate_graph(
    classifier: PictureClassifier,
    name: str,
    folder: Path,
    workspace: Workspace,
    *,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Evaluate a frozen graph made elsewhere on a folder of label folders; imports TensorFlow.

    Args:
        classifier: the graph.
        name: what it is called in the result.
        folder: the demo folder; its labels may differ from the graph's as the original script changes them.
        workspace: where caches are kept; nothing else is written.
        on_progress: called in the phase `evaluating`.

    Raises:
        DatasetError: the folder cannot be used.
        OptionError: the graph cannot be run, or was not trained on a label.
    """
    demo = _scan(folder, workspace)
    model_labels = match_labels(classifier.labels, demo.labels)
    predicted = _predict(classifier, demo, on_progress)
    return _evaluation(demo, demo.pictures["label"].map(model_labels), predicted, name, seen=set())


def _scan(folder: Path, workspace: Workspace) -> Dataset:
    with workspace.file_index() as file_index:
        return scan(folder, file_index)


def _predict(
    classifier: PictureClassifier, demo: Dataset, on_progress: OnProgress | None
) -> list[Prediction]:
    paths = [Path(path) for path in demo.pictures["path"]]
    return classifier.classify(paths, on_progress, phase="evaluating")


def _evaluation(
    demo: Dataset, true: pd.Series, predictions: Sequence[Prediction], name: str, seen: set[str]
) -> Evaluation:
    """Compare predictions with the true labels.

    Args:
        demo: the pictures.
        true: their true labels, as the model writes them, in the same order.
        predictions: in the same order.
        name: of the model.
        seen: contents of the pictures that the model was trained with.
    """
    rows, skipped, labels = [], demo.skipped(), list(predictions[0].labels) if predictions else []
    for prediction, label in zip(predictions, true, strict=True):
        if prediction.probabilities is None:
            skipped.append({"path": str(prediction.path), "reason": prediction.reason or "cannot be used"})
            continue
        predicted, confidence = prediction.top(1)[0]
        rows.append(
            (
                str(prediction.path),
                label,
                predicted,
                label == predicted,
                confidence,
                prediction.sha in seen,
                *tuple(float(p) for p in prediction.probabilities),
            )
        )
    if not rows:
        raise DatasetError(
            f"No usable picture in {demo.folder}: {skipped[0]['path']} {skipped[0]['reason']}."
        )
    columns = ["path", "label", "predicted", "correct", "confidence", "leaked"]
    table = pd.DataFrame(rows, columns=columns + [f"p_{label}" for label in labels])
    return Evaluation(compute_metrics(table, labels, name, demo.folder, skipped), table)


def _folder_for(run: Run, demo: Path) -> EvaluationFolder:
    """Return the evaluation's folder, named after the demo folder, with a hash where that name is taken."""
    plain = run.evaluation(demo.name)
    try:
        if not plain.exists() or read_record(plain.metrics_file, Metrics).folder == str(demo):
            return plain
    except RunError:
        return plain  # damaged: written anew
    return run.evaluation(f"{demo.name}-{hashlib.sha1(str(demo).encode()).hexdigest()[:6]}")
