"""Temporary files and folders: who owns them, and what is cleared."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from poetcore.system import temporary
from poetcore.system.names import lasting_name
from poetcore.system.temporary import clear_leftovers, take_name, temporary_folder, temporary_path
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.leftovers import left_by_a_killed_process

MAKE_AND_WAIT = """
import sys
from pathlib import Path
from poetcore.system.temporary import temporary_folder

with temporary_folder(Path(sys.argv[1])) as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_a_temporary_folder_is_hidden_and_gone_in_the_end(tmp_path):
    with temporary_folder(tmp_path / "photos") as folder:
        assert folder.is_dir() and folder.parent == tmp_path and folder.name.startswith(".photos.")
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_folder_is_gone_after_a_failure(tmp_path):
    with pytest.raises(ZeroDivisionError), temporary_folder(tmp_path / "photos") as folder:
        (folder / "a.jpg").touch()
        1 / 0  # noqa: B018 - what goes wrong
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_folder_may_be_moved_to_its_place(tmp_path):
    with temporary_folder(tmp_path / "photos") as folder:
        folder.rename(tmp_path / "photos")
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_a_folder_takes_a_free_name_and_that_of_an_empty_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("free", "empty"):
        (tmp_path / "made").mkdir()
        (tmp_path / "made" / "file").write_text(name)
        assert take_name(tmp_path / "made", tmp_path / name)
        assert (tmp_path / name / "file").read_text() == name
        assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("taken", ("folder", "file", "link"))
def test_a_folder_does_not_take_the_name_of_something_else(taken, tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").write_text("")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    assert not take_name(tmp_path / "made", tmp_path / taken)
    assert (tmp_path / "made").is_dir() and (tmp_path / "folder" / "kept").exists()


def test_a_folder_that_cannot_be_renamed_is_told(tmp_path):
    (tmp_path / "made").mkdir()
    with pytest.raises(FileNotFoundError):
        take_name(tmp_path / "made", tmp_path / "no folder" / "name")


def test_the_longest_name_has_room_for_the_temporary_one(tmp_path):
    temporary_path(tmp_path / ("花" * 85)).touch()


def test_what_a_temporary_path_becomes_is_known(tmp_path):
    names = ["a.tflite", "no ending", "photo.2024.tmp"]
    assert [lasting_name(temporary_path(tmp_path / name).name) for name in names] == names
    assert lasting_name("mine.tmp") == "mine.tmp"


def test_two_temporary_paths_of_one_file_differ(tmp_path):
    assert temporary_path(tmp_path / "a") != temporary_path(tmp_path / "a")


@pytest.mark.parametrize("folder", [True, False])
def test_what_a_killed_process_left_is_cleared(folder, tmp_path):
    left_by_a_killed_process(tmp_path / "photos", folder)
    assert clear_leftovers(tmp_path) == 1 and list(tmp_path.iterdir()) == []


def test_what_this_process_works_on_stays(tmp_path):
    with temporary_folder(tmp_path / "photos") as folder:
        assert clear_leftovers(tmp_path) == 0 and folder.is_dir()


def test_a_copy_that_has_the_day_of_its_photo_stays_while_this_process_works_on_it(tmp_path):
    copy = temporary_path(tmp_path / "a.jpg")
    copy.touch()
    os.utime(copy, (1e9, 1e9))
    assert clear_leftovers(tmp_path) == 0 and copy.exists()


def test_what_another_living_process_works_on_stays_until_it_is_killed(tmp_path):
    command = [sys.executable, "-c", MAKE_AND_WAIT, str(tmp_path / "photos")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout
        folder = Path(one.stdout.readline().strip())
        assert clear_leftovers(tmp_path) == 0 and folder.is_dir()
        one.kill()
    assert clear_leftovers(tmp_path) == 1 and not folder.exists()


def test_what_another_machine_works_on_stays_for_a_week(tmp_path, monkeypatch):
    left = left_by_a_killed_process(tmp_path / "photos")
    monkeypatch.setattr(temporary, "machine", lambda: "abcdef")
    assert clear_leftovers(tmp_path) == 0 and left.exists()
    monkeypatch.setattr(temporary, "_LONG_SECONDS", -1)
    assert clear_leftovers(tmp_path) == 1


def test_a_later_process_of_the_same_number_does_not_work_on_what_is_left(tmp_path):
    left = temporary.temporary_path(tmp_path / "photos")
    left.mkdir()
    assert clear_leftovers(tmp_path) == 0  # it is of this process
    left.rename(left.with_name(re.sub(r"-\w{6}\.", "-000000.", left.name)))
    assert clear_leftovers(tmp_path) == 1


@pytest.mark.parametrize(("days", "cleared"), [(0, 0), (2, 1)])
def test_what_an_earlier_version_left_is_cleared_once_it_is_old(days, cleared, tmp_path):
    left = tmp_path / ".upload.ab12_cd9"
    left.mkdir()
    then = left.stat().st_mtime - days * 86_400
    os.utime(left, (then, then))
    assert clear_leftovers(tmp_path) == cleared


@pytest.mark.parametrize("name", [".git", ".hidden.tmp", "a.tmp", ".photos.12.tmp", ".poet", "photos"])
def test_what_is_not_ours_stays(name, tmp_path):
    (tmp_path / name).mkdir()
    assert clear_leftovers(tmp_path) == 0 and (tmp_path / name).is_dir()


@pytest.mark.parametrize(("deep", "cleared"), [(False, 0), (True, 1)])
def test_folders_are_looked_into_where_that_is_asked_for(deep, cleared, tmp_path):
    left_by_a_killed_process(tmp_path / "rose" / "a.jpg", folder=False)
    assert clear_leftovers(tmp_path, deep=deep) == cleared


def test_a_missing_folder_has_nothing_to_clear(tmp_path):
    assert clear_leftovers(tmp_path / "none") == 0


def test_a_workspace_is_cleared_everywhere(tmp_path):
    place = Workspace(tmp_path / "tf_files")
    shows = place.runs / "one" / "exports" / "slideshow"
    kept = (place.datasets, place.models, place.runs, place.tunings, place.demo_sets, place.comparisons)
    for folder in (place.root, *kept, place.runs / "one", shows):
        left_by_a_killed_process(folder / "x")
    place.clear_leftovers()
    assert not list(place.root.rglob("*.tmp"))


def test_clearing_makes_no_workspace(tmp_path):
    Workspace(tmp_path / "tf_files").clear_leftovers()
    assert list(tmp_path.iterdir()) == []
