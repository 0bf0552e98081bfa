"""From a folder of folders to a finished run: the steps in their order, and what is reported on the way."""

import importlib.metadata
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

import poetcore
from poetcore.accuracy import Accuracy
from poetcore.backbones import DEFAULT, Backbone, find
from poetcore.bottlenecks import extract
from poetcore.dataset import SPLITS, Dataset, assign_splits, check_trainable, label_folders, scan
from poetcore.errors import DatasetError, PoetError
from poetcore.head import cross_entropy
from poetcore.litert import model_file
from poetcore.retrain import Examples, StepReport, TrainingOptions, train
from poetcore.runs import Run, RunRecord, Status
from poetcore.workspace import Workspace

__all__ = ["Progress", "RunConfig", "retrain"]

_LIBRARIES = ("tensorflow", "keras", "ai-edge-litert", "numpy", "pillow")


@dataclass(frozen=True)
class RunConfig:
    """What a run is to be.

    Attributes:
        image_dir: folder of label folders.
        architecture: name of a backbone.
        training: the training options.
        name: the run's name; from date and time by default.
    """

    image_dir: Path
    architecture: str = DEFAULT
    training: TrainingOptions = TrainingOptions()
    name: str | None = None


@dataclass(frozen=True)
class Progress:
    """A sign of life, for whoever watches.

    Attributes:
        phase: as in `Status`.
        done: pictures or steps done in this phase.
        total: pictures or steps of this phase; 0 where it is not known.
        message: a sentence, or empty.
        step: the report, in the training phase.
    """

    phase: str
    done: int = 0
    total: int = 0
    message: str = ""
    step: StepReport | None = None


def retrain(config: RunConfig, workspace: Workspace, watch: Callable[[Progress], None]) -> Run:
    """Scan, split, describe, teach, test and save.

    Whatever happens, the run's folder says how it ended.

    Args:
        config: what the run is to be.
        workspace: where it is kept.
        watch: called often; an exception that it raises ends the run.

    Returns:
        The finished run.

    Raises:
        PoetError: the pictures, the backbone or the options cannot be used.
    """
    backbone = find(config.architecture)
    label_folders(config.image_dir)  # a mistyped folder is no run
    run = workspace.create_run(config.name)
    reporter = _Reporter(run, watch)
    try:
        _retrain(config, backbone, workspace, run, reporter)
    except PoetError as error:
        reporter.end("failed", str(error))
        raise
    except KeyboardInterrupt:
        reporter.end("cancelled", "Stopped before it was finished.")
        raise
    except BaseException as error:
        reporter.end("failed", f"{type(error).__name__}: {error}")
        raise
    return run


def _retrain(
    config: RunConfig, backbone: Backbone, workspace: Workspace, run: Run, report: "_Reporter"
) -> None:
    options = config.training
    start = time.perf_counter()
    prints = workspace.fingerprints()
    report(Progress("scanning", message=f"Looking through {config.image_dir}"))
    dataset = scan(
        config.image_dir, prints, progress=lambda done, total: report(Progress("scanning", done, total))
    )
    check_trainable(dataset, options.validation_percentage, options.testing_percentage)

    before = time.perf_counter()
    vectors, reasons, computed = _describe(dataset, backbone, workspace, report)
    prints.note_decoded(reasons)
    bottlenecks_s = time.perf_counter() - before
    usable = dataset.without({sha: reason for sha, reason in reasons.items() if reason is not None})
    check_trainable(usable, options.validation_percentage, options.testing_percentage)
    split = usable.pictures.assign(
        split=assign_splits(usable.pictures, options.validation_percentage, options.testing_percentage)
    )
    parts = _parts(split, usable.labels, vectors)

    before = time.perf_counter()
    report(Progress("training", 0, options.how_many_training_steps))
    head = train(
        parts["training"],
        parts["validation"],
        len(usable.labels),
        options,
        lambda step: report(Progress("training", step.step, options.how_many_training_steps, step=step)),
    )
    training_s = time.perf_counter() - before

    report(Progress("testing", total=len(parts["testing"])))
    test = _some(parts["testing"], options)
    tested, test_loss = _judge(head.probabilities(test.vectors), test)
    watched, watched_loss = _judge(head.probabilities(parts["validation"].vectors), parts["validation"])
    run.write_model(list(usable.labels), head)
    run.write_split(split)
    run.write_record(
        RunRecord(
            name=run.name,
            created=datetime.fromtimestamp(report.started).astimezone().isoformat(timespec="seconds"),
            image_dir=str(usable.folder),
            backbone=backbone.name,
            input_size=backbone.input_size,
            labels=list(usable.labels),
            options=asdict(options),
            splits={name: len(parts[name]) for name in SPLITS},
            skipped=usable.skipped(),
            bottlenecks={
                "computed": computed,
                "cached": len(vectors) - computed,
                "skipped": len(usable.refused),
            },
            timings={
                "bottlenecks_s": round(bottlenecks_s, 3),
                "training_s": round(training_s, 3),
                "total_s": round(time.perf_counter() - start, 3),
            },
            metrics={
                "final_test_accuracy": tested.value,
                "final_test_count": tested.total,
                "final_test_interval": tested.interval,
                "final_test_cross_entropy": test_loss,
                "validation_accuracy": watched.value,
                "validation_count": watched.total,
                "validation_cross_entropy": watched_loss,
            },
            versions={
                "poet": poetcore.__version__,
                "python": platform.python_version(),
                **{name: importlib.metadata.version(name) for name in _LIBRARIES},
            },
        )
    )
    run.append_event("final", test_accuracy=tested.value, test_count=tested.total)
    report.end("done", f"Final test accuracy {tested}.")


