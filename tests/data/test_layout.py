"""Whether a folder is the one that holds the label folders, and which is where it is not."""

from pathlib import Path

import pytest

from poetcore.data.label_folders import label_folders
from poetcore.data.layout import LevelError, better_level, demo_beside, level_above
from tests.unprivileged import as_nobody, needs_permissions, open_folder

FLOWERS = ("rose", "tulip")


def made(folder: Path, *places: str) -> Path:
    """Make empty files; contents are of no matter here."""
    for place in places:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).touch()
    return folder


def labels(folder: Path, names: tuple[str, ...] = FLOWERS) -> Path:
    return made(folder, *(f"{name}/1.jpg" for name in names))


def proposed(folder: Path) -> tuple[str, str | None] | None:
    """The training and the demo folder that are proposed, relative."""
    level = better_level(folder)
    if level is None:
        return None
    train, demo = (p.relative_to(folder).as_posix() if p else None for p in (level.train, level.demo))
    return train or "", demo


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (("train", "test", "valid"), ("train", "test")),
        (("train", "demo"), ("train", "demo")),
        (("Train", "VALIDATION"), ("Train", "VALIDATION")),
        (("training", "val"), ("training", "val")),
        (("train",), ("train", None)),
        (("seg_train", "seg_test"), ("seg_train", "seg_test")),
        (("training_set", "test_set"), ("training_set", "test_set")),
        (("train", "dev", "holdout"), ("train", "holdout")),
    ],
)
def test_the_parts_of_a_divided_set_are_recognised(parts, wanted, tmp_path):
    for part in parts:
        labels(tmp_path / part)
    assert proposed(tmp_path) == wanted


def test_parts_with_the_same_labels_are_recognised_beside_other_folders(tmp_path):
    for part in ("train", "test"):
        labels(tmp_path / part)
    made(tmp_path, "single_prediction/1.jpg", "models/a.tflite")
    assert proposed(tmp_path) == ("train", "test")


def test_a_part_without_labels_is_not_proposed_to_evaluate_on(tmp_path):
    labels(tmp_path / "train")
    made(tmp_path, "test/1.jpg", "test/2.jpg")
    assert proposed(tmp_path) == ("train", None)


def test_parts_that_are_wrapped_once_more_are_unwrapped(tmp_path):
    for part in ("seg_train", "seg_test"):
        labels(tmp_path / part / part)
    assert proposed(tmp_path) == ("seg_train/seg_train", "seg_test/seg_test")


def test_what_poet_prepares_is_recognised(tmp_path):
    for part in ("train", "demo"):
        labels(tmp_path / part)
    made(tmp_path, "manifest.csv", "train/.poet/repairs.jsonl", "train/quarantine/.poet")
    assert proposed(tmp_path) == ("train", "demo")


@pytest.mark.parametrize("beside", [(), ("LICENSE.txt",), ("photos/LICENSE.txt", "photos/labels.txt")])
def test_a_wrapper_is_recognised(beside, tmp_path):
    labels(tmp_path / "photos", ("daisy", "rose", "tulip"))
    assert proposed(made(tmp_path, *beside)) == ("photos", None)


def test_a_wrapper_with_a_loose_picture_is_recognised(tmp_path):
    made(tmp_path / "My Mushrooms", *(f"{name}/{i}.jpg" for name in FLOWERS for i in range(3)), "one.jpg")
    assert proposed(tmp_path) == ("My Mushrooms", None)


def test_a_wrapper_in_a_wrapper_is_recognised(tmp_path):
    labels(tmp_path / "a" / "b")
    assert proposed(tmp_path) == ("a/b", None)


def test_links_that_lead_in_a_circle_come_to_an_end(tmp_path):
    for part in ("train", "test"):
        for name in ("train", "test"):
            made(tmp_path, f"{part}/notes")
            (tmp_path / part / name).symlink_to(tmp_path, target_is_directory=True)
    assert better_level(tmp_path) is not None


def test_a_divided_set_in_a_wrapper_is_recognised(tmp_path):
    for part in ("train", "test"):
        labels(tmp_path / "archive" / part)
    assert proposed(tmp_path) == ("archive/train", "archive/test")


@pytest.mark.parametrize(
    "places",
    [
        ("rose/1.jpg", "tulip/1.jpg"),
        ("test/1.jpg", "bus/1.jpg"),
        ("train/1.jpg", "test/1.jpg"),
        ("train/engine/1.jpg", "train/wagon/1.jpg", "bus/red/1.jpg"),
        ("train/engine/1.jpg", "train/wagon/1.jpg", "test/engine/1.jpg", "bus/1.jpg"),
        ("rose/plant 1/1.jpg", "rose/plant 2/1.jpg", "tulip/plant 3/1.jpg"),
        ("rose/1.jpg",),
        ("rose/1.jpg", "rose/2.jpg", "rose/3.jpg", "rose/a/4.jpg", "rose/b/5.jpg"),
        ("rose/1.jpg", "quarantine/.poet", "quarantine/tulip/1.jpg", "quarantine/rose/1.jpg"),
        ("rose/a/1.jpg",),
        ("rose/a/.hidden.jpg", "rose/b/.hidden.jpg"),
    ],
)
def test_a_folder_of_label_folders_is_not_questioned(places, tmp_path):
    assert proposed(made(tmp_path, *places)) is None


def test_a_label_folder_among_others_is_one_too_low(tmp_path):
    labels(tmp_path / "photos", ("daisy", "iris", "rose", "tulip"))
    with pytest.raises(LevelError) as error:
        label_folders(tmp_path / "photos" / "rose")
    assert error.value.level.train == tmp_path / "photos"
    assert str(error.value).endswith(
        f"give the folder above it, {tmp_path / 'photos'}, whose label folders are daisy, iris, rose"
        " and 1 more."
    )


def test_a_label_folder_of_training_pictures_proposes_the_demo_folder_too(tmp_path):
    for part in ("train", "test"):
        labels(tmp_path / part)
    level = level_above(tmp_path / "train" / "rose")
    assert level and (level.train, level.demo) == (tmp_path / "train", tmp_path / "test")


def test_a_folder_of_pictures_alone_is_not_one_too_low(tmp_path):
    assert level_above(made(tmp_path / "photos" / "rose", "1.jpg")) is None


def test_a_folder_of_other_files_is_not_one_too_low(tmp_path):
    labels(tmp_path)
    assert level_above(made(tmp_path / "taxes", "2026.pdf")) is None


@pytest.mark.parametrize("demo", ["demo", "test", "Valid"])
def test_the_demo_folder_beside_the_training_pictures_is_found(demo, tmp_path):
    labels(tmp_path / demo)
    assert demo_beside(labels(tmp_path / "train")) == tmp_path / demo


def test_nothing_is_a_demo_folder_beside_a_folder_of_another_name(tmp_path):
    labels(tmp_path / "test")
    assert demo_beside(labels(tmp_path / "pictures")) is None


def test_a_folder_called_by_known_labels_is_not_questioned(tmp_path):
    labels(tmp_path / "Train")
    labels(tmp_path / "test")
    assert len(label_folders(tmp_path, ("bus", "test", "train")).folders) == 2


@needs_permissions
def test_folders_that_may_not_be_read_are_passed_over():
    with open_folder() as folder:
        labels(folder / "photos" / "train")
        labels(folder / "photos" / "test")
        (folder / "photos" / "test").chmod(0)
        with as_nobody():
            level = better_level(folder / "photos")
    assert level and (level.train.name, level.demo) == ("train", None)
