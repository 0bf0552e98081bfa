"""From a folder of folders to a finished run: the steps in their order, and what is reported on the way."""

import importlib.metadata
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import poetcore
from poetcore.data.dataset import SPLITS, assign_splits, check_trainable, label_folders, scan
from poetcore.errors import OptionError, PoetError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.metrics import confusion_matrix
from poetcore.features.backbones import Backbone, find
from poetcore.features.engines import check_engine
from poetcore.features.litert import model_file
from poetcore.features.memmap import FeatureTable
from poetcore.sources.samples import make_sample
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.config import RunConfig, demo_config
from poetcore.training.examples import augment, calibrated, check_learnable, examples, extract_dataset
from poetcore.training.progress import Reporter, TrainingProgress, reporting
from poetcore.training.summaries import Summaries
from poetcore.training.train import Examples, StepReport, TrainingOptions, train
from poetcore.workspace.head import Head, cross_entropy
from poetcore.workspace.run import Run, RunRecord
from poetcore.workspace.workspace import Workspace

__all__ = ["demo", "retrain"]

#: How often the weights are written for TensorBoard in the course of a training.
_HISTOGRAMS = 40

_LIBRARIES = ("tensorflow", "keras", "ai-edge-litert", "numpy", "pillow")


def retrain(
    config: RunConfig,
    workspace: Workspace,
    on_progress: OnProgress | None = None,
    on_weights: Callable[[int, Head], None] | None = None,
) -> Run:
    """Scan, split, describe, teach, test and save.

    Whatever happens, the run's folder says how it ended.

    Args:
        config: what the run is to be.
        workspace: where it is kept.
        on_progress: called often; an exception that it raises ends the run.
        on_weights: called at every report with the steps done and the last layer as it then is.

    Returns:
        The finished run.

    Raises:
        PoetError: the pictures, the backbone or the options cannot be used.
    """
    backbone = find(config.architecture)
    check_engine(config.engine, backbone)
    label_folders(config.image_dir)  # a mistyped folder is no run
    run = workspace.begin_run(config.name)
    with reporting(run, on_progress) as reporter, Summaries(workspace.summaries / run.name) as summaries:
        _retrain(config, backbone, workspace, run, reporter, summaries, on_weights)
    return run


def demo(
    workspace: Workspace, on_progress: OnProgress | None = None, name: str | None = None
) -> tuple[Run, Evaluation]:
    """Do the whole job on the drawn sample set: draw, train, evaluate.

    Args:
        workspace: where everything is kept.
        on_progress: as in `retrain`.
        name: the run's name; from date and time by default.
    """
    config = demo_config(workspace)
    run = workspace.begin_run(name)
    with reporting(run, on_progress) as reporter, Summaries(workspace.summaries / run.name) as summaries:
        make_sample(config.image_dir.parent, on_progress=reporter)
        _retrain(config, find(config.architecture), workspace, run, reporter, summaries)
    return run, Evaluation.load(run.evaluation("demo"))


def _retrain(
    config: RunConfig,
    backbone: Backbone,
    workspace: Workspace,
    run: Run,
    reporter: Reporter,
    summaries: Summaries,
    on_weights: Callable[[int, Head], None] | None = None,
) -> None:
    options = config.training
    start = time.perf_counter()
    index = workspace.file_index()
    reporter(Progress("scanning"))
    dataset = scan(config.image_dir, index, on_progress=reporter)
    check_trainable(dataset, options.validation_percentage, options.testing_percentage)

    def divided(pictures: pd.DataFrame) -> pd.DataFrame:
        return pictures.assign(
            split=assign_splits(pictures, options.validation_percentage, options.testing_percentage)
        )

    before = time.perf_counter()
    backbone = calibrated(backbone, divided(dataset.pictures), workspace, reporter)
    vectors = FeatureTable(workspace.bottlenecks, backbone.vector_length)
    extraction = extract_dataset(dataset, backbone, vectors, workspace, index, reporter, config.engine)
    usable = dataset.without(extraction.reasons)
    check_trainable(usable, options.validation_percentage, options.testing_percentage)
    split = divided(usable.pictures)
    parts = {name: examples(split, name, usable.labels, vectors) for name in SPLITS}
    check_learnable(parts["training"], usable.labels)
    training = parts["training"]
    if config.augmentation.any:
        training = augment(
            training,
            split,
            usable.labels,
            config.augmentation,
            backbone,
            vectors,
            workspace,
            index,
            reporter,
            config.engine,
        )
    index.close()
    bottlenecks_s = time.perf_counter() - before

    before = time.perf_counter()
    head = _train_head(
        config, len(usable.labels), training, parts["validation"], reporter, summaries, on_weights
    )
    training_s = time.perf_counter() - before

    reporter(Progress("testing", total=len(parts["testing"])))
    tested, metrics = _test(head, parts, usable.labels, options, summaries)
    summaries.hparams(asdict(options) | asdict(config.augmentation), backbone.name, tested.value)
    run.write_model(list(usable.labels), head)
    run.write_split(split)
    if backbone.quantized:
        run.keep_backbone(model_file(backbone, workspace.models))
    run.write_record(
        RunRecord(
            name=run.name,
            created=datetime.fromtimestamp(reporter.started).astimezone().isoformat(timespec="seconds"),
            image_dir=str(usable.folder),
            backbone=backbone.name,
            input_size=backbone.input_size,
            labels=list(usable.labels),
            options=asdict(options)
            | asdict(config.augmentation)
            | {"final_tensor_name": config.final_tensor_name, "engine": config.engine},
            splits={name: len(parts[name]) for name in SPLITS},
            skipped=usable.skipped(),
            bottlenecks={
                "computed": extraction.computed,
                "cached": extraction.cached,
                "skipped": len(usable.refused),
            },
            timings={
                "bottlenecks_s": round(bottlenecks_s, 3),
                "training_s": round(training_s, 3),
                "total_s": round(time.perf_counter() - start, 3),
            },
            metrics=metrics,
            versions={
                "poet": poetcore.__version__,
                "python": platform.python_version(),
                **{name: importlib.metadata.version(name) for name in _LIBRARIES},
            },
            calibration=backbone.calibration,
        )
    )
    run.append_event("final", test_accuracy=tested.value, test_count=tested.total)
    message = f"Final test accuracy {tested}."
    if config.demo_dir:
        message += " " + _evaluate_demo(run, config.demo_dir, workspace, reporter, config.engine)
    reporter.end("done", message)


