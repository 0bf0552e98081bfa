"""How the last layer is trained, on the page: what steps did here, and the path of a ridge regression."""

from dataclasses import replace

import pytest

from poetcore.training.ridge_layer import STRENGTHS
from poetcore.workspace.run import Run
from tests.browser.dashboard import copy_run
from tests.conftest import Trained, fill
from tests.ui.pages import texts_of, training_page

pytestmark = pytest.mark.slow


@pytest.fixture
def ridged(own: Trained) -> Run:
    """A run that says to be a ridge regression, and has its strengths."""
    run = copy_run(own.run, own.workspace.runs / "ridged")
    record = run.record()
    run.write_record(replace(record, options=record.options | {"head": "ridge"}))
    (run.folder / "events.jsonl").unlink()
    for number, strength in enumerate(STRENGTHS):
        run.append_event(
            "strength",
            strength=strength,
            train_accuracy=0.9,
            train_cross_entropy=0.2,
            left_out_accuracy=0.8,
            left_out_cross_entropy=0.5 + abs(number - 3),
            temperature=1.0,
        )
    return run


def test_a_ridge_regression_has_its_path_in_place_of_curves(ridged):
    app = training_page("This run", run=ridged.name)
    headers = [header.value for header in app.header]
    assert "Regularisation path" in headers and "Curves" not in headers
    assert len(app.get("vega_lite_chart")) >= 2
    assert "strength 0.1 had the lowest error" in texts_of(app)


def test_what_steps_did_to_these_pictures_stands_below_their_slider(own):
    assert "On these pictures 300 steps at a learning rate of 0.01" in texts_of(new(own))


def test_of_pictures_that_no_run_was_trained_on_nothing_is_said(own, tmp_path):
    other = fill(tmp_path / "garden", {"ant": 4, "bee": 4})
    app = training_page("New training", dataset=str(other))
    assert "On these pictures" not in texts_of(app)


def test_what_counts_reaches_the_training(own, started):
    app = new(own)
    app.segmented_control(key="class_weight").set_value("none")
    app.segmented_control(key="head").set_value("ridge").run()
    assert "last layer ridge, class weights none" in texts_of(app)
    app.button(key="train_and_evaluate").click().run()
    assert (started[0].training.head, started[0].training.class_weight) == ("ridge", "none")


def new(own: Trained):
    return training_page("New training", dataset=str(own.sample / "train"))
