"""Judging a run on a demo folder: predictions against ground truth, metrics, mistakes."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from poetcore.data.dataset import Dataset, scan
from poetcore.errors import DatasetError, RunError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.progress import OnProgress
from poetcore.workspace.run import EvaluationFolder, Run, read_record
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.evaluation.graphs import GraphClassifier

__all__ = [
    "Evaluation",
    "Metrics",
    "compute_metrics",
    "confusion_table",
    "evaluate",
    "evaluate_graph",
    "pick_cell",
    "threshold_table",
]


@dataclass(frozen=True)
class Metrics:
    """How good a run is on a demo folder: the content of `metrics.json`.

    Attributes:
        run: name of the run.
        folder: the demo folder, absolute.
        labels: in the order of the model's outputs.
        accuracy: share labelled right, 0 to 1.
        correct: pictures labelled right.
        total: pictures judged.
        interval: the accuracy's 95 % Wilson interval.
        leaked: judged pictures that the run had seen in its training folder.
        accuracy_without_leaked: the accuracy on the others; None if there are none.
        interval_without_leaked: its 95 % Wilson interval.
        macro_f1: mean F1 of the labels that occur in the folder.
        per_label: label -> precision, recall, f1 (0 to 1; 0 where undefined) and support (pictures).
        confusion_matrix: `C[i][j]` pictures of label i that were predicted to be label j.
        skipped: files that could not be judged, each with `path` and `reason`.
    """

    run: str
    folder: str
    labels: list[str]
    accuracy: float
    correct: int
    total: int
    interval: list[float]
    leaked: int
    accuracy_without_leaked: float | None
    interval_without_leaked: list[float] | None
    macro_f1: float
    per_label: dict[str, dict[str, float]]
    confusion_matrix: list[list[int]]
    skipped: list[dict[str, str]]


@dataclass(frozen=True)
class Evaluation:
    """A judged demo folder.

    Attributes:
        metrics: the figures.
        predictions: one row a judged picture: path, label, predicted, correct (bool), confidence (of the
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

    def mistakes(self) -> pd.DataFrame:
        """List the pictures labelled wrong, those first of whose wrong label the model was most sure."""
        wrong = self.predictions[~self.predictions["correct"]]
        return wrong.sort_values(["confidence", "path"], ascending=[False, True])

    def most_confused(self, minimum: int = 1) -> list[tuple[str, str, int]]:
        """List (true label, predicted label, pictures) of the mistakes, the most frequent first."""
        mistakes = self.mistakes()
        pairs = Counter(zip(mistakes["label"], mistakes["predicted"], strict=True))
        return [(true, predicted, n) for (true, predicted), n in pairs.most_common() if n >= minimum]


def evaluate(
    run: Run,
    folder: Path,
    workspace: Workspace,
    *,
    on_progress: OnProgress | None = None,
    engine: str = DEFAULT_ENGINE,
) -> Evaluation:
    """Judge a run on a folder of label folders and keep the result in the run's folder.

    Args:
        run: a finished run.
        folder: the demo folder, which the run should never have seen.
        workspace: where caches are kept.
        on_progress: called in the phase `backbone` where the backbone must be prepared first, then in
            `evaluating`.
        engine: what describes the pictures, one of `ENGINES`.

    Raises:
        DatasetError: the folder cannot be used, or has a label that the run does not know.
        OptionError: the engine is unknown, not installed, or cannot run the run's backbone.
        RunError: the run is unfinished or damaged.
    """
    classifier = Classifier(run, workspace, engine)
    demo = _scanned(folder, workspace)
    unknown = sorted(set(demo.labels) - set(classifier.labels))
    if unknown:
        raise DatasetError(
            f"The run {run.name!r} does not know the label{'s' * (len(unknown) > 1)} {', '.join(unknown)} of"
            f" {demo.folder}: it was taught {', '.join(classifier.labels)}."
        )
    paths = [Path(path) for path in demo.pictures["path"]]
    answers = classifier.classify(paths, on_progress, phase="evaluating")
    evaluation = _judged(demo, demo.pictures["label"], answers, run.name, set(run.split()["sha"]))
    _folder_for(run, demo.folder).write(evaluation.predictions, asdict(evaluation.metrics))
    return evaluation


def evaluate_graph(
    classifier: "GraphClassifier",
    name: str,
    folder: Path,
    workspace: Workspace,
    *,
    on_progress: OnProgress | None = None,
) -> Evaluation:
    """Judge a frozen graph made elsewhere on a folder of label folders; imports TensorFlow.

    Args:
        classifier: the graph.
        name: what it is called in the result.
        folder: the demo folder; its labels may differ from the graph's as the original script changes them.
        workspace: where caches are kept; nothing else is written.
        on_progress: called in the phase `evaluating`.

    Raises:
        DatasetError: the folder cannot be used.
        OptionError: the graph cannot be run, or does not know a label.
    """
    from poetcore.evaluation.graphs import match_labels

    demo = _scanned(folder, workspace)
    meant = match_labels(classifier.labels, demo.labels)
    paths = [Path(path) for path in demo.pictures["path"]]
    answers = classifier.classify(paths, on_progress, phase="evaluating")
    return _judged(demo, demo.pictures["label"].map(meant), answers, name, seen=set())


def _scanned(folder: Path, workspace: Workspace) -> Dataset:
    file_index = workspace.file_index()
    try:
        return scan(folder, file_index)
    finally:
        file_index.close()


def _judged(
    demo: Dataset, truth: pd.Series, answers: Sequence[Prediction], name: str, seen: set[str]
) -> Evaluation:
    """Hold answers against the truth.

    Args:
        demo: the pictures asked about.
        truth: their labels, in the model's words, in the same order.
        answers: in the same order.
        name: of the model.
        seen: contents that the model was shown while it was trained.
    """
    rows, skipped, labels = [], demo.skipped(), list(answers[0].labels) if answers else []
    for answer, label in zip(answers, truth, strict=True):
        if answer.probabilities is None:
            skipped.append({"path": str(answer.path), "reason": answer.reason or "cannot be used"})
            continue
        predicted, confidence = answer.top(1)[0]
        rows.append(
            (
                str(answer.path),
                label,
                predicted,
                label == predicted,
                confidence,
                answer.sha in seen,
                *tuple(float(p) for p in answer.probabilities),
            )
        )
    if not rows:
        raise DatasetError(
            f"No usable picture in {demo.folder}: {skipped[0]['path']} {skipped[0]['reason']}."
        )
    columns = ["path", "label", "predicted", "correct", "confidence", "leaked"]
    predictions = pd.DataFrame(rows, columns=columns + [f"p_{label}" for label in labels])
    return Evaluation(compute_metrics(predictions, labels, name, demo.folder, skipped), predictions)


def compute_metrics(
    predictions: pd.DataFrame, labels: list[str], run: str, folder: Path, skipped: list[dict[str, str]]
) -> Metrics:
    """Work out the figures of a table of predictions; see `Metrics` and `Evaluation`."""
    matrix = confusion_table(predictions["label"], predictions["predicted"], labels).to_numpy()
    right, said, true = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)
    # 0/0 is 0, as in scikit-learn, whose import would cost as much as describing a hundred pictures.
    scores = (
        np.divide(part, whole, out=np.zeros(len(labels)), where=whole > 0)
        for part, whole in ((right, said), (right, true), (2 * right, said + true))
    )
    per_label: dict[str, dict[str, Any]] = {
        label: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(n)}
        for label, p, r, f, n in zip(labels, *scores, true, strict=True)
    }
    whole = Accuracy(int(predictions["correct"].sum()), len(predictions))
    unseen = predictions[~predictions["leaked"]]
    fair = Accuracy(int(unseen["correct"].sum()), len(unseen))
    return Metrics(
        run=run,
        folder=str(folder),
        labels=labels,
        accuracy=whole.value or 0.0,
        correct=whole.correct,
        total=whole.total,
        interval=list(whole.interval or (0.0, 1.0)),
        leaked=int(predictions["leaked"].sum()),
        accuracy_without_leaked=fair.value,
        interval_without_leaked=list(fair.interval) if fair.interval else None,
        macro_f1=float(np.mean([s["f1"] for s in per_label.values() if s["support"]])),
        per_label=per_label,
        confusion_matrix=matrix.tolist(),
        skipped=skipped,
    )


