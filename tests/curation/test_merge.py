"""Putting all pictures of a label under another one, and back."""

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from poetcore.curation.merging import plan_merge
from poetcore.curation.repair import Repairs
from poetcore.data.layout import LevelError
from poetcore.errors import DatasetError, OptionError
from tests.conftest import ROOT
from tests.curation.repairing import change, pictures, pictures_in, put, relabelled, tree
from tests.curation.test_recovery import KILLED
from tests.unprivileged import as_nobody, needs_permissions, open_folder

DECOMPOSED = unicodedata.normalize("NFD", "Gänseblümchen")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in ("rose/0.jpg", "roses/0.jpg", "roses/1.jpg", "roses/garden/2.jpg"):
        put(tmp_path / "set", place, place)
    return tmp_path / "set"


@pytest.fixture
def repairs(folder: Path) -> Repairs:
    return Repairs(folder)


def places(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in pictures(folder)]


def test_all_pictures_go_to_the_other_label_and_the_folder_is_gone(folder, repairs):
    repairs.merge("roses", "rose")
    assert places(folder) == ["rose/0.jpg", "rose/0_2.jpg", "rose/1.jpg", "rose/garden/2.jpg"]
    assert not (folder / "roses").exists()


def test_no_picture_is_lost_where_names_are_the_same(folder, repairs):
    before = pictures_in(folder)
    repairs.merge("roses", "rose")
    assert pictures_in(folder) == before


def test_a_merge_is_one_step_with_its_reason(repairs):
    step = repairs.merge("roses", "rose")
    assert [step.id for step in repairs.steps()] == [step.id]
    assert {outcome.change.reason for outcome in step.of("applied")} == {"'roses' is merged into 'rose'"}


def test_an_undone_merge_leaves_everything_as_it_was(folder, repairs):
    (folder / "roses" / "empty").mkdir()
    before = tree(folder)
    step = repairs.merge("roses", "rose")
    repairs.undo(step.id)
    assert tree(folder) == before


def test_a_merge_can_be_repeated_after_it_was_undone(folder, repairs):
    repairs.undo(repairs.merge("roses", "rose").id)
    repairs.merge("roses", "rose")
    assert not (folder / "roses").exists()


def test_litter_does_not_keep_an_emptied_folder(folder, repairs):
    (folder / "roses" / ".DS_Store").touch()
    (folder / "rose" / ".DS_Store").write_text("other")
    before = tree(folder)
    step = repairs.merge("roses", "rose")
    assert not (folder / "roses").exists()
    repairs.undo(step.id)
    assert tree(folder) == before


def test_pending_changes_follow_their_pictures(folder, repairs):
    repairs.propose([change(folder, "roses/1.jpg")])
    repairs.merge("roses", "rose")
    assert [one.change.path for one in repairs.pending()] == [folder / "rose" / "1.jpg"]


def test_a_pending_change_that_the_merge_makes_is_done_with_it(folder, repairs):
    repairs.propose([change(folder, "roses/1.jpg", "relabel", "rose")])
    repairs.merge("roses", "rose")
    assert repairs.pending() == []


def test_an_earlier_step_can_be_undone_after_the_merge_was(folder, repairs):
    put(folder, "tulip/9.jpg", "nine")
    before = tree(folder)
    earlier = relabelled(repairs, "tulip/9.jpg", "roses")
    merged = repairs.merge("roses", "rose")
    blocked = repairs.undo(earlier.id)
    assert [outcome.trouble for outcome in blocked.outcomes] == ["Step 2 moved it on: undo that first."]
    repairs.undo(merged.id)
    repairs.undo(earlier.id)
    assert tree(folder) == before


def test_a_merge_that_cannot_be_undone_yet_makes_no_empty_folder(folder, repairs):
    put(folder, "tulip/9.jpg", "nine")
    step = repairs.merge("roses", "rose")
    repairs.merge("rose", "tulip")
    assert repairs.undo(step.id).of("undone") == []
    assert not (folder / "roses").exists()


def test_a_label_can_be_merged_into_a_new_name(folder, repairs):
    step = repairs.merge("roses", "dog rose")
    assert (folder / "dog rose" / "garden" / "2.jpg").is_file()
    repairs.undo(step.id)
    assert not (folder / "dog rose").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="others hold both for one name")
