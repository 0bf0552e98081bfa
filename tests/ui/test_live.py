"""The page Live without a browser: which section it opens with, and what it says where it cannot show one."""

import pytest

from poetcore.evaluation.unknown import NOT_KNOWN
from poetcore.ui.components.live_view import live_data
from tests.ui.pages import links, opened, texts_of


def section_of(app):
    return app.segmented_control(key="live_section").value


def test_without_a_run_it_opens_on_collecting_pictures_and_says_why(empty):
    app = opened("live")
    assert section_of(app) == "Collect" and "none is chosen" in texts_of(app)


@pytest.mark.parametrize("view", ["Camera", "Video"])
def test_a_section_that_needs_a_run_leads_to_the_training(empty, view):
    app = opened("live", view=view)
    assert "There is no finished run" in texts_of(app) and "train" in links(app)


@pytest.mark.parametrize("view", ["Camera", "Video"])
def test_a_section_that_needs_a_run_leads_to_taking_pictures_for_one(empty, view):
    app = opened("live", view=view)
    (leads,) = [button for button in app.button if button.label == "Take pictures for one"]
    leads.click().run()
    assert section_of(app) == "Collect" and not app.exception


def test_with_a_run_it_opens_on_the_camera_and_names_the_model(full):
    app = opened("live")
    assert section_of(app) == "Camera" and "Model: " in texts_of(app) and not app.exception


def test_from_home_it_is_tried_with_the_camera_also_after_collecting(full):
    app = opened("live", view="Collect")
    app.switch_page("home.py").run()
    next(button for button in app.main.button if button.label == "Try it live").click().run()
    assert section_of(app) == "Camera" and not app.exception


def test_a_run_that_knows_no_unknown_pictures_is_told(own):
    record = own.run.record()
    own.run.write_record(record.__class__(**{**record.__dict__, "novelty": {}}))
    assert NOT_KNOWN in texts_of(opened("live"))


def test_labels_are_shown_in_natural_order_and_named_in_that_of_the_model(trained):
    told = live_data(trained.run)
    shown = [told["labels"][number] for number in told["order"]]
    assert told["labels"] == list(trained.run.labels()) and shown == sorted(shown)
    assert told["thresholds"] is None and told["side"] == 224


def test_a_run_of_several_labels_has_a_threshold_a_label(pairs_trained):
    told = live_data(pairs_trained.run)
    thresholds = pairs_trained.run.record().thresholds
    assert told["thresholds"] == [thresholds[label] for label in told["labels"]]
