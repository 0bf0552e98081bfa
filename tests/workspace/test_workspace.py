"""The workspace: names of runs, and which run is meant."""

from pathlib import Path

import pytest

from poetcore.errors import OptionError, RunError
from poetcore.system.temporary import temporary_folder
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.records import short_record


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


def add(place: Workspace, name: str, phase: str, started: float) -> None:
    run = place.create_run(name)
    run.write_status(Status(phase, started=started))
    if phase == "done":
        run.write_record(short_record(name))


def test_a_workspace_makes_no_folder_before_something_is_written(place):
    place.all_runs()
    assert not place.root.exists()


def test_a_relative_workspace_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Workspace(Path("here")).root == tmp_path / "here"


@pytest.mark.parametrize(
    "name",
    ["a/b", "a\\b", "..", "../up", ".hidden", "", "latest", "end.", "end ", "a:b", "a\nb", "-x", "x" * 101],
)
def test_a_name_that_cannot_be_a_folder_everywhere_is_refused(place, name):
    with pytest.raises(OptionError, match="Received"):
        place.create_run(name)


@pytest.mark.parametrize("name", ["con", "NUL", "aux.txt"])
def test_a_name_that_windows_reserves_is_refused(place, name):
    with pytest.raises(OptionError, match="Received"):
        place.create_run(name)


def test_a_name_with_too_many_bytes_for_a_file_system_is_refused(place):
    with pytest.raises(OptionError, match="Received"):
        place.create_run("花" * 100)


@pytest.mark.parametrize("name", ["roses 2.1_b+c-d", "花", "7"])
def test_a_good_name_becomes_the_name_of_the_folder(place, name):
    assert place.create_run(name).folder == place.runs / name


def test_a_refused_name_leaves_no_folder(place):
    with pytest.raises(OptionError):
        place.create_run("../up")
    assert not place.root.exists()


def test_a_taken_name_is_refused_by_name(place):
    place.create_run("mine")
    with pytest.raises(OptionError, match="'mine' is there already"):
        place.create_run("mine")


def test_the_name_of_a_run_that_was_killed_before_it_began_is_free(place):
    (place.runs / "mine").mkdir(parents=True)
    assert place.create_run("mine").status().phase == "starting"


def test_a_run_that_is_being_made_is_not_listed(place):
    add(place, "b", "done", 200)
    with temporary_folder(place.runs / "new") as folder:
        Run(folder).write_status(Status("starting"))
        assert [run.name for run in place.all_runs()] == ["b"]


def test_runs_made_in_the_same_second_have_folders_of_their_own(place):
    assert len({place.create_run().folder for _ in range(6)}) == 6


def test_a_new_run_is_about_to_start(place):
    assert place.create_run("new").status().phase == "starting"


def test_runs_are_listed_the_newest_first(place):
    add(place, "b", "done", 200)
    add(place, "c", "failed", 300)
    add(place, "a", "done", 100)
    assert [run.name for run in place.all_runs()] == ["c", "b", "a"]


def test_a_folder_that_is_no_run_is_not_listed(place):
    add(place, "b", "done", 200)
    (place.runs / "holiday").mkdir()
    (place.runs / "note.txt").write_text("hello")
    assert [run.name for run in place.all_runs()] == ["b"]


def test_latest_is_the_newest_finished_run(place):
    add(place, "z", "done", 100)
    add(place, "m", "done", 300)
    add(place, "a", "done", 200)
    assert place.run("latest").name == "m"


@pytest.mark.parametrize("phase", ["failed", "cancelled", "bottlenecks"])
def test_latest_passes_over_a_newer_run_that_is_not_finished(place, phase):
    add(place, "good", "done", 100)
    add(place, "newer", phase, 200)
    assert place.run("latest").name == "good"


def test_latest_without_a_finished_run_says_how_to_get_one(place):
    add(place, "broken", "failed", 100)
    with pytest.raises(RunError, match="poetcore retrain"):
        place.run("latest")


def test_an_unknown_name_is_answered_with_the_names_that_exist(place):
    add(place, "roses", "done", 100)
    add(place, "lilies", "done", 150)
    add(place, "tulips", "failed", 200)
    with pytest.raises(RunError, match=r"'rosse'.*There are: lilies, roses\."):
        place.run("rosse")


def test_a_damaged_run_is_refused_as_such(place):
    add(place, "tulips", "done", 200)
    (place.runs / "tulips" / "run.json").write_text("{")
    with pytest.raises(RunError, match="The record of the run 'tulips' cannot be read: train it again"):
        place.run("tulips")


def test_an_unfinished_run_is_refused_with_its_phase(place):
    add(place, "tulips", "cancelled", 200)
    with pytest.raises(RunError, match="'tulips' is not finished .*'cancelled'"):
        place.run("tulips")


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_run_with_a_damaged_status_does_not_hide_the_others(place, content):
    add(place, "good", "done", 100)
    add(place, "torn", "done", 200)
    (place.runs / "torn" / "status.json").write_text(content)
    assert place.run("latest").name == "good"


def test_a_run_that_was_made_for_a_process_is_taken_up_by_it(place):
    made = place.create_run("mine")
    begun = place.begin_run("mine")
    assert (begun.folder, begun.status().phase) == (made.folder, "scanning")


def test_taking_a_run_up_keeps_when_it_was_asked_for(place):
    made = place.create_run("mine").status()
    assert place.begin_run("mine").status().started == made.started


def test_a_run_that_has_begun_is_not_taken_up_again(place):
    place.begin_run("mine")
    with pytest.raises(OptionError, match="'mine' is there already"):
        place.begin_run("mine")


@pytest.mark.parametrize("name", ["../up", "x" * 300])
def test_an_impossible_name_is_refused_at_the_beginning_too(place, name):
    with pytest.raises(OptionError, match="Received"):
        place.begin_run(name)


def test_a_deleted_run_is_gone_and_the_others_stay(place):
    add(place, "a", "done", 100)
    add(place, "b", "done", 200)
    place.delete_run(place.run("b"))
    assert [run.name for run in place.all_runs()] == ["a"]
