"""Fine-tuning on the training page: the switch, what it costs and brought, and the way to stop it."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.workspace.run_record import Status
from tests.conftest import PATIENCE, fill
from tests.ui.pages import opened, texts_of

BROUGHT = {
    "best": 2, "epochs": 3, "stopped": False, "seconds": 100.0, "on": "test", "pictures": 50,
    "frozen": {"accuracy": 0.8}, "tuned": {"accuracy": 0.9}, "difference": 0.1, "interval": [0.02, 0.18],
}  # fmt: skip


@pytest.fixture
def page(empty, tmp_path) -> AppTest:
    """A new training with the switch turned on."""
    app = opened("train", dataset=str(fill(tmp_path / "garden", {"ant": 4, "bee": 4})))
    return app.toggle(key="fine_tune").set_value(True).run()


def test_one_switch_trains_longer(page, started):
    page.button(key="train_and_evaluate").click().run()
    assert started[-1].fine_tune and started[-1].fine_tuning.fine_tune_flip == "on"


def test_letters_are_not_mirrored(page, started):
    page.checkbox(key="fine_tune_flip").set_value(False).run().button(key="train_and_evaluate").click().run()
    assert started[-1].fine_tuning.fine_tune_flip == "off"


def test_what_it_costs_is_told_before(page):
    assert "with nothing else running" in texts_of(page)


def test_what_it_brought_is_told_with_its_doubt(own):
    own.run.write_record(replace(own.run.record(), cross_validation=None, fine_tuning=BROUGHT))
    told = texts_of(opened("train", run=own.run.name, view="This run"))
    assert "90.0 % are right instead of 80.0 %" in told and "2.0 to 18.0" in told


def panel(folder: str) -> None:
    """Draw the job panel of a run."""
    from pathlib import Path

    from poetcore.ui.model.job_panel import draw_job
    from poetcore.workspace.run import Run

    draw_job(Run(Path(folder)))


def test_a_fine_tuning_is_stopped_with_the_best_so_far_first(own):
    own.run.write_status(Status("fine_tuning", 5, 10, message="Fine-tuning, epoch 1 of 2"))
    app = AppTest.from_function(panel, args=(str(own.run.folder),), default_timeout=PATIENCE).run()
    assert app.button(key="stop_job").label == "Stop, keep the best so far"
    app.button(key="stop_job").click().run()
    assert own.run.stop_file.exists() and app.button(key="stop_job").label == "Cancel"


@pytest.mark.slow
def test_a_temperature_that_was_taken_back_is_offered_again(own):
    tuned = BROUGHT | {"temperature": 2.0}
    own.run.write_record(replace(own.run.record(), cross_validation=None, fine_tuning=tuned))
    own.run.set_temperature(2.0)
    app = opened("evaluate", view="Confidence")
    app.button(key="uncalibrate").click().run()
    assert own.run.temperature() == 1.0
    app.button(key="calibrate").click().run()
    assert own.run.temperature() == 2.0
