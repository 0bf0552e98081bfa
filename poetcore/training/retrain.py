"""From a folder of folders to a finished run: the steps in their order, and the progress they report."""

import platform
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import numpy as np

from poetcore.data.held_out import write_held_out
from poetcore.data.kept_share import Share
from poetcore.errors import DatasetError, OptionError, PoetError
from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.headline import headline
from poetcore.features.backbones import Backbone, find
from poetcore.features.engines import concrete
from poetcore.features.litert import model_file
from poetcore.sources.samples import make_sample
from poetcore.system.packages import versions_of
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.wording import counted, few
from poetcore.training.batches import part_of
from poetcore.training.checks import check_config
from poetcore.training.config import RunConfig, demo_config
from poetcore.training.cross_validation import CrossValidation, about_validation, cross_validate
from poetcore.training.examples import Prepared, prepare_examples
from poetcore.training.final_test import (
    HeldOut,
    evaluate_examples,
    final_metrics,
    run_remarks,
    sample_test,
)
from poetcore.training.fine_tuning.brought import about_fine_tuning
from poetcore.training.fine_tuning.tuned import fine_tune
from poetcore.training.last_layer import OnWeights, train_last_layer
from poetcore.training.multi_label import choose_thresholds
from poetcore.training.novelty import measure_novelty
from poetcore.training.progress import Reporter, reporting
from poetcore.training.summaries import Summaries
from poetcore.training.train import TrainingOptions
from poetcore.version import __version__
from poetcore.workspace.backbones import keep_networks, networks_record
from poetcore.workspace.demo_sets import automatic_demo, dataset_title
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord
from poetcore.workspace.workspace import Workspace

__all__ = ["demo", "retrain"]

#: The options in `run.json` beyond the hyperparameters.
_KEPT_OPTIONS = ("final_tensor_name", "labels", "max_pictures_per_label", "multi_label")

_LIBRARIES = ("tensorflow", "keras", "ai-edge-litert", "numpy", "pillow")


def retrain(
    config: RunConfig,
    workspace: Workspace,
    on_progress: OnProgress | None = None,
    on_weights: OnWeights | None = None,
) -> Run:
    """Scan, split, extract features, train, test and save.

    Whatever happens, how it ended is written into the run's folder; only where this process made the run and
    was refused before the training, no run is left.

    Args:
        config: the configuration of the run.
        workspace: where it is kept.
        on_progress: called often; an exception that it raises ends the run.
        on_weights: called at every report with the steps done, the last layer as it then is, and its labels.

    Returns:
        The finished run.

    Raises:
        PoetError: the pictures, the backbone or the options cannot be used.
    """
    backbone = check_config(
        config, workspace, on_progress
    )  # a mistyped folder is no run, and is told before the training
    run = workspace.begin_run(config.name)
    if on_progress and (aside := run.status().message):
        on_progress(Progress("scanning", message=aside))
    try:
        with (
            run.worked_on("is being trained"),
            reporting(run, on_progress) as reporter,
            Summaries(workspace.summaries_of(run.name)) as summaries,
        ):
            _retrain(config, backbone, workspace, run, reporter, summaries, on_weights)
    except PoetError:
        if not run.has_begun():  # what is refused is told by the exception; the name stays free
            workspace.delete_run(run)
        raise
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
    with (
        run.worked_on("is being trained"),
        reporting(run, on_progress) as reporter,
        Summaries(workspace.summaries_of(run.name)) as summaries,
    ):
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
    on_weights: OnWeights | None = None,
) -> None:
    options = config.training
    start = time.perf_counter()
    prepared = prepare_examples(config, backbone, workspace, reporter, previewed=True)
    labels = list(prepared.dataset.labels)

    before = time.perf_counter()
    layer = train_last_layer(config, prepared, workspace, reporter, summaries, on_weights)
    head = layer.head
    training_s = time.perf_counter() - before

    before = time.perf_counter()
    validated, thresholds, tuned = None, None, None
    if config.fine_tune:
        tuned = fine_tune(config, prepared, head, workspace, run, reporter)
        head, prepared = tuned.head, tuned.prepared
    fine_tuning_s = time.perf_counter() - before

    before = time.perf_counter()
    if tuned and tuned.kept:
        validated, cross_message = tuned.validated, about_validation(tuned.validated)
    elif config.multi_label:
        thresholds = choose_thresholds(prepared, options, reporter)
        cross_message = thresholds.sentence
    else:
        validated, cross_message = _cross_validate(prepared, labels, options, reporter)
    cross_validation_s = time.perf_counter() - before

    before = time.perf_counter()
    temperature = tuned.temperature if tuned else 1.0
    strange = None
    if not config.multi_label:
        calibrated = temperature if temperature != 1 else _offered(validated)
        own = None if tuned and tuned.kept else validated  # of the network as it is now there is none
        strange = measure_novelty(prepared, head, own, options, calibrated, reporter)
    novelty_s = time.perf_counter() - before

    tests = len(prepared.parts["testing"])
    reporter(Progress("testing", total=tests))
    test, validation = _final_test(head.divided(temperature), prepared, options)
    reporter(Progress("testing", tests, tests))
    for name, held_out in (("test", test), ("validation", validation)):
        if held_out.accuracy.total:
            summaries.confusion(summaries.last_step, held_out.confusion_matrix, labels, name)
    hyper_parameters = asdict(options) | asdict(config.augmentation)
    summaries.hparams(hyper_parameters, prepared.backbone.name, test.accuracy.value)

    run.write_model(labels, head)
    if temperature != 1:
        run.set_temperature(temperature)
    run.write_split(prepared.split)
    home, tested = prepared.dataset.folder, prepared.split["split"] == "testing"
    if tested.any():
        write_held_out(run.testing_file, home, prepared.split["sha"][tested])
    if kept := prepared.kept_aside:
        write_held_out(run.kept_aside_file, home, kept.contents, kept.how)
    if validated:
        run.write_cross_validation(validated.predictions)
    if strange:
        run.write_novelty_pictures(strange.pictures)
    keep_networks(run, prepared.backbone, lambda one: model_file(one, workspace.models))
    timings = {
        "bottlenecks_s": round(prepared.seconds, 3),
        "training_s": round(training_s, 3),
        **({"fine_tuning_s": round(fine_tuning_s, 3)} if tuned else {}),
        "cross_validation_s": round(cross_validation_s, 3),
        "novelty_s": round(novelty_s, 3),
        "total_s": round(time.perf_counter() - start, 3),
    }
    run.write_record(
        RunRecord(
            name=run.name,
            created=datetime.fromtimestamp(reporter.started).astimezone().isoformat(timespec="seconds"),
            image_dir=str(prepared.dataset.folder),
            backbone=prepared.backbone.name,
            input_size=prepared.backbone.input_size,
            labels=labels,
            options=hyper_parameters
            | asdict(config.fine_tuning)
            | {name: getattr(config, name) for name in _KEPT_OPTIONS}
            | {"engine": prepared.extraction.engine or concrete(config.engine)},
            splits={name: len(part) for name, part in prepared.parts.items()},
            skipped=prepared.dataset.skipped(),
            bottlenecks={
                "computed": prepared.extraction.computed,
                "cached": prepared.extraction.cached,
                "skipped": len(prepared.dataset.refused),
            },
            timings=timings,
            metrics=final_metrics(test, validation) | layer.metrics,
            versions={
                "poet": __version__,
                "python": platform.python_version(),
                **versions_of(_LIBRARIES),
            },
            calibration=prepared.backbone.calibration,
            groups=prepared.group_record(options.group_by),
            cross_validation=validated.figures if validated else None,
            kept_aside=len(kept.contents) if kept else 0,
            multi_label=thresholds.record if thresholds else None,
            augmentation=prepared.augmentation_record(),
            networks=networks_record(prepared.backbone, tuned.base if tuned and tuned.kept else ""),
            fine_tuning=tuned.record if tuned else {},
            novelty=strange.record if strange else {},
        )
    )
    run.append_event("final", test_accuracy=test.accuracy.value, test_count=test.accuracy.total)
    message = " ".join(filter(None, [about_fine_tuning(tuned.record) if tuned else "", cross_message]))
    if not config.multi_label and options.testing_percentage:
        message += f" Final test accuracy {test.accuracy}."
    message += "".join(f" {remark}" for remark in run_remarks(run.record()))
    if prepared.dataset.empty:
        message += f" Without pictures, and so not trained on: {few(prepared.dataset.empty)}."
    if kept:
        message += (
            f" Kept aside for evaluation, and not trained on: {counted(len(kept.contents), 'picture')}"
            f" ({Share.parse(kept.how).words})."
        )
    if demo_dir := _demo_of(config, run, workspace):
        message += " " + _evaluate_demo(run, demo_dir, workspace, reporter, config.engine)
    reporter.end("done", message)


