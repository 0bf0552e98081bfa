"""The settings of a training as people read them, alike in the form, the list and a comparison."""

from collections.abc import Mapping
from typing import Any

from poetcore.system.options import options_of
from poetcore.training.config import RunConfig

__all__ = ["NAMES", "own_settings", "settings_of"]

_OPTIONS = options_of(RunConfig)

#: What options are called. Those that are missing change no model: how often is reported, what computes it.
NAMES = {
    "head": "last layer",
    "how_many_training_steps": "steps",
    "learning_rate": "learning rate",
    "train_batch_size": "batch size",
    "weight_decay": "weight decay",
    "label_smoothing": "label smoothing",
    "class_weight": "class weights",
    "testing_percentage": "testing %",
    "validation_percentage": "validation %",
    "group_by": "kept together",
    "labels": "labels chosen",
    "max_pictures_per_label": "pictures of a label at most",
    "multi_label": "several labels a picture",
    "keep_aside": "kept aside",
    "seed": "seed",
    "fine_tune": "fine-tuned",
    "fine_tune_epochs": "epochs at most",
    "fine_tune_rate": "fine-tuning rate",
    "fine_tune_flip": "fine-tuned mirrored",
}

#: What ridge regression does not have.
_OF_STEPS = {"steps", "learning rate", "batch size", "weight decay", "label smoothing"}

#: What only fine-tuning has.
_OF_FINE_TUNING = {"epochs at most", "fine-tuning rate", "fine-tuned mirrored"}


def settings_of(options: Mapping[str, Any]) -> dict[str, object]:
    """Return the settings by their names; None for what is not used.

    Args:
        options: of a run or a configuration, by the names of options; those that runs of earlier versions
            lack have their defaults.
    """
    values = {
        name: options.get(option, _OPTIONS[option].default)
        for option, name in NAMES.items()
        if option in _OPTIONS
    }
    unused = {
        name
        for name, value in values.items()
        if value in ("", -1) or value is False or (isinstance(value, float) and value == 0)
    }
    if values["last layer"] == "ridge":
        unused |= _OF_STEPS
    if not values["fine-tuned"]:
        unused |= _OF_FINE_TUNING
    shown = {name: None if name in unused else value for name, value in values.items()}
    words = {name: str(shown[name]).replace("_", " ") for name in ("last layer", "class weights")}
    return shown | words | {"augmentation": _augmentation(options)}


def own_settings(options: Mapping[str, Any]) -> dict[str, object]:
    """Return the settings that are not the default."""
    usual = settings_of({})
    return {name: value for name, value in settings_of(options).items() if value not in (None, usual[name])}


def _augmentation(options: Mapping[str, Any]) -> str | None:
    """Return in a few words how the training pictures are augmented."""
    words = ["mirrored"] if options.get("flip_left_right") else []
    percents = {name: options.get(f"random_{name}") for name in ("crop", "scale", "brightness")}
    words += [f"{name} {percent} %" for name, percent in percents.items() if percent]
    return f"{options['distortion_variants']} x {', '.join(words)}" if words else None
