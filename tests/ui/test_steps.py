"""The work of the menu's pages: every tick is earned, and *Next* leads to what is missing, and says why."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from poetcore.data.dataset import scan
from poetcore.data.held_out import read_held_out, write_held_out
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.freshness import Difference
from poetcore.evaluation.headline import Headline
from poetcore.ui.choice import Choice
from poetcore.ui.freshness import Checked
from poetcore.ui.menu import MENU
from poetcore.ui.steps import Step, next_step, steps
from poetcore.workspace.demo_sets import keep_aside
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill

SEEN = Headline(None, "seen in training", ("All of these pictures were seen in training.",))
GOOD = Headline(Accuracy(9, 10))


@pytest.fixture
def folders(empty: Workspace, tmp_path: Path) -> tuple[Path, Path]:
    """A training and a demo folder of different pictures."""
    counts = {"ant": 3, "bee": 3}
    return fill(tmp_path / "set" / "train", counts), fill(tmp_path / "set" / "demo", counts, seed=1)


def made(place: Workspace, name: str, folder: Path, **options: object) -> Run:
    """Make the folder of a finished run on all pictures of a folder; options as in `run.json`."""
    run = Run(place.runs / name)
    run.folder.mkdir(parents=True)
    settings = {"how_many_training_steps": 100, "learning_rate": 0.01, "seed": 0}
    metrics = {"final_test_accuracy": 1.0, "final_test_count": 2}
    run.write_record(
        RunRecord(
            name, "2026-01-01T00:00:00+00:00", str(folder), "efficientnet_lite0", 224, ["ant", "bee"],
            settings | options, {"training": 4}, [], {"computed": 4, "cached": 0}, {"total_s": 1.0},
            metrics, {},
        )
    )  # fmt: skip
    paths = sorted(folder.rglob("*.jpg"))
    table = {"path": map(str, paths), "label": [p.parent.name for p in paths], "sha": [p.name for p in paths]}
    run.write_split(pd.DataFrame(table).assign(split="training", group=range(len(paths))))
    return run


def listed(run: Run, folder: Path) -> Path:
    """List the pictures of a folder as the testing pictures of a run."""
    with Workspace(run.folder.parents[1]).file_index() as index:
        write_held_out(run.testing_file, folder, scan(folder, index).pictures["sha"])
    return run.testing_file


def by_name(
    dataset: Path | None, demo: Path | None, run: Run | None = None, found: Checked | None = None
) -> dict[str, Step]:
    return {step.page.title: step for step in steps(Choice(dataset, demo, run), found)}


def test_a_folder_of_label_folders_is_gathered(folders):
    assert by_name(folders[0], None)["Overview"].done


def test_a_folder_without_a_usable_picture_is_not_gathered(empty, tmp_path):
    (tmp_path / "set" / "ant").mkdir(parents=True)
    (tmp_path / "set" / "ant" / "a.jpg").write_text("no picture")
    step = by_name(tmp_path / "set", None)["Overview"]
    assert not step.done and "no label folder with a usable picture" in step.note


def test_a_single_label_is_not_gathered(empty, tmp_path):
    step = by_name(fill(tmp_path / "set", {"ant": 3}), None)["Overview"]
    assert not step.done and "one label only" in step.note


def test_a_demo_folder_of_other_pictures_is_prepared(folders):
    assert by_name(*folders)["Prepare"].done


@pytest.mark.parametrize("linked", [False, True])
def test_the_training_folder_is_no_demo_folder(folders, tmp_path, linked):
    demo = folders[0]
    if linked:
        demo = tmp_path / "link"
        demo.symlink_to(folders[0])
    step = by_name(folders[0], demo)["Prepare"]
    assert not step.done and "is the training folder itself" in step.note


def test_a_demo_folder_of_copies_of_the_training_pictures_is_not_prepared(folders, tmp_path):
    copy = shutil.copytree(folders[0], tmp_path / "copy")
    step = by_name(folders[0], copy)["Prepare"]
    assert not step.done and "6 of the 6 pictures" in step.note


def test_a_demo_folder_without_pictures_is_not_prepared(folders, tmp_path):
    (tmp_path / "nothing").mkdir()
    assert not by_name(folders[0], tmp_path / "nothing")["Prepare"].done


def test_a_run_that_was_trained_on_the_dataset_earns_its_tick(empty, folders):
    found = by_name(*folders, made(empty, "first", folders[0]))
    assert found["Train"].done


def test_a_run_that_was_trained_on_another_dataset_earns_none(empty, folders, tmp_path):
    other = fill(tmp_path / "other", {"ant": 3, "bee": 3}, seed=2)
    found = by_name(*folders, made(empty, "first", other))
    assert not found["Train"].done and "was trained on another folder" in found["Train"].note


def test_a_run_whose_pictures_have_changed_since_should_be_trained_again(empty, folders):
    run = made(empty, "first", folders[0])
    step = by_name(*folders, run)["Train"]
    # Its list of pictures holds made up hashes, so all of them have changed.
    assert step.done and "changed since" in step.note


@pytest.mark.parametrize(
    ("changes", "headline", "done"),
    [
        (Difference(), GOOD, True),
        (Difference(removed=1), GOOD, False),
        (Difference(known=False), GOOD, False),
        (Difference(), SEEN, False),
    ],
    ids=["fresh", "out of date", "not known", "seen in training"],
)
def test_an_evaluation_counts_that_is_fresh_and_of_unseen_pictures(empty, folders, changes, headline, done):
    run = made(empty, "first", folders[0])
    assert by_name(*folders, run, Checked(changes, headline))["Evaluate"].done == done


def test_an_evaluation_of_a_run_on_another_dataset_does_not_count(empty, folders, tmp_path):
    run = made(empty, "first", fill(tmp_path / "other", {"ant": 3, "bee": 3}, seed=2))
    assert not by_name(*folders, run, Checked(Difference(), GOOD))["Evaluate"].done


def test_next_leads_to_training_after_a_set_was_prepared_from_what_the_run_was_trained_on(
    empty, folders, tmp_path
):
    """The worst case: a run on a folder, a set from that same folder, and its evaluation on it."""
    source = tmp_path / "source"
    shutil.copytree(folders[0], source)
    shutil.copytree(folders[1], source, dirs_exist_ok=True)
    run = made(empty, "first", source)
    todo = steps(Choice(*folders, run), Checked(Difference(), SEEN))
    assert next_step(todo).page.name == "train"


def test_next_leads_to_showing_what_was_evaluated(empty, folders):
    run = made(empty, "first", folders[0])
    todo = steps(Choice(*folders, run), Checked(Difference(), GOOD))
    assert next_step(todo).page.name == "slideshow" and next_step(todo).note


def test_pictures_that_are_held_out_of_the_dataset_are_demo_pictures(empty, folders):
    run = made(empty, "first", folders[0])
    assert by_name(folders[0], listed(run, folders[0]), run)["Prepare"].done


def test_without_demo_pictures_next_is_the_training_and_says_why(folders):
    following = next_step(list(by_name(folders[0], None).values()))
    assert following.page.name == "train" and following.note == "No model was trained on set/train yet."


def test_the_steps_are_the_pages_of_the_menu_in_its_order(empty):
    assert [step.page for step in steps(Choice(None, None, None), None)] == list(MENU)


def test_pictures_kept_aside_count_for_runs_that_left_them_out_only(empty, folders):
    folder = fill(folders[0].parent.with_name("own"), {"ant": 6, "bee": 6}, seed=2)
    before = made(empty, "before", folder)
    with empty.file_index() as index:
        demo = keep_aside(scan(folder, index), empty, "20%")
    after = made(empty, "after", folder)
    write_held_out(after.kept_aside_file, folder, read_held_out(demo).contents)
    found = {run: by_name(folder, demo, run)["Prepare"] for run in (before, after, None)}
    assert [step.done for step in found.values()] == [False, True, True]
    assert "was not trained without" in found[before].note


def test_the_testing_pictures_of_another_run_are_no_demo_pictures_of_this_one(empty, folders):
    first, second = (made(empty, name, folders[0]) for name in ("first", "second"))
    demo = listed(first, folders[0])
    assert by_name(folders[0], demo, first)["Prepare"].done
    assert not by_name(folders[0], demo, second)["Prepare"].done
