"""A folder one too high or too low is told by every command and by Python, with the one to give."""

from pathlib import Path

import pytest

import poetcore as poet
from poetcore.data.layout import LevelError
from tests.cli.inside import call
from tests.conftest import fill


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Parts of a set that is divided already, two wrappers down."""
    base = tmp_path_factory.mktemp("levels")
    for part in ("train", "valid", "test"):
        fill(base / "photos" / "photos" / part, {"rose": 1, "tulip": 1})
    return base / "photos"


@pytest.mark.parametrize(
    "arguments",
    [
        ("overview", "{}"),
        ("retrain", "--image_dir", "{}"),
        ("retrain", "--image_dir", "{}/photos/train", "--demo_dir", "{}"),
        ("prepare", "{}", "{}_prepared"),
    ],
)
def test_a_folder_one_too_high_is_told_in_one_sentence_and_leaves_nothing(arguments, photos, tmp_path):
    done = call(*(one.format(photos) for one in arguments), "--workspace", tmp_path / "tf_files")
    assert done.status == 2
    inner = photos / "photos"
    assert done.stderr.strip().endswith(
        f"further down: give {inner / 'train'}, and {inner / 'test'} to evaluate on."
    )
    assert list((tmp_path / "tf_files").glob("runs/*")) == []


@pytest.mark.parametrize("arguments", [("overview", "{}"), ("retrain", "--image_dir", "{}")])
def test_a_label_folder_is_told_with_the_folder_above(arguments, photos, tmp_path):
    label = photos / "photos" / "train" / "rose"
    done = call(*(one.format(label) for one in arguments), "--workspace", tmp_path / "tf_files")
    assert done.status == 2
    assert f"give the folder above it, {label.parent}, whose label folders are rose, tulip." in done.stderr


def test_python_tells_it_too_and_has_the_folders(photos, tmp_path):
    with pytest.raises(LevelError) as error:
        poet.load_dataset(photos, workspace=tmp_path / "tf_files")
    level = error.value.level
    assert (level.train, level.demo) == (photos / "photos" / "train", photos / "photos" / "test")