def _describe(
    dataset: Dataset, backbone: Backbone, workspace: Workspace, report: "_Reporter"
) -> tuple[dict[str, np.ndarray], dict[str, str | None], int]:
    """Give vectors by content, the reasons of all that were decoded now, and how many were computed."""
    pictures = {
        sha: Path(path) for sha, path in zip(dataset.pictures["sha"], dataset.pictures["path"], strict=True)
    }
    vectors: dict[str, np.ndarray] = {}
    reasons: dict[str, str | None] = {}
    computed = 0
    report(Progress("bottlenecks", 0, len(pictures)))
    found = extract(
        pictures,
        backbone,
        lambda: model_file(backbone, workspace.models, lambda m: report(Progress("backbone", message=m))),
        workspace.vectors(),
    )
    for done, bottleneck in enumerate(found, 1):
        if bottleneck.vector is not None:
            vectors[bottleneck.sha] = bottleneck.vector
        if not bottleneck.cached:
            reasons[bottleneck.sha] = bottleneck.reason
            computed += bottleneck.vector is not None
        report(Progress("bottlenecks", done, len(pictures)))
    return vectors, reasons, computed


def _parts(
    split: pd.DataFrame, labels: tuple[str, ...], vectors: dict[str, np.ndarray]
) -> dict[str, Examples]:
    """Give the examples of each part of the split; every label must have something to learn from."""
    length = len(next(iter(vectors.values())))
    parts = {}
    for name in SPLITS:
        rows = split[split["split"] == name]
        stacked = np.array([vectors[sha] for sha in rows["sha"]], np.float32).reshape(-1, length)
        targets = rows["label"].map({label: i for i, label in enumerate(labels)}).to_numpy(np.int64)
        parts[name] = Examples(stacked, targets)
    unlearnt = [label for i, label in enumerate(labels) if i not in parts["training"].targets]
    if unlearnt:
        raise DatasetError(
            f"All the pictures of {', '.join(unlearnt)} fell to validation and testing, none is left to train"
            " on: add pictures, 20 or more a label."
        )
    return parts


def _some(test: Examples, options: TrainingOptions) -> Examples:
    """Give what the final test looks at: all, or `test_batch_size` examples drawn without replacement."""
    if options.test_batch_size == -1 or options.test_batch_size >= len(test):
        return test
    chosen = np.random.default_rng(options.seed).permutation(len(test))[: options.test_batch_size]
    return Examples(test.vectors[chosen], test.targets[chosen])


def _judge(probabilities: np.ndarray, examples: Examples) -> tuple[Accuracy, float | None]:
    if not len(examples):
        return Accuracy(0, 0), None
    right = int((probabilities.argmax(axis=1) == examples.targets).sum())
    return Accuracy(right, len(examples)), cross_entropy(probabilities, examples.targets)


class _Reporter:
    """Writes what happens into the run's folder, not more often than needed, and passes it on."""

    def __init__(self, run: Run, watch: Callable[[Progress], None]) -> None:
        self.started = run.status().started
        self._run = run
        self._watch = watch
        self._written = 0.0
        self._phase = ""

    def __call__(self, progress: Progress) -> None:
        now = time.time()
        if progress.step is not None:
            self._run.append_event("step", **asdict(progress.step))
        if progress.phase != self._phase or now - self._written > 0.5 or progress.done == progress.total:
            if progress.phase == "bottlenecks":
                self._run.append_event("bottleneck", done=progress.done, total=progress.total)
            self._run.write_status(
                Status(
                    progress.phase, progress.done, progress.total, self.started, now, message=progress.message
                )
            )
            self._written, self._phase = now, progress.phase
        self._watch(progress)

    def end(self, phase: str, message: str) -> None:
        last = self._run.status()
        self._run.write_status(replace(last, phase=phase, heartbeat=time.time(), message=message))
