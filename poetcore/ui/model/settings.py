"""The settings of a training: widgets for the declared options, with their defaults."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from poetcore.data.dataset import Dataset
from poetcore.data.subset import join_labels
from poetcore.features.augmentation import Augmentation
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.training.train import TrainingOptions
from poetcore.ui.choice import chosen
from poetcore.ui.freshness import trained_on
from poetcore.ui.model.head_choice import draw_about_steps, pick_head
from poetcore.ui.model.option_fields import choice_field, number_field, slider_field

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
    validation = number_field(left, "validation_percentage", "Validation percentage", "validation")
    testing = number_field(middle, "testing_percentage", "Testing percentage", "testing")
    seed = number_field(right, "seed", "Seed", "seed", max_value=10_000)
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
    steps = slider_field(
        st.container(), "how_many_training_steps", "Training steps", "steps", 100, 10_000, 100
    )
    if folder := chosen().dataset:
        draw_about_steps(folder)
    left, middle, right = st.columns(3)
    rate = number_field(
        left, "learning_rate", "Learning rate", "rate",
        min_value=0.0001, max_value=1.0, step=0.005, format="%.4f",
    )  # fmt: skip
    batch = number_field(middle, "train_batch_size", "Batch size", "batch", max_value=10_000)
    validation_batch = number_field(
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
    chosen = choice_field("group_by", "Keep together in the split", GROUPS)
    st.caption(
        "Pictures of the same thing, such as frames of one burst or a resized copy, must not be both trained"
        " and tested on: the accuracy would be that of pictures seen before. If each label has sub-folders,"
        " one for each person, animal or place, keep those together too."
    )
    return chosen


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
    copies = number_field(right, "distortion_variants", "Copies of each picture", "variants")
    crop = slider_field(left, "random_crop", "Crop: percent cut off at the margins", "crop", 0, 100, 5)
    scale = slider_field(right, "random_scale", "Scale: percent enlarged at most", "scale", 0, 100, 5)
    brightness = slider_field(
        left, "random_brightness", "Brightness: percent up or down at most", "brightness", 0, 100, 5
    )
    chosen = Augmentation(flip, crop, scale, brightness)
    return replace(chosen, distortion_variants=copies) if chosen.any else chosen