def _cross_validate(
    prepared: Prepared, labels: list[str], options: TrainingOptions, reporter: Reporter
) -> tuple[CrossValidation | None, str]:
    """Cross-validate the run and return a sentence; where that is impossible the run is not lost."""
    everything, groups = prepared.everything, prepared.groups
    try:
        found = cross_validate(everything, groups, prepared.split, labels, options, reporter)
    except (DatasetError, OptionError) as error:
        return None, str(error)
    return found, about_validation(found)


def _offered(validated: CrossValidation | None) -> float:
    """Return the temperature with which a run may be calibrated later."""
    return float(validated.figures["calibration"]["temperature"]) if validated else 1.0


def _final_test(head: Head, prepared: Prepared, options: TrainingOptions) -> tuple[HeldOut, HeldOut]:
    """Evaluate the layer on the test and the validation pictures."""
    found = []
    for name in ("testing", "validation"):
        part = prepared.parts[name]
        chosen = sample_test(len(part), options) if name == "testing" else np.arange(len(part))
        groups = prepared.split.loc[prepared.split["split"] == name, "group"].to_numpy()[chosen]
        examples = part_of(part, chosen)
        found.append(evaluate_examples(head, examples, len(prepared.dataset.labels), groups))
    return found[0], found[1]


def _demo_of(config: RunConfig, run: Run, workspace: Workspace) -> Path | None:
    """Return what the run is evaluated on as soon as it is trained; None where that is not asked."""
    if config.demo_dir or not config.evaluate_after:
        return config.demo_dir
    return automatic_demo(Path(run.record().image_dir), run, workspace)


def _evaluate_demo(run: Run, folder: Path, workspace: Workspace, reporter: Reporter, engine: str) -> str:
    """Evaluate the new run and return a sentence; a demo folder that cannot be used spoils no training."""
    called = "its testing pictures" if folder == run.testing_file else dataset_title(folder)
    try:
        metrics = evaluate(run, folder, workspace, on_progress=reporter, engine=engine).metrics
    except PoetError as error:
        return f"The evaluation on {called} failed: {error}"
    told = headline(metrics)
    return " ".join([f"Accuracy on {called}: {told.sentence}.", *told.remarks])
