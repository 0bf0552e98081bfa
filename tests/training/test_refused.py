"""Trainings that are refused before they begin."""

import pytest

from poetcore.errors import DatasetError
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill


def test_a_training_that_is_refused_leaves_no_run_and_its_name_free(workspace, tmp_path):
    fill(tmp_path / "one", {"only": 5})
    with pytest.raises(DatasetError, match="only"):
        retrain(RunConfig(tmp_path / "one", name="single"), workspace)
    assert not (workspace.runs / "single").exists()
    good = RunConfig(fill(tmp_path / "two", {"ash": 6, "oak": 6}), name="single", training=TrainingOptions(5))
    assert retrain(good, workspace).name == "single"


def test_a_job_that_is_refused_ends_as_failed_with_the_reason_kept(workspace, tmp_path):
    config = RunConfig(fill(tmp_path / "one", {"only": 5}), name="job")
    workspace.create_run("job").write_config(config)
    with pytest.raises(DatasetError) as caught:
        retrain(config, workspace)
    status = Run(workspace.runs / "job").status()
    assert (status.phase, status.message) == ("failed", str(caught.value))


def test_a_mistyped_folder_makes_no_run(tmp_path):
    workspace = Workspace(tmp_path / "tf_files")
    with pytest.raises(DatasetError, match="No such folder"):
        retrain(RunConfig(tmp_path / "tres"), workspace)
    assert workspace.all_runs() == []