def confusion_table(truth: pd.Series, predicted: pd.Series, labels: list[str]) -> pd.DataFrame:
    """Count pictures by true label (rows) and predicted label (columns), both in the order of `labels`.

    >>> truth, predicted = pd.Series(["a", "a", "b"]), pd.Series(["a", "b", "b"])
    >>> confusion_table(truth, predicted, ["a", "b"]).to_numpy().tolist()
    [[1, 1], [0, 1]]
    """
    table = pd.crosstab(truth, predicted)
    return table.reindex(index=labels, columns=labels, fill_value=0)


def threshold_table(predictions: pd.DataFrame, steps: int = 50) -> pd.DataFrame:
    """Say what would happen if the model answered only where it is sure enough.

    Returns:
        One row a threshold from 0 to 1: threshold, answered (share of the pictures whose confidence is at
        least that), accuracy (of those; missing where there are none).
    """
    thresholds = np.linspace(0, 1, steps + 1)
    sure = predictions["confidence"].to_numpy(dtype=float)[:, np.newaxis] >= thresholds
    answered = sure.sum(axis=0)
    right = (sure & predictions["correct"].to_numpy(dtype=bool)[:, np.newaxis]).sum(axis=0)
    with np.errstate(invalid="ignore"):
        accuracy = np.where(answered > 0, right / answered, np.nan)
    return pd.DataFrame(
        {"threshold": thresholds, "answered": answered / max(len(predictions), 1), "accuracy": accuracy}
    )


def pick_cell(selection: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Read what was clicked in the confusion matrix: (true label, predicted label), or None for nothing."""
    if not selection or not {"label", "predicted"} <= set(selection[0]):
        return None
    return str(selection[0]["label"]), str(selection[0]["predicted"])


def _folder_for(run: Run, demo: Path) -> EvaluationFolder:
    """Name the evaluation after its folder, with a hash of its path where the name is another's already."""
    plain = run.evaluation(demo.name)
    try:
        if not plain.exists() or read_record(plain.metrics_file, Metrics).folder == str(demo):
            return plain
    except RunError:
        return plain  # damaged: written anew
    return run.evaluation(f"{demo.name}-{hashlib.sha1(str(demo).encode()).hexdigest()[:6]}")
