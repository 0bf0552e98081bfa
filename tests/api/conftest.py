"""A folder as a user of the Python door has it: the sample flowers and a workspace with a finished run."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Trained


@pytest.fixture(scope="session")
def home(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `sample/{train,demo}` and `tf_files`, in which there is a run named `first`."""
    folder = tmp_path_factory.mktemp("python")
    shutil.copytree(trained.sample, folder / "sample")
    shutil.copytree(trained.workspace.root, folder / "tf_files")
    for evaluations in (folder / "tf_files" / "runs").glob("*/evaluations"):
        shutil.rmtree(evaluations)
    (folder / "tf_files" / "runs" / trained.run.name).rename(folder / "tf_files" / "runs" / "first")
    return folder


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, as the current one."""
    monkeypatch.chdir(home)
    return home
