"""Workspaces for the tests of pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from poetcore.errors import OptionError
from poetcore.evaluation.evaluate import evaluate
from poetcore.training.config import RunConfig
from poetcore.training.jobs import Jobs
from poetcore.workspace.workspace import Workspace
from tests.browser.dashboard import copy_of
from tests.conftest import Trained


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """A server works in one workspace and remembers it; here each test has its own."""
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def full(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """A workspace with the sample, a run and its evaluation."""
    monkeypatch.setenv("TFP_WORKSPACE", str(trained.workspace.root))
    if not trained.run.evaluation("demo").exists():
        evaluate(trained.run, trained.sample / "demo", trained.workspace)
    return trained


@pytest.fixture
def own(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """A workspace of the test's own with the sample, a run and its evaluation."""
    copied = copy_of(trained, tmp_path)
    monkeypatch.setenv("TFP_WORKSPACE", str(copied.workspace.root))
    return copied


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """The configurations of trainings that a page starts; none of them runs."""
    configs: list[RunConfig] = []

    def start(_: Jobs, config: RunConfig) -> None:
        configs.append(config)
        raise OptionError("Not in a test.")

    monkeypatch.setattr(Jobs, "start_training", start)
    return configs
