"""Evaluating a run or a frozen graph on a demo folder."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.contents import state_of
from poetcore.data.dataset import Dataset, scan
from poetcore.data.held_out import is_held_out
from poetcore.data.label_sets import join_set, split_set
from poetcore.data.labels import match_labels
from poetcore.data.listing import demo_part
from poetcore.data.multi_label import scan_label_sets
from poetcore.errors import DatasetError, RunError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.classifier import Classifier, PictureClassifier, Prediction
from poetcore.evaluation.demo_states import DemoState, demo_state
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.graphs import match_graph_labels
from poetcore.evaluation.label_set_metrics import label_set_metrics
from poetcore.evaluation.leaks import Leaks, find_leaks
from poetcore.evaluation.metrics import Metrics, compute_metrics, leak_counts_of
from poetcore.evaluation.novelty_threshold import add_threshold
from poetcore.evaluation.true_labels import true_labels, without_other_labels
from poetcore.evaluation.unknown import novelty_figures
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.names import is_name, to_name
from poetcore.system.progress import OnProgress
from poetcore.system.unkept import is_read_only, kept_if_possible
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.job_folder import using_run
from poetcore.workspace.records import read_record
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Evaluation", "evaluate", "evaluate_graph"]

#: Columns of the table of predictions: what is told of a picture first, and last.
_TOLD, _NOVELTY = ["path", "label", "predicted", "correct", "confidence"], ["novelty", "unknown"]


@using_run("is being evaluated")
def evaluate(
    run: Run,
    folder: Path,
    workspace: Workspace,
    *,
    on_progress: OnProgress | None = None,
    engine: str = DEFAULT_ENGINE,
    only: Sequence[str] | None = None,
) -> Evaluation:
    """Evaluate a run on a folder of label folders and keep the result in the run's folder.

    Of a run that was trained on some of the labels of its dataset, pictures of other labels are excluded.

    Args:
        run: a finished run.
        folder: the demo folder, which the run should never have seen, or a CSV file, of which the demo rows
            are evaluated.
        workspace: where caches are kept.
        on_progress: called in the phase `backbone` where the backbone must be prepared first, then in
            `evaluating`.
        engine: what extracts the features, one of `ENGINES`.
        only: label folders, where the others are passed over; then the result is not kept with the run.

    Raises:
        DatasetError: the folder cannot be used, or has a label that the run was not trained on.
        OptionError: the engine is unknown, not installed, or cannot run the run's backbone.
        RunError: the run is unfinished or damaged.
    """
    temperature = run.temperature()  # of the layer that is read now, whatever happens to the run meanwhile
    if only is None:
        add_threshold(run, workspace)  # to a run of an earlier version
    classifier = Classifier(run, workspace, engine)
    record = run.record()
    several = record.multi_label is not None
    demo = _scan(folder, workspace, classifier.labels, several=several, only=only)
    excluded: dict[str, int] = {}
    if record.options.get("labels"):  # of all labels some were chosen
        demo, excluded = without_other_labels(demo, classifier.labels)
    labels = true_labels(demo.labels, classifier.labels, f"The run {run.name!r}", demo.folder)
    # Not kept beside the table: the predictions of 200,000 pictures take 400 MB.
    table, skipped = _predictions(demo, labels, _predict(classifier, demo, on_progress))
    leaks = find_leaks(table, run, workspace, on_progress)
    state = _state(demo, table, workspace, match_labels, classifier.labels, only)
    before = state.accuracy_before(
        dict(zip(table["sha"], table["predicted"], strict=True)), classifier.cached_labels
    )
    evaluation = _evaluation(
        run.name,
        demo.folder,
        table,
        skipped,
        leaks,
        state,
        before,
        temperature,
        excluded,
        list(record.thresholds.values()) or None,
    )
    unseen = evaluation.predictions[leak_counts_of(evaluation.predictions)[1]]
    told = replace(evaluation.metrics, novelty=novelty_figures(unseen, record))
    evaluation = replace(evaluation, metrics=told)
    if only is None and not is_read_only():
        place = _folder_for(run, demo.folder)
        with kept_if_possible(place.folder, "The result is not kept with the run"):
            place.write(evaluation.predictions, asdict(evaluation.metrics))
    return evaluation


def evaluate_graph(
    classifier: PictureClassifier,
    name: str,
    folder: Path,
    workspace: Workspace,
    *,
    on_progress: OnProgress | None = None,
    only: Sequence[str] | None = None,
) -> Evaluation:
    """Evaluate a model file, such as a frozen graph made elsewhere, on a folder of label folders.

    Args:
        classifier: the model.
        name: what it is called in the result.
        folder: the demo folder; its labels may differ from the model's as the original script changes them.
        workspace: where caches and first labels are kept; nothing else is written.
        on_progress: called in the phase `evaluating`.
        only: label folders, where the others are passed over.

    Raises:
        DatasetError: the folder cannot be used, or has a label that the model was not trained on.
        OptionError: the model cannot be run.
    """
    demo = _scan(folder, workspace, classifier.labels, only=only)
    labels = true_labels(
        demo.labels, classifier.labels, f"The model {name!r}", demo.folder, match_graph_labels
    )
    # Not kept beside the table: the predictions of 200,000 pictures take 400 MB.
    table, skipped = _predictions(demo, labels, _predict(classifier, demo, on_progress))
    leaks = find_leaks(table, None, workspace, on_progress)
    state = _state(demo, table, workspace, match_graph_labels, classifier.labels, only)
    # A graph keeps no feature vectors, so nothing can be predicted for pictures that are gone.
    before = state.accuracy_before(dict(zip(table["sha"], table["predicted"], strict=True)), lambda shas: {})
    return _evaluation(name, demo.folder, table, skipped, leaks, state, before)


def _scan(
    folder: Path,
    workspace: Workspace,
    known_labels: Sequence[str],
    *,
    several: bool = False,
    only: Sequence[str] | None = None,
) -> Dataset:
    with workspace.file_index() as file_index:
        scanner = scan_label_sets if several else scan
        # Of another model's labels the folder may have more than are known here.
        found = scanner(demo_part(folder), file_index, known_labels=known_labels if only is None else None)
    return found if only is None else without_other_labels(found, only)[0]


def _state(
    demo: Dataset,
    table: pd.DataFrame,
    workspace: Workspace,
    matching: Callable[[Iterable[str], Sequence[str]], Mapping[str, str]],
    known: Sequence[str],
    only: Sequence[str] | None,
) -> DemoState:
    """Compare a demo folder, its labels as its folders are called, with how it was first evaluated."""
    evaluated = set(table["label"])

    def match(names: Iterable[str]) -> Mapping[str, str]:
        found = matching(names, known)
        # What was passed over was not removed.
        return found if only is None else {name: one for name, one in found.items() if one in evaluated}

    if demo.multi_label:  # of a content one label is remembered, not several
        return DemoState(state_of(demo.pictures), 0, 0, demo.pictures.iloc[:0])
    folder_of = demo.pictures.set_index("path")["label"]
    return demo_state(demo.folder, table.assign(label=table["path"].map(folder_of)), workspace, match)


def _predict(
    classifier: PictureClassifier, demo: Dataset, on_progress: OnProgress | None
) -> list[Prediction]:
    paths = [Path(path) for path in demo.pictures["path"]]
    return classifier.classify(paths, on_progress, phase="evaluating")


def _predictions(
    demo: Dataset, labels: Mapping[str, str], predictions: Sequence[Prediction]
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Compare predictions with the true labels.

    Args:
        demo: the pictures.
        labels: label folder -> its label as the model writes it.
        predictions: of the pictures, in the same order.

    Returns:
        One row a picture that could be used: path, label, predicted, correct, confidence, sha, novelty,
        unknown, then `p_<label>` for each label; and the files that could not.

    Raises:
        DatasetError: no picture could be used.
    """
    rows, probabilities, skipped = [], [], demo.skipped()
    for prediction, own in zip(predictions, demo.pictures["label"], strict=True):
        true = {labels[one] for one in (split_set(own) if demo.multi_label else (own,))}
        label = join_set(one for one in prediction.labels if one in true)
        if prediction.probabilities is None:
            skipped.append({"path": str(prediction.path), "reason": prediction.reason or "cannot be used"})
            continue
        predicted, confidence = join_set(prediction.predicted), prediction.confidence
        told = (str(prediction.path), label, predicted, label == predicted, confidence)
        rows.append((*told, prediction.sha, prediction.novelty, prediction.unknown))
        probabilities.append(prediction.probabilities)
    if not rows:
        raise DatasetError(
            f"No usable picture in {demo.folder}: {skipped[0]['path']} {skipped[0]['reason']}."
        )
    table = pd.DataFrame(rows, columns=[*_TOLD, "sha", *_NOVELTY]).astype({"novelty": float})
    names = [f"p_{label}" for label in predictions[0].labels]
    return table.join(pd.DataFrame(np.stack(probabilities).astype(float), columns=names)), skipped


