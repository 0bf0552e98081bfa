"""The settings of a training: widgets for the declared options, with their defaults."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from poetcore.data.dataset import Dataset
from poetcore.data.subset import join_labels
from poetcore.features.augmentation import Augmentation
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.training.train import TrainingOptions
from poetcore.ui.choice import chosen
from poetcore.ui.freshness import trained_on
from poetcore.ui.model.head_choice import draw_about_steps, pick_head

__all__ = [
    "GROUPS",
    "pick_augmentation",
    "pick_multi_label",
    "pick_options",
    "pick_subset",
]

_OPTIONS = options_of(RunConfig)

#: What the split keeps together, by the values of the option `group_by`.
GROUPS = {
    "exact": "Copies of one file",
    "near": "Near duplicates",
    "folder": "Sub-folders and near duplicates",
}


def pick_options(several: bool = False) -> TrainingOptions:
    """Draw the training options and return what is chosen.

    Args:
        several: whether a picture may have several labels.

    Raises:
        OptionError: the values do not go together.
    """
    head = pick_head(several)
    in_steps = _pick_steps() if head == "gradient_descent" else {}
    left, middle, right = st.columns(3)
    validation = _number(left, "validation_percentage", "Validation percentage", "validation")
    testing = _number(middle, "testing_percentage", "Testing percentage", "testing")
    seed = _number(right, "seed", "Seed", "seed", max_value=10_000)
    return TrainingOptions(
        testing_percentage=testing,
        validation_percentage=validation,
        seed=seed,
        group_by=_pick_groups(),
        head=head,
        **in_steps,
    )


def _pick_steps() -> dict[str, Any]:
    """Draw the options of a training in steps, with what they did on these pictures."""
    steps = _slider(st.container(), "how_many_training_steps", "Training steps", "steps", 100, 10_000, 100)
    if folder := chosen().dataset:
        draw_about_steps(folder)
    left, middle, right = st.columns(3)
    rate = _number(
        left, "learning_rate", "Learning rate", "rate",
        min_value=0.0001, max_value=1.0, step=0.005, format="%.4f",
    )  # fmt: skip
    batch = _number(middle, "train_batch_size", "Batch size", "batch", max_value=10_000)
    validation_batch = _number(
        right,
        "validation_batch_size",
        "Validation batch size (-1 for all)",
        "validation_batch",
        max_value=10_000,
    )
    return {
        "how_many_training_steps": steps,
        "learning_rate": rate,
        "train_batch_size": batch,
        "validation_batch_size": validation_batch,
    }


def pick_multi_label(folder: Path) -> bool:
    """Draw the switch for pictures that may have several labels; health and training share it.

    It is on from the start where the chosen run was trained so on the same pictures.

    Args:
        folder: of the dataset.
    """
    run = chosen().run
    return st.toggle(
        "A picture may have several labels",
        bool(run and trained_on(run, folder) and run.record().multi_label),
        key=f"multi_label_{folder}",
        persist_state="session",
        help=_OPTIONS["multi_label"].help,
    )


def pick_subset(dataset: Dataset) -> tuple[str, int]:
    """Draw which labels and how many pictures of each are trained on.

    Returns:
        The options `labels` and `max_pictures_per_label`.
    """
    labels, most = _OPTIONS["labels"], _OPTIONS["max_pictures_per_label"]
    left, right = st.columns([3, 2])
    chosen = left.multiselect(
        "Labels",
        dataset.labels,
        key=f"labels_{dataset.folder}",
        placeholder="All labels",
        persist_state="session",
        help="The model then knows these labels only. None chosen means all.",
    )
    number = right.number_input(
        "Pictures of each label at the most",
        min_value=most.minimum,
        max_value=1_000_000,
        value=None,
        step=10,
        placeholder="All pictures",
        key="max_pictures_per_label",
        persist_state="session",
        help="For quick trials, or labels of very different size. A larger number takes those of a"
        " smaller one too.",
    )
    return join_labels(chosen) or labels.default, int(number) if number else most.default


def _pick_groups() -> str:
    """Draw the choice of which pictures the split keeps together."""
    option = _OPTIONS["group_by"]
    chosen = st.segmented_control(
        "Keep together in the split",
        list(GROUPS),
        default=option.default,
        required=True,
        format_func=GROUPS.__getitem__,
        key="group_by",
        persist_state="session",
        help=option.help,
    )
    st.caption(
        "Pictures of the same thing, such as frames of one burst or a resized copy, must not be both trained"
        " and tested on: the accuracy would be that of pictures seen before. If each label has sub-folders,"
        " one for each person, animal or place, keep those together too."
    )
    return str(chosen or option.default)


def pick_augmentation() -> Augmentation:
    """Draw the augmentation of the training pictures and return what is chosen."""
    st.caption(
        "Augmented copies of each training picture, distorted at random, train the model to ignore what"
        " does not matter. They help most with few pictures per label, and extracting the features of a"
        " copy takes as long as of a picture."
    )
    left, right = st.columns(2)
    flip = left.checkbox(
        "Mirror every other copy",
        _OPTIONS["flip_left_right"].default,
        key="flip",
        persist_state="session",
        help=_OPTIONS["flip_left_right"].help,
    )
    copies = _number(right, "distortion_variants", "Copies of each picture", "variants")
    crop = _slider(left, "random_crop", "Crop: percent cut off at the margins", "crop", 0, 100, 5)
    scale = _slider(right, "random_scale", "Scale: percent enlarged at most", "scale", 0, 100, 5)
    brightness = _slider(
        left, "random_brightness", "Brightness: percent up or down at most", "brightness", 0, 100, 5
    )
    chosen = Augmentation(flip, crop, scale, brightness)
    return replace(chosen, distortion_variants=copies) if chosen.any else chosen


def _number(place: DeltaGenerator, name: str, label: str, key: str, **shape: Any) -> Any:
    """Draw a number field for a declared option, with its default, help text and limits.

    Args:
        place: where it is drawn.
        name: of the option.
        label: shown over the field.
        key: of the widget.
        **shape: arguments of `number_input`, such as limits that are narrower than the option's.
    """
    option = _OPTIONS[name]
    lowest = option.minimum if option.all_value is None else option.all_value
    limits = {"min_value": lowest, "max_value": option.maximum}
    return place.number_input(
        label, value=option.default, key=key, persist_state="session", help=option.help, **(limits | shape)
    )


def _slider(
    place: DeltaGenerator, name: str, label: str, key: str, lowest: int, highest: int, step: int
) -> int:
    """Draw a slider for a declared option, with its default and help text."""
    option = _OPTIONS[name]
    chosen: int = place.slider(
        label, lowest, highest, option.default, step, key=key, persist_state="session", help=option.help
    )
    return chosen
