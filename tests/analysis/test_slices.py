"""What the pictures of an evaluation can be divided by, and where it fails: on real files."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from poetcore.analysis.attributes import (
    SUB_FOLDER,
    TAKEN,
    picture_attributes,
    slices_by_attribute,
    sub_folders,
)
from poetcore.analysis.slices import SlicedPictures
from poetcore.data.images import date_taken
from poetcore.errors import OptionError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.metrics import compute_metrics
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture

LABELS = ["fire", "smoke"]


def photo(folder: Path, name: str, level: int, seed: int, taken: str = "") -> str:
    """A picture of some brightness, with a date where one is given; returns its path."""
    shade = Image.blend(picture(seed), Image.new("RGB", (64, 48), (level,) * 3), 0.7)
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(shade, exif=exif))
    return str(path)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def white(tmp_path: Path) -> Evaluation:
    """40 dark and 40 white pictures of fire, of which half of the white are predicted to be smoke."""
    rows = []
    for i in range(80):
        path = photo(tmp_path / "demo", f"fire/day{i % 2}/{i}.jpg", 40 if i < 40 else 230, i)
        rows.append((path, "fire", "smoke" if i >= 60 else "fire"))
    table = pd.DataFrame(rows, columns=["path", "label", "predicted"])
    table["correct"] = table["label"] == table["predicted"]
    table["confidence"], table["leaked"], table["p_fire"] = 0.9, False, 0.9
    table["p_smoke"], table["leaked_near"] = 0.1, False
    return Evaluation(compute_metrics(table, LABELS, "run", tmp_path / "demo", []), table)


def test_a_model_that_takes_white_for_smoke_is_found(white, place):
    slices = SlicedPictures.of(white, place).slices()
    worst = next(one for one in slices.accuracies if one.fails_more)
    assert worst.attribute == "brightness" and worst.name.startswith("bright")
    assert slices.attributes[0] == "brightness" and "in “brightness: bright" in slices.sentence
    assert len(slices.pictures(worst)) == worst.accuracy.total


def test_false_alarms_can_be_looked_at_by_themselves(white, place):
    of = SlicedPictures.of(white, place)
    assert len(of.slices(predicted="smoke").predictions) == 20
    with pytest.raises(OptionError, match="No picture has the true label 'smoke': choose fire"):
        of.slices(true="smoke")


def test_pictures_that_were_seen_in_training_are_not_counted(white, place):
    seen = white.predictions.assign(leaked=np.arange(80) < 30)
    assert len(SlicedPictures.of(Evaluation(white.metrics, seen), place).predictions) == 50


def test_sub_folders_are_slices_across_labels(white, place):
    table = SlicedPictures.of(white, place).slices().table()
    of = table[table["attribute"] == SUB_FOLDER].set_index("slice")
    assert of["pictures"].to_dict() == {"day0": 40, "day1": 40} and of["wrong"].tolist() == [10, 10]


def test_of_a_csv_file_the_folder_of_a_picture_is_its_sub_folder(tmp_path):
    listing = tmp_path / "labels.csv"
    listing.write_text("path,label\nleft/camera/1.jpg,fire\n2.jpg,fire\n")
    paths = [tmp_path / "left" / "camera" / "1.jpg", tmp_path / "2.jpg"]
    assert sub_folders(paths, ["fire", "fire"], listing) == ["left/camera", ""]


def test_a_folder_of_a_csv_file_that_is_called_as_the_label_is_no_sub_folder(tmp_path):
    listing = tmp_path / "labels.csv"
    listing.write_text("path,label\nday/fire/1.jpg,fire\nday/smoke/2.jpg,smoke\n")
    paths = [tmp_path / "day" / "fire" / "1.jpg", tmp_path / "day" / "smoke" / "2.jpg"]
    assert sub_folders(paths, ["fire", "smoke"], listing) == ["day", "day"]


def test_a_file_that_is_gone_or_damaged_has_no_figures(white, place):
    gone, damaged = (Path(path) for path in white.predictions["path"][:2])
    gone.unlink()
    damaged.write_bytes(b"no picture")
    table, shas = picture_attributes(white.predictions, Path(white.metrics.folder), place)
    assert table["brightness"][:3].isna().tolist() == [True, True, False] and shas[0] == ""
    assert slices_by_attribute(table)["brightness"].isna().sum() == 2


@pytest.mark.parametrize(
    ("dates", "names"),
    [
        (["2024:05:01 10:00:00", "2024:05:02 11:00:00"], ["2024-05-01", "2024-05-02"]),
        ([f"2024:{1 + i // 25:02d}:{1 + i % 25:02d} 10:00:00" for i in range(50)], ["2024-01", "2024-02"]),
    ],
)
def test_dates_are_days_or_months_so_that_there_are_not_too_many(tmp_path, place, dates, names):
    paths = [photo(tmp_path / "demo", f"fire/{i}.jpg", 90, i, date) for i, date in enumerate(dates)]
    table, _ = picture_attributes(pd.DataFrame({"path": paths, "label": "fire"}), tmp_path / "demo", place)
    assert sorted(slices_by_attribute(table)[TAKEN].unique()) == names


def test_the_date_is_that_of_the_camera(tmp_path):
    path = photo(tmp_path, "dated.jpg", 90, 1, "2019:12:31 23:59:58")
    assert date_taken(Path(path).read_bytes()) == datetime(2019, 12, 31, 23, 59, 58)


@pytest.mark.parametrize("words", ["", "0000:00:00 00:00:00", "yesterday"])
def test_a_clock_that_was_never_set_says_nothing(tmp_path, words):
    path = photo(tmp_path, "dated.jpg", 90, 1, words)
    assert date_taken(Path(path).read_bytes()) is None and date_taken(b"no picture") is None


def test_what_is_the_same_for_all_divides_nothing():
    same = pd.DataFrame(
        {SUB_FOLDER: [""] * 4, "brightness": 0.5, "colour": 0.1, "sharpness": [1.0, 2, 3, 4], "size": 100.0}
    ).assign(**{TAKEN: pd.Series([None] * 4, dtype="datetime64[s]")})
    assert list(slices_by_attribute(same)) == ["sharpness"]


def test_equal_numbers_stay_in_one_slice():
    values = [1.0] * 6 + [2.0] * 2
    table = pd.DataFrame(
        {SUB_FOLDER: [""] * 8, "brightness": 0.5, "colour": 0.1, "sharpness": values, "size": 100.0}
    ).assign(**{TAKEN: pd.Series([None] * 8, dtype="datetime64[s]")})
    assert slices_by_attribute(table)["sharpness"].tolist() == ["blurriest"] * 6 + ["sharpest"] * 2