def _evaluation(
    name: str,
    folder: Path,
    table: pd.DataFrame,
    skipped: list[dict[str, str]],
    leaks: Leaks,
    state: DemoState,
    before: Accuracy | None,
    temperature: float = 1.0,
    excluded: Mapping[str, int] | None = None,
    thresholds: Sequence[float] | None = None,
) -> Evaluation:
    """Put together what is known of an evaluated folder."""
    labels = [column.removeprefix("p_") for column in table.columns if column.startswith("p_")]
    flags = leaks.table.set_index(table.index)
    table = (
        table[_TOLD]
        .assign(leaked=flags["leaked"])
        .join(
            [
                table[[f"p_{label}" for label in labels]],
                flags[["sha", "leaked_near", "twin"]],
                table[_NOVELTY],
            ]
        )
    )
    metrics = replace(
        compute_metrics(table, labels, name, folder, skipped, leaks.groups)
        if thresholds is None
        else label_set_metrics(table, labels, thresholds, name, folder, skipped, leaks.groups),
        state=state.state,
        relabelled=state.relabelled,
        removed=state.removed,
        temperature=temperature,
        excluded=dict(excluded or {}),
    )
    if before is not None:
        metrics = replace(
            metrics,
            accuracy_before=before.value,
            correct_before=before.correct,
            total_before=before.total,
        )
    return Evaluation(metrics, table)


def _folder_for(run: Run, demo: Path) -> EvaluationFolder:
    """Return the evaluation's folder, named after the demo folder, with a hash where that name is taken."""
    called = demo.stem if is_held_out(demo) else demo.name
    name = called if is_name(called) else to_name(called, "demo")
    for there in (called or name, name):  # earlier versions took any name as it was
        place = run.evaluation(there)
        if place.exists() and _is_of(place, demo):
            return place
    plain = run.evaluation(name)
    if not plain.exists():
        return plain
    return run.evaluation(f"{name}-{hashlib.sha1(str(demo).encode()).hexdigest()[:6]}")


def _is_of(place: EvaluationFolder, demo: Path) -> bool:
    try:
        return read_record(place.metrics_file, Metrics).folder == str(demo)
    except RunError:
        return True  # damaged: written anew
