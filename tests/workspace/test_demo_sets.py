"""Demo pictures without a demo folder: kept aside of a dataset, or the testing pictures of a run."""

import os
import shutil
from pathlib import Path

import pytest

from poetcore.data.dataset import Dataset, scan
from poetcore.data.held_out import read_held_out, write_held_out
from poetcore.errors import DatasetError
from poetcore.workspace import demo_sets
from poetcore.workspace.demo_sets import (
    automatic_demo,
    dataset_title,
    keep_aside,
    keep_renamed,
    kept_aside,
    make_testing_list,
    release,
    training_part,
)
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def trees(tmp_path: Path, place: Workspace) -> Dataset:
    return scanned(fill(tmp_path / "trees", {"ash": 20, "oak": 10}), place)


def scanned(folder: Path, place: Workspace) -> Dataset:
    with place.file_index() as index:
        return scan(folder, index)


def test_what_is_kept_aside_is_no_part_of_the_training(place, trees):
    demo = scanned(keep_aside(trees, place, "20%"), place)
    part = training_part(trees, place)
    assert (demo.counts(), part.counts()) == ({"ash": 4, "oak": 2}, {"ash": 16, "oak": 8})
    assert not set(demo.pictures["sha"]) & set(part.pictures["sha"])


def test_files_stay_where_they_are(place, trees):
    keep_aside(trees, place, "20%")
    assert scanned(trees.folder, place).counts() == trees.counts()


def test_near_duplicates_are_kept_aside_together(place, trees, tmp_path):
    from PIL import Image

    for path in trees.pictures["path"]:
        smaller = Image.open(path).resize((60, 45))
        smaller.save(Path(path).with_name(f"small_{Path(path).name}"), quality=80)
    dataset = scanned(trees.folder, place)
    demo = scanned(keep_aside(dataset, place, "20%"), place)
    names = {Path(path).name for path in demo.pictures["path"]}
    assert {name.removeprefix("small_") for name in names} == {n for n in names if not n.startswith("small_")}


def test_by_folder_a_sub_folder_is_kept_aside_whole(place, tmp_path):
    for label in ("ash", "oak"):
        fill(tmp_path / "trees" / label, {f"place {n}": 4 for n in range(5)}, seed=len(label) + ord(label[0]))
    dataset = scanned(tmp_path / "trees", place)
    demo = scanned(keep_aside(dataset, place, "20%", group_by="folder"), place)
    places = {Path(path).parent for path in demo.pictures["path"]}
    assert (demo.counts(), len(places)) == ({"ash": 4, "oak": 4}, 2)


def test_pictures_of_a_csv_file_are_kept_aside(place, trees):
    file = trees.folder.parent / "trees.csv"
    rows = [
        f"{path},{label}" for path, label in zip(trees.pictures["path"], trees.pictures["label"], strict=True)
    ]
    file.write_text("\n".join(["path,label", *rows]))
    dataset = scanned(file, place)
    demo = scanned(keep_aside(dataset, place, "20%"), place)
    assert (demo.counts(), demo.home, demo.read_only) == ({"ash": 4, "oak": 2}, file, True)
    assert training_part(dataset, place).counts() == {"ash": 16, "oak": 8}


def test_released_pictures_are_trained_on_again(place, trees):
    keep_aside(trees, place, "20%")
    release(trees.folder, place)
    assert (kept_aside(trees.folder, place), training_part(trees, place).counts()) == (None, trees.counts())


def test_two_datasets_of_one_name_have_a_list_each(place, trees, tmp_path):
    other = scanned(fill(tmp_path / "other" / "trees", {"ash": 6, "oak": 6}, seed=1), place)
    first, second = keep_aside(trees, place, "20%"), keep_aside(other, place, "20%")
    assert (kept_aside(trees.folder, place), kept_aside(other.folder, place)) == (first, second)
    assert first != second