@pytest.mark.parametrize(
    ("label", "into"),
    [("Rose", "rose"), (DECOMPOSED, "Gänseblümchen"), ("👩\u200d🌾", "x"), ("\u200fורד", "x")],
)
def test_names_that_look_alike_go_through_the_journal_unchanged(label, into, tmp_path):
    for name in (label, into):
        put(tmp_path / "set", f"{name}/{DECOMPOSED}.jpg", name)
    before = tree(tmp_path / "set")
    step = Repairs(tmp_path / "set").merge(label, into)
    assert len(list((tmp_path / "set" / into).iterdir())) == 2
    Repairs(tmp_path / "set").undo(step.id)
    assert tree(tmp_path / "set") == before


def test_two_names_of_one_folder_are_not_merged(folder, repairs):
    """As on a disk for which Rose and rose are the same."""
    (folder / "Rose").symlink_to(folder / "rose", target_is_directory=True)
    before = tree(folder)
    with pytest.raises(OptionError, match="'rose' and 'Rose' are one folder on this disk"):
        repairs.merge("rose", "Rose")
    assert tree(folder) == before


@pytest.mark.parametrize(
    ("label", "into", "message"),
    [
        ("tulip", "rose", r"No label folder 'tulip' in .*set: choose one of 'rose', 'roses'\."),
        ("rose", "a/b", "A label becomes the name of a folder"),
        ("rose", "rose", "are one folder"),
        (".poet", "rose", "No label folder '.poet'"),
        ("rose", "Quarantine", "'quarantine' is the folder of what is set aside"),
    ],
)
def test_what_cannot_be_merged_is_told(label, into, message, repairs):
    with pytest.raises(OptionError, match=message):
        repairs.merge(label, into)


def test_an_empty_label_folder_is_not_merged(folder, repairs):
    (folder / "daisy").mkdir()
    with pytest.raises(OptionError, match=r"'.*daisy' is empty: remove it\."):
        repairs.merge("daisy", "rose")


def test_what_cannot_be_moved_stays_and_keeps_its_folder(folder, repairs):
    (folder / "roses" / "gone.jpg").symlink_to("nowhere.jpg")
    step = repairs.merge("roses", "rose")
    assert [outcome.change.path.name for outcome in step.of("refused")] == ["gone.jpg"]
    assert [path.name for path in (folder / "roses").iterdir()] == ["gone.jpg"]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_merge_of_a_killed_process_is_finished_by_another(when, folder):
    before = pictures_in(folder)
    code = KILLED.format(folder=str(folder), act="repairs.merge('roses', 'rose')", when=when)
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 9
    repairs = Repairs(folder)
    repairs.recover()
    assert pictures_in(folder) == before
    repairs.merge("roses", "rose")
    assert (pictures_in(folder), (folder / "roses").exists()) == (before, False)


@pytest.mark.slow
def test_a_merge_that_was_killed_at_its_last_file_removes_the_folder_when_recovered(folder):
    put(folder, "tulip/0.jpg", "tulip 0")
    put(folder, "tulip/1.jpg", "tulip 1")
    code = KILLED.format(folder=str(folder), act="repairs.merge('tulip', 'rose')", when="after")
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 9
    repairs = Repairs(folder)
    repairs.recover()
    assert not (folder / "tulip").exists()
    repairs.undo("1")
    assert (folder / "tulip" / "1.jpg").read_text() == "tulip 1"


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DatasetError, match="No such folder: .*nowhere"):
        Repairs(tmp_path / "nowhere").merge("roses", "rose")


@needs_permissions
def test_a_folder_that_may_not_be_read_is_told():
    with open_folder() as folder:
        for name in ("rose", "roses"):
            put(folder, f"{name}/1.jpg", name)
        (folder / "roses").chmod(0)
        with as_nobody(), pytest.raises(OptionError, match="roses may not be read"):
            plan_merge(folder, "roses", "rose")


def test_the_parts_of_a_divided_set_are_no_labels_to_merge(tmp_path):
    for place in ("train/rose/0.jpg", "train/tulip/0.jpg", "demo/rose/1.jpg", "demo/tulip/1.jpg"):
        put(tmp_path / "set", place, place)
    with pytest.raises(LevelError, match="not in .*set but further down: give .*train"):
        Repairs(tmp_path / "set").merge("train", "demo")
    assert (tmp_path / "set/train/rose/0.jpg").exists()
