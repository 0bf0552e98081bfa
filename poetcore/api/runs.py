"""Runs from Python: train one, find one, list them."""

import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from poetcore.api.arguments import PathLike, Progressing, built, on_progress, workspace_at
from poetcore.api.trained_run import TrainedRun
from poetcore.data.subset import join_labels
from poetcore.errors import OptionError
from poetcore.evaluation.freshness import current_files, run_difference
from poetcore.evaluation.frozen import check_output_layer
from poetcore.evaluation.results import demo_results
from poetcore.features.backbones import DEFAULT
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.training.config import RunConfig
from poetcore.training.jobs import Jobs

__all__ = ["list_runs", "load_run", "retrain"]


def retrain(
    image_dir: PathLike,
    *,
    architecture: str = DEFAULT,
    demo_dir: PathLike | None = None,
    name: str | None = None,
    engine: str = DEFAULT_ENGINE,
    workspace: PathLike | None = None,
    progress: Progressing = None,
    labels: str | Iterable[str] = "",
    **options: Any,
) -> TrainedRun:
    """Train the last layer of a pre-trained network on a folder of label folders.

    Args:
        image_dir: one folder of pictures per label.
        architecture: a backbone, one of `list_backbones()`, several joined by `+`, or a path.
        demo_dir: a folder to evaluate the run on as soon as it is trained, or None; a warning says if that
            did not work.
        name: the run's name; from date and time by default.
        engine: what extracts the features: "auto" (OpenVINO where it is installed and helps, else LiteRT),
            "litert", "openvino", "keras" or "ray".
        workspace: the folder in which Poet keeps what it makes; by default TFP_WORKSPACE's, or tf_files.
        progress: None for a bar where there is a terminal or notebook, False for none, or a function that is
            called with a `Progress`.
        labels: train on these labels only: a list, or text such as "daisy,rose"; all by default.
        options: the original script's options by their names: `how_many_training_steps`, `learning_rate`,
            `testing_percentage`, `validation_percentage`, `eval_step_interval`, `train_batch_size`,
            `test_batch_size`, `validation_batch_size`, `seed`, `flip_left_right`, `random_crop`,
            `random_scale`, `random_brightness`, `distortion_variants`, `group_by`, `final_tensor_name`,
            `max_pictures_per_label`, `head`, `class_weight`, `weight_decay`, `label_smoothing`, `keep_aside`,
            `evaluate_after`, `multi_label`, `input_scaling`, `fine_tune`, `fine_tune_epochs`,
            `fine_tune_rate`, `fine_tune_flip`, `fine_tune_cross_validation`; `poetcore retrain --help`
            explains them and tells their defaults.

    Returns:
        The finished run.

    Raises:
        OptionError: an option is unknown or has an impossible value.
        DatasetError: the folder cannot be trained on.

    Example:
        >>> run = poet.retrain("sample/train", how_many_training_steps=100, name="doctest")
        >>> run.name
        'doctest'
    """
    from poetcore.training.retrain import retrain as train

    config = built(
        RunConfig,
        options,
        image_dir=image_dir,
        architecture=architecture,
        demo_dir=demo_dir,
        name=name,
        engine=engine,
        labels=_labels(labels),
    )
    check_output_layer(config.final_tensor_name)
    place = workspace_at(workspace)
    with on_progress(progress) as show:
        run = train(config, place, show)
    if (config.demo_dir or config.evaluate_after) and not run.evaluations():
        warnings.warn(run.status().message, stacklevel=2)
    return TrainedRun(run, place)


def _labels(labels: str | Iterable[str]) -> str:
    """Return chosen labels as the option has them; a list of none is a mistake and not "all"."""
    if isinstance(labels, str):
        return labels
    names = [*labels]
    if not names:
        raise OptionError("labels is an empty list: name at least two labels, or omit it to train on all.")
    return join_labels(names)


def load_run(name: str = "latest", *, workspace: PathLike | None = None) -> TrainedRun:
    """Find a finished run by its name.

    Args:
        name: a run's name, or "latest" for the newest finished one.
        workspace: the folder in which Poet keeps what it makes; by default TFP_WORKSPACE's, or tf_files.

    Raises:
        RunError: there is none of that name, or it is unfinished or damaged.

    Example:
        >>> poet.load_run("first").name
        'first'
    """
    place = workspace_at(workspace)
    return TrainedRun(place.run(name), place)


def list_runs(*, workspace: PathLike | None = None) -> pd.DataFrame:
    """List the runs, the newest first.

    Figures that cannot be compared are marked, and so are those of other files than those there now.

    Returns:
        One row a run: name, title, state ("done", "failed", ..., "damaged"), created, backbone,
        learning_rate, steps, labels, pictures, cross_validated_accuracy, test_accuracy, folder, out_of_date
        (whether its pictures are others now), and of its newest evaluation demo_folder, demo_accuracy and
        demo_mark; what an unfinished run does not have yet, or what is not known, is missing.

    Example:
        >>> "first" in set(poet.list_runs()["name"])
        True
    """
    rows = []
    jobs = Jobs(workspace_at(workspace))
    files = cache(lambda folder: current_files(folder, jobs.workspace))
    every = jobs.workspace.all_runs()
    newest = demo_results(every, files).drop_duplicates("run").set_index("run")
    for run in every:
        row: dict[str, Any] = {"name": run.name, "title": run.title, "folder": str(run.folder)}
        row["state"] = jobs.status(run).phase
        if row["state"] == "done":
            record = run.record()
            difference = run_difference(run, files(Path(record.image_dir)))
            row |= {
                "created": pd.Timestamp(record.created),
                "backbone": record.backbone,
                "learning_rate": record.learning_rate,
                "steps": record.steps,
                "labels": len(record.labels),
                "pictures": sum(record.splits.values()),
                "cross_validated_accuracy": (record.cross_validation or {}).get("accuracy"),
                "test_accuracy": record.metrics.get("final_test_accuracy"),
                "out_of_date": difference.any if difference.known else None,
            }
            if run.name in newest.index:
                row |= {f"demo_{name}": newest.loc[run.name, name] for name in ("folder", "accuracy", "mark")}
        rows.append(row)
    columns = ["name", "title", "state", "created", "backbone", "learning_rate", "steps"]
    columns += ["labels", "pictures", "cross_validated_accuracy", "test_accuracy", "folder"]
    columns += ["out_of_date", "demo_folder", "demo_accuracy", "demo_mark"]
    return pd.DataFrame(rows, columns=columns)
