"""A run on some of the labels, and on so many pictures of each."""

import shutil
from pathlib import Path

import pytest

from poetcore.errors import OptionError
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture

FEW_STEPS = TrainingOptions(how_many_training_steps=20, seed=4)


@pytest.fixture(scope="module")
def place(tmp_path_factory, backbone_file) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("chosen") / "tf_files")
    found.models.mkdir(parents=True)
    shutil.copy(backbone_file, found.models)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return fill(tmp_path_factory.mktemp("pictures") / "trees", {"ash": 9, "birch": 8, "oak": 7})


@pytest.fixture(scope="module")
def chosen(place, folder) -> Run:
    return retrain(
        RunConfig(folder, training=FEW_STEPS, name="few", labels="oak,ash", max_pictures_per_label=6), place
    )


def test_a_run_has_the_chosen_labels_and_so_many_pictures_of_each(chosen):
    counts = chosen.split()["label"].value_counts().to_dict()
    assert (chosen.record().labels, counts) == (["ash", "oak"], {"ash": 6, "oak": 6})


def test_what_was_chosen_stands_in_the_record(chosen):
    options = chosen.record().options
    assert (options["labels"], options["max_pictures_per_label"]) == ("oak,ash", 6)


def test_an_unknown_label_is_refused_with_those_that_there_are(place, folder):
    with pytest.raises(OptionError, match="'elm': choose from ash, birch, oak"):
        retrain(RunConfig(folder, training=FEW_STEPS, labels="ash,elm"), place)


def test_a_picture_that_cannot_be_used_is_replaced_by_another(place, folder, tmp_path):
    """So that as many are trained on as were asked for, also where all are chosen anew."""
    copy = shutil.copytree(folder, tmp_path / "trees")
    for seed in range(4):
        content = encoded(picture(900 + seed))
        (copy / "ash" / f"cut_{seed}.jpg").write_bytes(content[: len(content) // 2])
    run = retrain(
        RunConfig(copy, training=FEW_STEPS, name="cut", labels="oak,ash", max_pictures_per_label=6), place
    )
    assert run.split()["label"].value_counts().to_dict() == {"ash": 6, "oak": 6}
