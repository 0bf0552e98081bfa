"""The settings of a training, behind sensible defaults."""

import streamlit as st

from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import BACKBONES, DEFAULT, Backbone, find
from poetcore.training.train import TrainingOptions

__all__ = ["pick_augmentation", "pick_backbone", "pick_options"]

#: By whether the weights are here, and whether Keras could fetch them.
_WHERE = {
    (True, True): "Its weights are on this computer: it works offline.",
    (False, True): "Its weights are downloaded once, so this needs the internet the first time.",
    (False, False): "Its weights come with a package that is not installed; starting tells which.",
}


def pick_backbone() -> str:
    """Let the user choose a backbone, in plain words; gives its name."""
    name = st.selectbox(
        "Backbone: the pre-trained network that describes each picture",
        list(BACKBONES),
        format_func=lambda name: _line(BACKBONES[name]),
        key="backbone",
        persist_state="session",
    )
    whole = find(f"{name}_quantized")
    quantized = st.checkbox(
        f"In 8-bit integers: faster, {whole.megabytes:.1f} MB, slightly rougher",
        key="quantized",
        persist_state="session",
        help="The network is calibrated on 100 of your training pictures, which takes half a minute once."
        " Pictures are then described 1.3 to 1.8 times as fast. Worth it for tens of thousands of them.",
    )
    backbone = BACKBONES[name]
    where = _WHERE[backbone.offline, backbone.weight_file is not None]
    st.caption(
        f"Knows ImageNet's thousand categories with {backbone.imagenet_top1:.1f} % accuracy before you teach"
        f" it, {backbone.megabytes:.1f} MB, {_cost(backbone)}, looks at {backbone.input_size} x"
        f" {backbone.input_size} pixels. {where}"
    )
    return whole.name if quantized else name


def pick_options() -> TrainingOptions:
    """Let the user change the training options.

    Raises:
        OptionError: the values do not go together.
    """
    usual = TrainingOptions()
    steps = st.slider(
        "Training steps", 100, 10_000, usual.how_many_training_steps, 100, key="steps",
        persist_state="session", help="More steps learn more, up to a point; the curves show where that is.",
    )  # fmt: skip
    with st.expander("More settings", icon=":material/tune:"):
        left, right = st.columns(2)
        rate = left.number_input(
            "Learning rate", 0.0001, 1.0, usual.learning_rate, 0.005, format="%.4f", key="rate",
            persist_state="session", help="How far a step goes. Too high and the curves jump.",
        )  # fmt: skip
        seed = right.number_input(
            "Seed", 0, 10_000, usual.seed, key="seed", persist_state="session",
            help="The same seed and pictures give the same model.",
        )  # fmt: skip
        validation = left.number_input(
            "Validation percentage", 0, 99, usual.validation_percentage, key="validation",
            persist_state="session", help="Pictures kept for watching the training.",
        )  # fmt: skip
        testing = right.number_input(
            "Testing percentage", 0, 99, usual.testing_percentage, key="testing",
            persist_state="session", help="Pictures kept for the final test.",
        )  # fmt: skip
        batch = left.number_input(
            "Pictures in a step", 1, 10_000, usual.train_batch_size, key="batch", persist_state="session"
        )
        watched = right.number_input(
            "Pictures in a validation (-1 for all)", -1, 10_000, usual.validation_batch_size,
            key="watched", persist_state="session",
        )  # fmt: skip
    return TrainingOptions(
        how_many_training_steps=steps,
        learning_rate=rate,
        testing_percentage=testing,
        validation_percentage=validation,
        train_batch_size=batch,
        validation_batch_size=watched,
        seed=seed,
    )


def pick_augmentation() -> Augmentation:
    """Let the user vary the training pictures.

    Raises:
        OptionError: the values do not go together.
    """
    usual = Augmentation()
    with st.expander("Vary the training pictures", icon=":material/auto_fix_high:"):
        st.caption(
            "Distorted variants of each training picture teach the model what does not matter. They help most"
            " with few pictures per label, and every variant takes as long to describe as a picture."
        )
        left, right = st.columns(2)
        flip = left.checkbox(
            "Mirror half of them", key="flip", persist_state="session",
            help="Not where left and right matter, as with letters or road signs.",
        )  # fmt: skip
        variants = right.number_input(
            "Variants of each picture", 1, 100, usual.distortion_variants, key="variants",
            persist_state="session", help="They are made only if something else is chosen here.",
        )  # fmt: skip
        crop = left.slider(
            "Crop: percent cut off at the margins", 0, 100, 0, 5, key="crop", persist_state="session"
        )
        scale = right.slider(
            "Scale: enlarged by up to so many percent", 0, 100, 0, 5, key="scale", persist_state="session"
        )
        brightness = left.slider(
            "Brightness: percent up or down at the most", 0, 100, 0, 5, key="brightness",
            persist_state="session",
        )  # fmt: skip
    return Augmentation(flip, crop, scale, brightness, variants)


def _line(backbone: Backbone) -> str:
    place = "works offline" if backbone.offline else "downloaded once"
    return f"{backbone.name} · {backbone.imagenet_top1:.1f} % · {backbone.megabytes:.1f} MB · {place}"


def _cost(backbone: Backbone) -> str:
    """Compare the work for a picture with that of the default backbone."""
    if backbone.name == DEFAULT:
        return "the usual amount of work per picture"
    cost = backbone.relative_cost
    return f"{cost:.1f} times the work" if cost > 1 else f"{1 / cost:.1f} times less work per picture"
