"""Folders of pictures that a workspace knows, zip files that become such folders, and worries in words."""

from dataclasses import replace
from pathlib import Path

import pytest

from poetcore.data.dataset import Dataset, scan
from poetcore.workspace.datasets import dataset_notes, dataset_warnings, demo_folders, training_folders
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture

PICTURE = encoded(picture(1))
TWO = {"ant/a.jpg": PICTURE, "bee/b.jpg": encoded(picture(2))}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


# --------------------------------------------------------------------------------------------------- folders


def test_a_new_workspace_knows_no_folders(place):
    assert (training_folders(place), demo_folders(place)) == ([], [])


def test_a_dataset_is_a_training_folder(place):
    fill(place.datasets / "insects", {"ant": 1})
    assert training_folders(place) == [place.datasets / "insects"]


def test_the_training_folder_of_a_prepared_dataset_is_its_train_folder(place):
    fill(place.datasets / "insects" / "train", {"ant": 1})
    assert training_folders(place) == [place.datasets / "insects" / "train"]


def test_hidden_datasets_and_loose_files_are_passed_over(place):
    fill(place.datasets / ".upload.x", {"ant": 1})
    (place.datasets / "notes.txt").write_text("x")
    assert training_folders(place) == []


def test_folders_of_earlier_runs_are_known_wherever_they_are(trained, tmp_path):
    elsewhere = fill(tmp_path / "elsewhere", {"ant": 1})
    place = Workspace(tmp_path / "tf_files")
    run = place.create_run("earlier")
    run.write_record(replace(trained.run.record(), image_dir=str(elsewhere)))
    run.write_status(replace(trained.run.status()))
    assert training_folders(place) == [elsewhere]


def test_a_folder_of_an_earlier_run_that_is_gone_is_not_offered(trained, tmp_path):
    place = Workspace(tmp_path / "tf_files")
    run = place.create_run("earlier")
    run.write_record(replace(trained.run.record(), image_dir=str(tmp_path / "gone")))
    run.write_status(trained.run.status())
    assert training_folders(place) == []


def test_a_folder_is_listed_once_though_a_run_was_trained_on_it(trained):
    assert training_folders(trained.workspace) == [trained.sample / "train"]


def test_the_demo_folder_beside_a_training_folder_is_offered(trained):
    assert demo_folders(trained.workspace) == [trained.sample / "demo"]


def test_a_dataset_that_holds_split_folders_is_offered_by_them(place):
    fill(place.datasets / "insects" / "Train", {"ant": 1, "bee": 1})
    fill(place.datasets / "insects" / "valid", {"ant": 1, "bee": 1})
    assert training_folders(place) == [place.datasets / "insects" / "Train"]
    assert demo_folders(place) == [place.datasets / "insects" / "valid"]


# --------------------------------------------------------------------------------------------------- worries


def dataset(place: Workspace, counts: dict[str, int]) -> Dataset:
    with place.file_index() as index:
        return scan(fill(place.datasets / "insects", counts), index)


def test_plenty_of_pictures_in_balance_are_no_worry(place):
    assert dataset_warnings(dataset(place, {"ant": 20, "bee": 60})) == []


def test_a_single_label_is_a_worry(place):
    (sentence,) = dataset_warnings(dataset(place, {"ant": 20}))
    assert "only one label" in sentence


def test_few_pictures_are_told_with_their_number(place):
    (sentence,) = dataset_warnings(dataset(place, {"ant": 20, "bee": 19}))
    assert "bee (19)" in sentence and "ant" not in sentence


def test_labels_of_a_warning_are_short_and_keep_their_direction(place):
    (sentence,) = dataset_warnings(dataset(place, {"x" * 100: 20, "ורד": 19, "y" * 100: 19}))
    assert "\u2068ורד\u2069 (19)" in sentence and len(sentence) < 160


def test_labels_out_of_balance_are_told_with_both_numbers(place):
    (sentence,) = dataset_warnings(dataset(place, {"ant": 20, "bee": 61}))
    assert "bee has 61 pictures, ant only 20" in sentence


def test_where_pictures_have_several_labels_a_small_one_is_said_to_be_drawn_rarely(place):
    found = replace(dataset(place, {"fire": 61, "smoke": 20}), multi_label=True)
    (sentence,) = dataset_warnings(found)
    assert "draws every picture equally often" in sentence


def test_labels_of_a_list_that_look_like_several_are_told(place):
    fill(place.root / "insects", {"ant": 20})
    rows = [f"insects/ant/ant_{i:03d}.jpg,{'fire|smoke' if i % 2 else 'car'}" for i in range(20)]
    (place.root / "fire.csv").write_text("\n".join(["path,label", *rows]))
    with place.file_index() as index:
        found = scan(place.root / "fire.csv", index)
    assert any(
        one.startswith("Labels that look like several: fire|smoke.") for one in dataset_warnings(found)
    )


def test_a_label_whose_files_all_are_unusable_is_a_worry(place):
    fill(place.datasets / "insects", {"ant": 20})
    (place.datasets / "insects" / "bee").mkdir()
    (place.datasets / "insects" / "bee" / "b.jpg").write_bytes(b"no picture")
    assert any("bee (0)" in sentence for sentence in dataset_warnings(dataset(place, {})))


def test_what_is_not_used_is_told_in_sentences(place):
    folder = fill(place.datasets / "insects", {"ant": 2, "bee": 2, "fly": 0})
    (folder / "ant" / "bad.jpg").touch()
    (folder / "ant" / "Thumbs.db").touch()
    fill(folder / "gnat", {"1": 1})
    (folder / "gnat" / "1" / "1_000.jpg").rename(folder / "gnat" / "1.jpg")
    (folder / "gnat").rename(folder / ".gnat")
    for number in range(5):
        (folder / f"{number}.jpg").write_bytes(PICTURE)
    assert dataset_notes(dataset(place, {})) == [
        "1 file cannot be used: the health check tells why.",
        "fly: no pictures. Training goes on without this label.",
        "5 pictures beside the label folders instead of in one: 0.jpg, 1.jpg, 2.jpg and 2 more.",
        "Hidden, as a dot begins the name, and so passed over: .gnat.",
        "Passed over: 1 file that phones and desktops leave behind.",
    ]


def test_of_a_folder_where_everything_is_used_there_is_nothing_to_tell(place):
    assert dataset_notes(dataset(place, {"ant": 2, "bee": 2})) == []
