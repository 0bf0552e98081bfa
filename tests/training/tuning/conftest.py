"""A workspace with the features of a small sample set, and a finished tuning on it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.studies import create_study
from poetcore.training.tuning.study import Study
from poetcore.training.tuning.tune import run_study
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained


@dataclass(frozen=True)
class Place:
    """A workspace with extracted features, and a finished tuning of its pictures.

    Attributes:
        workspace: of the tests' own.
        options: of the tuning: five trials, of which four are two trainings.
        study: the finished tuning.
    """

    workspace: Workspace
    options: TuneOptions
    study: Study


@pytest.fixture(scope="package")
def place(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Place:
    root = tmp_path_factory.mktemp("tuned") / "tf_files"
    for name in ("models", "bottlenecks", "datasets"):
        shutil.copytree(trained.workspace.root / name, root / name)
    workspace = Workspace(root)
    options = TuneOptions(
        root / trained.sample.relative_to(trained.workspace.root) / "train",
        learning_rate="0.01,0.1",
        how_many_training_steps="50,100",
    )
    study = create_study(options, workspace)
    run_study(study, workspace)
    return Place(workspace, options, study)


@pytest.fixture
def unstarted(place: Place, tmp_path: Path) -> Study:
    """A tuning like the finished one, of which nothing was done."""
    folder = tmp_path / "tunings" / "new"
    folder.parent.mkdir()
    return Study(shutil.copytree(create_study(place.options, Workspace(tmp_path / "made")).folder, folder))
