"""TensorBoard from the training page: started, linked, stopped, and to whom it answers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from poetcore.training.summaries import Summaries
from poetcore.training.tensorboard import TensorBoard
from poetcore.training.tensorboard_address import TENSORBOARD_ADDRESS
from poetcore.training.train import StepReport
from poetcore.ui.model import tensorboard as drawn
from poetcore.ui.text import plain
from tests.conftest import PATIENCE


def page() -> None:
    from poetcore.ui.model.tensorboard import draw_tensorboard

    draw_tensorboard()


@pytest.fixture
def logdir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The summaries of one run, in the workspace of the page."""
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    monkeypatch.setattr(drawn, "is_own_machine", lambda: True)
    folder = tmp_path / "tf_files" / "training_summaries"
    with Summaries(folder / "first") as summaries:
        summaries.step(StepReport(10, 0.5, 0.6, 0.7, 0.8))
    yield folder
    TensorBoard(folder).stop()
    st.cache_resource.clear()


def opened() -> AppTest:
    return AppTest.from_function(page, default_timeout=PATIENCE).run()


def links(app: AppTest) -> list[str]:
    return [element.proto.url for element in app.main if element.type == "link_button"]


def test_without_summaries_nothing_is_offered(logdir):
    shutil.rmtree(logdir / "first")
    app = opened()
    assert not app.button and "nothing to show yet" in app.caption[0].value


@pytest.mark.slow
def test_it_is_started_linked_and_stopped(logdir):
    app = opened()
    assert [button.label for button in app.button] == ["Open in TensorBoard"]
    app.button[0].click().run()
    assert not app.exception and [button.label for button in app.button] == ["Stop TensorBoard"]
    link = TensorBoard(logdir).link()
    assert link and f"{plain(link)}, on this computer only" in app.caption[0].value
    assert links(app) == [link]
    app.button[0].click().run()
    assert TensorBoard(logdir).link() is None
    assert [button.label for button in app.button] == ["Open in TensorBoard"]


@pytest.mark.slow
def test_opened_by_its_owner_it_is_linked_under_the_name_of_the_dashboard_and_what_is_seen_is_said(
    logdir, monkeypatch
):
    monkeypatch.setenv(TENSORBOARD_ADDRESS, "0.0.0.0")
    monkeypatch.setattr(drawn, "is_own_machine", lambda: False)
    monkeypatch.setattr(drawn, "_opened_as", lambda: "lab.example")
    app = opened()
    assert "Other machines will see them too." in app.button[0].help
    app.button[0].click().run()
    address = TensorBoard(logdir).address()
    assert address and address.host == "0.0.0.0"
    assert links(app) == [f"http://lab.example:{address.port}/"]
    assert "every machine that reaches this one, without a password" in app.caption[0].value


def test_from_another_machine_it_says_how_its_owner_opens_it(logdir, monkeypatch):
    monkeypatch.setattr(drawn, "is_own_machine", lambda: False)
    app = opened()
    assert not app.button and f"{TENSORBOARD_ADDRESS}=0.0.0.0:6006" in app.caption[0].value


def test_an_address_that_is_none_is_a_sentence(logdir, monkeypatch):
    monkeypatch.setenv(TENSORBOARD_ADDRESS, "everywhere:please")
    app = opened()
    assert not app.button and "must be an address of this machine" in app.error[0].value


def test_why_it_did_not_start_is_said(logdir):
    (logdir / "tensorboard.log").mkdir()
    app = opened()
    app.button[0].click().run()
    assert "cannot be started in" in app.error[0].value
