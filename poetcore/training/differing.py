"""The settings in which two runs differ, by the names that the command line and Python have for them."""

from typing import Any

from poetcore.evaluation.compare import Model
from poetcore.features.augmentation import Augmentation
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord

__all__ = ["differing_settings", "settings_between"]

#: Options that change no model, and those that the record has under names of its own.
_UNUSED = {
    *("engine", "eval_step_interval", "test_batch_size", "validation_batch_size", "final_tensor_name"),
    *(
        "fine_tune_cross_validation",
        "name",
        "demo_dir",
        "evaluate_after",
        "image_dir",
        "architecture",
        "labels",
        "multi_label",
    ),
}


def differing_settings(one: RunRecord, other: RunRecord) -> dict[str, tuple[Any, Any]]:
    """Return the settings that are not the same: the option's name -> its value in each run.

    What a run of an earlier version did not write down was the default. Beside options there are `pictures`
    of the training and its `labels`.

    Args:
        one: of the first run.
        other: of the second.
    """
    first, second = _settings(one), _settings(other)
    return {name: (first[name], second[name]) for name in first if first[name] != second[name]}


def _settings(record: RunRecord) -> dict[str, Any]:
    known = {name: one for name, one in options_of(RunConfig).items() if name not in _UNUSED}
    values = {name: record.options.get(name, one.default) for name, one in known.items()}
    if not any(values[name] for name in options_of(Augmentation) if name != "distortion_variants"):
        values["distortion_variants"] = 0  # there is nothing to vary
    return {
        "architecture": record.backbone,
        "image_dir": record.image_dir,
        "pictures": sum(record.splits.values()),
        "labels": sorted(record.labels),
    } | values


def settings_between(one: Model, other: Model) -> dict[str, tuple[Any, Any]]:
    """Return in which settings two models differ; none where one is a file, whose settings nobody knows."""
    if isinstance(one, Run) and isinstance(other, Run):
        return differing_settings(one.record(), other.record())
    return {}