def test_pictures_that_are_all_alike_cannot_be_kept_aside(place, tmp_path):
    folder = fill(tmp_path / "trees", {"ash": 1, "oak": 1})
    for number in range(5):
        for label in ("ash", "oak"):
            shutil.copy(folder / label / f"{label}_000.jpg", folder / label / f"copy_{number}.jpg")
    with pytest.raises(
        DatasetError, match="No picture of .*trees can be kept aside, because they are too few"
    ):
        keep_aside(scanned(folder, place), place, "20%")


@pytest.mark.parametrize("length", [0, 10, 50])
def test_a_damaged_list_is_never_trained_over(place, trees, length):
    file = keep_aside(trees, place, "20%")
    file.write_text(file.read_text()[:length])
    with pytest.raises(DatasetError, match="is damaged"):
        training_part(trees, place)


def test_a_list_is_called_after_its_dataset_and_share(place, trees):
    titles = [dataset_title(keep_aside(trees, place, how)) for how in ("20%", "5")]
    assert titles == ["trees (20 % kept aside)", "trees (5 a label kept aside)"]


def test_a_demo_folder_is_called_after_its_set():
    assert dataset_title(Path("/photos/flowers/demo")) == "flowers/demo"
    assert dataset_title(Path("/tf_files/demo_sets/flowers.json")) == "flowers (was kept aside)"


def test_the_testing_pictures_of_a_run_are_its_demo_set(trained):
    run = trained.run
    tested = run.split().query("split == 'testing'")
    assert read_held_out(make_testing_list(run)).contents == set(tested["sha"])
    demo = scanned(run.testing_file, trained.workspace)
    assert (demo.home, len(demo.pictures)) == (trained.sample / "train", len(tested))
    assert dataset_title(run.testing_file) == f"testing pictures of {run.title}"
    assert demo_sets.testing_list(run) == run.testing_file


def test_where_nothing_else_is_a_run_is_evaluated_on_its_testing_pictures(trained, trees):
    file = make_testing_list(trained.run)
    assert automatic_demo(trees.folder, trained.run, trained.workspace) == file


def test_a_demo_folder_beside_comes_first(trained):
    found = automatic_demo(trained.sample / "train", trained.run, trained.workspace)
    assert found == trained.sample / "demo"


def test_what_is_kept_aside_comes_before_a_runs_testing_pictures(place, trees, trained):
    file = keep_aside(trees, place, "20%")
    run = place.create_run("later")
    write_held_out(run.kept_aside_file, trees.folder, read_held_out(file).contents)
    write_held_out(run.testing_file, trees.folder, trees.pictures["sha"][:1])
    assert automatic_demo(trees.folder, run, place) == file


def test_a_run_that_was_trained_on_what_is_kept_aside_is_tested_otherwise(place, trees):
    run = place.create_run("before")
    write_held_out(run.testing_file, trees.folder, trees.pictures["sha"][:1])
    keep_aside(trees, place, "20%")
    assert automatic_demo(trees.folder, run, place) == run.testing_file


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_folder_that_is_reached_by_a_link_is_the_same(place, trees, tmp_path):
    file = keep_aside(trees, place, "20%")
    (tmp_path / "link").symlink_to(trees.folder, target_is_directory=True)
    assert kept_aside(tmp_path / "link", place) == file


def test_the_list_of_a_dataset_that_was_renamed_follows_it(place, trees):
    before = read_held_out(keep_aside(trees, place, "20%")).contents
    renamed = scanned(trees.folder.rename(trees.folder.with_name("woods")), place)
    keep_renamed(renamed, place)
    assert read_held_out(kept_aside(renamed.folder, place)).contents == before
    assert training_part(renamed, place).counts() == {"ash": 16, "oak": 8}
    release(renamed.folder, place)
    keep_renamed(renamed, place)
    assert kept_aside(renamed.folder, place) is None


def test_the_list_of_a_dataset_that_is_there_is_not_taken_by_its_copy(place, trees, tmp_path):
    file = keep_aside(trees, place, "20%")
    copy = scanned(shutil.copytree(trees.folder, tmp_path / "copy"), place)
    keep_renamed(copy, place)
    assert (kept_aside(copy.folder, place), kept_aside(trees.folder, place)) == (None, file)
