"""Undoing repairs: what the folder looks like then, and what stands in the way."""

from pathlib import Path

import pytest

from poetcore.curation.repair import Change, Repairs
from poetcore.errors import OptionError
from tests.curation.repairing import applied, change, put, relabelled, tree


def test_an_undone_step_leaves_the_folder_as_it_was(repairs, folder):
    before = tree(folder)
    step = applied(
        repairs,
        change(folder, "rose/0.jpg"),
        change(folder, "rose/1.jpg", "relabel", "tulip"),
        change(folder, "rose/2.jpg", "relabel", "a new label"),
    )
    repairs.undo(step.id)
    assert tree(folder) == before


def test_a_folder_that_the_user_made_stays(repairs, folder):
    (folder / "iris").mkdir()
    step = relabelled(repairs, "rose/0.jpg", "iris")
    repairs.undo(step.id)
    assert (folder / "iris").is_dir()


def test_a_picture_is_no_longer_verified_after_undo(repairs, folder):
    step = applied(repairs, change(folder, "rose/1.jpg", "fine"))
    repairs.undo(step.id)
    assert repairs.verified() == set()


def test_verifying_a_picture_that_is_gone_can_be_undone(repairs, folder):
    step = applied(repairs, change(folder, "rose/1.jpg", "fine"))
    (folder / "rose/1.jpg").unlink()
    repairs.undo(step.id)
    assert repairs.verified() == set()


def test_another_object_can_undo(repairs, folder):
    before = tree(folder)
    step = applied(repairs, change(folder, "rose/0.jpg"))
    Repairs(folder).undo(step.id)
    assert tree(folder) == before


def test_a_step_is_undone_only_once(repairs, folder):
    step = applied(repairs, change(folder, "rose/0.jpg"))
    repairs.undo(step.id)
    with pytest.raises(OptionError, match="Step 1 is undone already"):
        repairs.undo(step.id)


def test_steps_are_listed_with_their_outcomes(repairs, folder):
    first = applied(repairs, change(folder, "rose/0.jpg"))
    applied(repairs, change(folder, "rose/1.jpg"))
    repairs.undo(first.id)
    states = [[outcome.state for outcome in step.outcomes] for step in repairs.steps()]
    assert states == [["applied"], ["undone"]]


def test_a_picture_that_a_later_step_moved_on_names_that_step(repairs, folder):
    first = relabelled(repairs, "rose/2.jpg", "tulip")
    second = applied(repairs, change(folder, "tulip/2.jpg"))
    (outcome,) = repairs.undo(first.id).outcomes
    assert (outcome.state, outcome.trouble) == (
        "applied",
        f"Step {second.id} moved it on: undo that first.",
    )


def test_what_could_not_be_undone_can_be_undone_later(repairs, folder):
    before = tree(folder)
    first = relabelled(repairs, "rose/2.jpg", "tulip")
    second = applied(repairs, change(folder, "tulip/2.jpg"))
    repairs.undo(first.id)
    repairs.undo(second.id)
    repairs.undo(first.id)
    assert tree(folder) == before


def test_a_place_that_a_later_step_gave_away_names_that_step(repairs, folder):
    first = relabelled(repairs, "rose/0.jpg", "iris")
    second = relabelled(repairs, "tulip/0.jpg", "rose")
    (outcome,) = repairs.undo(first.id).outcomes
    assert outcome.trouble == f"Step {second.id} put another picture in its place: undo that first."


def test_a_place_that_the_user_gave_to_another_file_is_not_overwritten(repairs, folder):
    step = relabelled(repairs, "rose/0.jpg", "iris")
    put(folder, "rose/0.jpg", "the user's")
    (outcome,) = repairs.undo(step.id).outcomes
    assert [(folder / "rose" / n).read_text() for n in ("0.jpg", "0_2.jpg")] == ["the user's", "rose 0"]
    assert outcome.place == folder / "rose/0_2.jpg"


def test_a_picture_that_was_edited_since_is_not_undone(repairs, folder):
    step = relabelled(repairs, "rose/0.jpg", "iris")
    put(folder, "iris/0.jpg", "edited")
    (outcome,) = repairs.undo(step.id).outcomes
    assert (outcome.state, outcome.trouble) == (
        "applied",
        "Its content is not what it was: look at it again.",
    )


def test_a_picture_that_the_user_brought_back_is_undone(repairs, folder):
    step = relabelled(repairs, "rose/0.jpg", "iris")
    (folder / "iris/0.jpg").rename(folder / "rose/0.jpg")
    assert [outcome.state for outcome in repairs.undo(step.id).outcomes] == ["undone"]


def test_a_pending_change_follows_its_picture(repairs, folder):
    step = relabelled(repairs, "rose/2.jpg", "tulip")
    repairs.propose([change(folder, "tulip/2.jpg")])
    repairs.undo(step.id)
    assert [pending.change.path for pending in repairs.pending()] == [folder / "rose/2.jpg"]


def test_pictures_deeper_in_a_label_go_back_there(repairs, folder):
    put(folder, "rose/garden/red/9.jpg", "red")
    before = tree(folder)
    step = relabelled(repairs, "rose/garden/red/9.jpg", "tulip")
    assert (folder / "tulip/9.jpg").exists()
    repairs.undo(step.id)
    assert tree(folder) == before


def test_a_folder_may_move_with_its_journal(repairs, folder, tmp_path):
    step = applied(repairs, change(folder, "rose/0.jpg"))
    folder.rename(tmp_path / "elsewhere")
    Repairs(tmp_path / "elsewhere").undo(step.id)
    assert (tmp_path / "elsewhere/rose/0.jpg").read_text() == "rose 0"


def test_a_path_may_be_relative(folder, monkeypatch):
    monkeypatch.chdir(folder)
    repairs = Repairs(Path())
    applied(repairs, Change(Path("rose/0.jpg"), "quarantine", "", "blurry"))
    assert Path("quarantine/rose/0.jpg").exists()
