"""Which dataset a path means that is written as in the tutorials, and where a run's summaries go."""

from pathlib import Path

import pytest

from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.chdir(tmp_path)
    return Workspace(Path("tf_files"))


def test_a_name_means_a_folder_of_the_workspace(place):
    (place.root / "flower_photos").mkdir(parents=True)
    assert place.meant_dataset(Path("flower_photos")) == place.root / "flower_photos"


@pytest.mark.parametrize("given", ["flower_photos", "tf_files/flower_photos", "{root}/flower_photos"])
def test_what_was_downloaded_is_found_where_the_tutorials_have_it(place, given):
    (place.datasets / "flower_photos").mkdir(parents=True)
    meant = place.meant_dataset(Path(given.format(root=place.root)))
    assert meant == place.datasets / "flower_photos"


def test_what_is_there_is_meant_before_what_is_in_the_workspace(place, tmp_path):
    (place.root / "mine").mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    assert place.meant_dataset(Path("mine")) == Path("mine")


def test_a_path_that_is_nowhere_stays_as_it_was_given(place):
    assert place.meant_dataset(Path("no/such")) == Path("no/such")


def test_each_run_has_summaries_of_its_own(place):
    assert place.summaries_of("LR") == place.root / "training_summaries" / "LR"


def test_summaries_that_were_named_are_of_one_run(place):
    named = Path("tf_files/training_summaries/LR_0.5")
    assert Workspace(place.root, summaries=named).summaries_of("other") == named.absolute()


def test_the_usual_folder_by_its_name_still_has_a_folder_a_run(place):
    named = Workspace(place.root, summaries=Path("tf_files/training_summaries"))
    assert named.summaries_of("LR") == place.summaries_of("LR")


def test_a_deleted_run_leaves_a_folder_that_was_named(place):
    named = Workspace(place.root, summaries=Path("mine"))
    Path("mine/other").mkdir(parents=True)
    run = named.create_run("run")
    run.write_status(Status("failed"))
    named.delete_run(run)
    assert Path("mine/other").is_dir()
