"""The settings of a training on the page: widgets for the options that dataclasses declare."""

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.features.augmentation import Augmentation
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.training.train import TrainingOptions
from poetcore.ui.model.head_choice import CLASS_WEIGHT_NAMES, HEAD_NAMES
from poetcore.ui.model.setting_words import own_settings
from poetcore.ui.model.settings import GROUPS
from tests.conftest import PATIENCE

pytestmark = pytest.mark.slow

#: Key of a widget: (label, name of its option).
WIDGETS = {
    "steps": ("Training steps", "how_many_training_steps"),
    "rate": ("Learning rate", "learning_rate"),
    "seed": ("Seed", "seed"),
    "validation": ("Validation percentage", "validation_percentage"),
    "testing": ("Testing percentage", "testing_percentage"),
    "batch": ("Batch size", "train_batch_size"),
    "validation_batch": ("Validation batch size (-1 for all)", "validation_batch_size"),
    "flip": ("Mirror every other copy", "flip_left_right"),
    "variants": ("Copies of each picture", "distortion_variants"),
    "crop": ("Crop: percent cut off at the margins", "random_crop"),
    "scale": ("Scale: percent enlarged at most", "random_scale"),
    "brightness": ("Brightness: percent up or down at most", "random_brightness"),
}


def page() -> None:
    import streamlit as st

    from poetcore.ui.model.settings import pick_augmentation, pick_options

    st.session_state["picked"] = (pick_options(), pick_augmentation())


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page, default_timeout=PATIENCE).run()


def test_untouched_the_page_gives_the_default_options(app):
    assert app.session_state["picked"] == (TrainingOptions(), Augmentation())


@pytest.mark.parametrize("key", WIDGETS)
def test_a_widget_has_its_label_and_the_default_and_help_of_its_option(app, key):
    (widget,) = (w for kind in (app.slider, app.number_input, app.checkbox) for w in kind if w.key == key)
    label, name = WIDGETS[key]
    option = options_of(RunConfig)[name]
    assert (widget.label, widget.value, widget.help) == (label, option.default, option.help)


def test_no_other_widget_is_offered(app):
    shown = {widget.key for kind in (app.slider, app.number_input, app.checkbox) for widget in kind}
    assert shown == set(WIDGETS)


def test_a_value_that_is_set_reaches_its_option(app):
    app.number_input(key="batch").set_value(7)
    app.number_input(key="validation_batch").set_value(9)
    app.slider(key="brightness").set_value(15).run()
    options, augmentation = app.session_state["picked"]
    assert (options.train_batch_size, options.validation_batch_size) == (7, 9)
    assert augmentation == Augmentation(random_brightness=15)


def test_how_the_last_layer_is_trained_is_the_options_default_with_its_help(app):
    option, widget = options_of(RunConfig)["head"], app.segmented_control(key="head")
    assert (widget.value, widget.help, tuple(HEAD_NAMES)) == (option.default, option.help, option.choices)


def test_ridge_regression_has_no_steps_to_set(app):
    app.segmented_control(key="head").set_value("ridge").run()
    assert app.session_state["picked"][0] == TrainingOptions(head="ridge")
    shown = {widget.key for kind in (app.slider, app.number_input) for widget in kind}
    assert not shown & {"steps", "rate", "batch", "validation_batch"}


def test_every_class_weight_is_offered():
    assert tuple(CLASS_WEIGHT_NAMES) == options_of(RunConfig)["class_weight"].choices


def test_what_the_split_keeps_together_is_the_options_default_with_its_help(app):
    option, widget = options_of(RunConfig)["group_by"], app.segmented_control(key="group_by")
    assert (widget.value, widget.help) == (option.default, option.help)


def test_everything_that_the_split_can_keep_together_is_offered(app):
    assert tuple(GROUPS) == options_of(RunConfig)["group_by"].choices


def test_what_the_split_keeps_together_reaches_its_option(app):
    app.segmented_control(key="group_by").set_value("folder").run()
    assert app.session_state["picked"][0].group_by == "folder"


def test_options_of_fine_tuning_are_settings_of_a_fine_tuned_run_only():
    options = {"fine_tune_epochs": 16, "fine_tune_flip": "off"}
    assert not own_settings(options)
    assert set(own_settings(options | {"fine_tune": True})) > {"fine-tuned", "epochs at most"}