def _train_head(
    config: RunConfig,
    labels: int,
    training: Examples,
    validation: Examples,
    reporter: Reporter,
    summaries: Summaries,
    on_weights: Callable[[int, Head], None] | None,
) -> Head:
    """Teach the last layer, telling everyone who watches.

    Raises:
        OptionError: the learning rate is so high that the weights ran away.
    """
    options = config.training
    often = max(1, options.how_many_training_steps // _HISTOGRAMS)

    def on_report(step: StepReport) -> None:
        summaries.step(step)
        reporter(TrainingProgress("training", step.step, options.how_many_training_steps, step=step))

    def on_head(step: int, head: Head) -> None:
        if step % often < options.eval_step_interval or step == options.how_many_training_steps:
            summaries.weights(step, head)
        if on_weights:
            on_weights(step, head)

    reporter(Progress("training", 0, options.how_many_training_steps))
    head = train(training, validation, labels, options, on_report, on_head)
    if not np.isfinite(head.kernel).all():
        raise OptionError(
            f"The training ran away with a learning_rate of {options.learning_rate}: choose a smaller one,"
            f" such as {TrainingOptions.learning_rate}."
        )
    return head


def _test(
    head: Head,
    parts: dict[str, Examples],
    labels: Sequence[str],
    options: TrainingOptions,
    summaries: Summaries,
) -> tuple[Accuracy, dict[str, Any]]:
    """Judge the layer on what was kept aside; gives the test accuracy and the record's metrics."""
    judged = {"test": _some(parts["testing"], options), "validation": parts["validation"]}
    accuracies, losses = {}, {}
    for name, kept in judged.items():
        probabilities = head.probabilities(kept.take(np.arange(len(kept)))[0])
        said = probabilities.argmax(axis=1)
        accuracies[name] = Accuracy(int((said == kept.targets).sum()), len(kept))
        losses[name] = cross_entropy(probabilities, kept.targets) if len(kept) else None
        if len(kept):
            matrix = confusion_matrix(kept.targets.tolist(), said.tolist(), range(len(labels)))
            summaries.confusion(options.how_many_training_steps, matrix, labels, name)
    tested, watched = accuracies["test"], accuracies["validation"]
    return tested, {
        "final_test_accuracy": tested.value,
        "final_test_count": tested.total,
        "final_test_interval": tested.interval,
        "final_test_cross_entropy": losses["test"],
        "validation_accuracy": watched.value,
        "validation_count": watched.total,
        "validation_cross_entropy": losses["validation"],
    }


def _evaluate_demo(run: Run, folder: Path, workspace: Workspace, reporter: Reporter, engine: str) -> str:
    """Evaluate the new run and say how it went; a demo folder that cannot be used spoils no training."""
    try:
        metrics = evaluate(run, folder, workspace, on_progress=reporter, engine=engine).metrics
    except PoetError as error:
        return f"The demo folder could not be judged: {error}"
    return f"Accuracy on the demo folder {Accuracy(metrics.correct, metrics.total)}."


def _some(test: Examples, options: TrainingOptions) -> Examples:
    """Give what the final test looks at: all, or `test_batch_size` examples drawn without replacement."""
    if options.test_batch_size == -1 or options.test_batch_size >= len(test):
        return test
    chosen = np.random.default_rng(options.seed).permutation(len(test))[: options.test_batch_size]
    return Examples(*test.take(chosen))
