"""A new training: on which pictures, evaluated on which, one button, and the settings behind it."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import streamlit as st

from poetcore.data.dataset import Dataset
from poetcore.data.subset import split_labels
from poetcore.errors import DatasetError, PoetError
from poetcore.features.backbones import DEFAULT
from poetcore.system.figures import count
from poetcore.system.options import flatten
from poetcore.training.config import RunConfig
from poetcore.training.train import TrainingOptions
from poetcore.ui.choice import Choice
from poetcore.ui.data.bring import bring_dialog
from poetcore.ui.freshness import files_now
from poetcore.ui.model.backbone_choice import offer_more_accurate, pick_backbone
from poetcore.ui.model.evaluated_on import pick_evaluation, with_evaluation
from poetcore.ui.model.fine_tuning import offer_fine_tuning, with_fine_tuning
from poetcore.ui.model.head_choice import pick_class_weight
from poetcore.ui.model.setting_words import own_settings
from poetcore.ui.model.settings import (
    pick_augmentation,
    pick_multi_label,
    pick_options,
    pick_subset,
)
from poetcore.ui.model.start import draw_start
from poetcore.ui.state import workspace
from poetcore.ui.subsets import part_words
from poetcore.ui.text import counted, plain
from poetcore.workspace.demo_sets import dataset_title, training_part

__all__ = ["draw_new_training"]


def draw_new_training(choice: Choice) -> None:
    """Draw what a training needs to be started: nothing has to be filled in."""
    if choice.dataset is None:
        st.info("Bring pictures to train on first: one folder of them for each label.")
        if st.button(
            "Bring pictures", type="primary", icon=":material/add_photo_alternate:", key="bring_to_train"
        ):
            bring_dialog()
        return
    dataset = files_now(choice.dataset)
    _draw_pictures(choice.dataset, dataset)
    config, refused = with_evaluation(choice, choice.dataset), ""
    if dataset:
        config = pick_evaluation(choice, choice.dataset)
    offer_more_accurate()
    longer = offer_fine_tuning()
    cost = st.container()
    button = st.container()
    with st.expander("Settings", icon=":material/tune:", key="training_settings"):
        try:
            config = _pick_settings(config, dataset)
        except PoetError as error:
            refused = str(error)
    if longer and not refused:
        with cost:
            config = with_fine_tuning(config, dataset)
    if not config.multi_label:
        st.page_link(
            "tune.py",
            label="Try many settings",
            icon=":material/science:",
            query_params={"view": "New tuning"},
        )
    with button:
        draw_start(choice, config, refused)
        _draw_own_settings(config)


def _draw_pictures(folder: Path, dataset: Dataset | None) -> None:
    """Show on what is trained: the dataset, its pictures and labels, and those without any."""
    what = ""
    if dataset:
        whole = left = len(dataset.pictures)
        with suppress(DatasetError):  # of a damaged list, which keeps the button off
            left = len(training_part(dataset, workspace()).pictures)
        pictures = counted(whole, "picture")
        if left != whole:
            pictures = f"{count(left)} of {pictures} ({count(whole - left)} kept aside as demo pictures)"
        what = f": {pictures}, {counted(len(dataset.labels), 'label')}"
    st.markdown(f"Trains on **{plain(dataset_title(folder))}**{what}.")
    for label in dataset.empty if dataset else ():
        st.caption(f":material/info: {plain(label)}: no pictures. Training goes on without this label.")


def _pick_settings(config: RunConfig, dataset: Dataset | None) -> RunConfig:
    """Draw all settings and return the configuration with them.

    Raises:
        OptionError: values do not go together.
    """
    name = st.text_input("Name of the run", placeholder="from dataset, backbone and time", max_chars=80)
    backbone, steps, augmented, part = st.tabs(
        ["Backbone", "Steps and split", "Augmentation", "Labels and pictures"]
    )
    with backbone:
        architecture = pick_backbone()
    with augmented:
        augmentation = pick_augmentation()
    labels, most = "", -1
    several, class_weight = False, TrainingOptions.class_weight
    with part:
        if dataset:
            several = pick_multi_label(dataset.folder)
            if not several:  # of all pictures with all their labels
                labels, most = pick_subset(dataset)
                class_weight = pick_class_weight()
    with steps:
        options = replace(pick_options(several), class_weight=class_weight)
    return replace(
        config,
        architecture=architecture,
        training=options,
        augmentation=augmentation,
        name=name.strip() or None,
        labels=labels,
        max_pictures_per_label=most,
        multi_label=several,
    )


def _draw_own_settings(config: RunConfig) -> None:
    """Show which settings are no defaults: they outlive a training, and their place is closed by then."""
    options = flatten(config)
    part = part_words(split_labels(config.labels), config.max_pictures_per_label)
    own = own_settings(options | {"labels": "", "max_pictures_per_label": -1, "keep_aside": ""})
    words = [name if value is True else f"{name} {_figure(value)}" for name, value in own.items()]
    if config.architecture != DEFAULT:
        words.insert(0, config.architecture)
    if words:
        st.caption(f":material/tune: Settings of your own: {plain(', '.join(words))}.")
    if part:
        st.caption(f":material/filter_alt: Trains on {plain(part)}.")


def _figure(value: object) -> str:
    return count(value) if isinstance(value, int) else str(value)
