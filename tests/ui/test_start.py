"""The button "Train and evaluate", and the line that says on other pages that something is being trained."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from poetcore.training.jobs import Jobs
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.conftest import PATIENCE, fill
from tests.ui.pages import opened, texts_of


def start_page(dataset: str | None) -> None:
    from pathlib import Path

    from poetcore.ui.choice import Choice
    from poetcore.ui.model.start import draw_start

    draw_start(Choice(Path(dataset) if dataset else None, None, None))


def banner_page() -> None:
    from poetcore.ui.model.job_panel import draw_working_banner

    draw_working_banner()


def started(dataset: Path | None) -> AppTest:
    app = AppTest.from_function(
        start_page, args=(str(dataset) if dataset else None,), default_timeout=PATIENCE
    )
    return app.run()


@pytest.fixture
def working(empty: Workspace) -> Run:
    """A run on which this process seems to work."""
    run = empty.create_run("garden")
    run.write_status(Status("bottlenecks", 30, 400))
    return run


def test_two_labels_can_be_trained_and_evaluated(empty, tmp_path):
    app = started(fill(tmp_path / "garden", {"ant": 4, "bee": 4}))
    assert not app.button(key="train_and_evaluate").disabled


@pytest.mark.parametrize(
    ("counts", "reason"), [({}, "No label folders"), ({"ant": 4}, "Only one label")], ids=["none", "one"]
)
def test_what_cannot_be_trained_has_the_button_off_with_the_reason(empty, tmp_path, counts, reason):
    (tmp_path / "garden").mkdir()
    app = started(fill(tmp_path / "garden", counts))
    assert app.button(key="train_and_evaluate").disabled
    assert reason in texts_of(app)


def test_without_a_dataset_the_reason_is_that_there_are_no_pictures(empty):
    assert "Bring pictures first" in texts_of(started(None))


def test_one_training_at_a_time_is_started(working, tmp_path):
    app = started(fill(tmp_path / "garden", {"ant": 4, "bee": 4}))
    assert app.button(key="train_and_evaluate").disabled
    assert "garden is being trained" in texts_of(app)


def test_while_something_is_trained_a_line_says_what_and_how_far(working, monkeypatch):
    monkeypatch.setattr(st, "page_link", lambda *_, **__: None)  # there is no page to lead to
    app = AppTest.from_function(banner_page, default_timeout=PATIENCE).run()
    assert "garden is being trained. Extracting features (bottlenecks)\\: 30 of 400" in texts_of(app)


def test_a_page_without_a_run_gets_the_one_that_was_trained_meanwhile(full, monkeypatch):
    app = opened("evaluate", run="")
    app.sidebar.selectbox(key="pick_run").set_value(None).run()
    assert "run" not in app.query_params
    waited_for = [full.run, None]
    monkeypatch.setattr(Jobs, "running", lambda _: waited_for.pop(0) if waited_for else None)
    assert app.run().query_params["run"] == full.run.name


def test_while_nothing_is_trained_no_line_is_drawn(empty):
    app = AppTest.from_function(banner_page, default_timeout=PATIENCE).run()
    assert len(app.main) == 0
