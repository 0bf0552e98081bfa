"""Slides as files: what is on them, and which there are."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from poetcore.errors import OptionError, PictureError
from poetcore.evaluation.slide_files import write_slides
from poetcore.evaluation.slide_options import SlideOptions
from poetcore.evaluation.words_pictures import draw_words
from tests.conftest import encoded, picture

INK, GROUND = "#f3f5f9", "#0a0c10"


def evaluated(folder: Path) -> pd.DataFrame:
    """Five pictures of ash and oak, of which the last is a mistake and the first was seen in training."""
    rows = []
    for number, (label, predicted) in enumerate(["aa", "oo", "aa", "oo", "oa"]):
        file = folder / f"{number}.jpg"
        file.write_bytes(encoded(picture(number, (400, 300) if number % 2 else (300, 400))))
        names = {"a": "ash", "o": "oak"}
        rows.append((str(file), names[label], names[predicted], label == predicted, 0.87, number == 0))
    columns = ["path", "label", "predicted", "correct", "confidence", "leaked"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(p_ash=(table["predicted"] == "ash") * 0.74 + 0.13, p_oak=0.5, leaked_near=False)


@pytest.fixture
def predictions(tmp_path: Path) -> pd.DataFrame:
    return evaluated(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trees")


@pytest.fixture(scope="module")
def slides(folder: Path) -> list[Path]:
    """One slide a picture; shared by the tests that only look at them."""
    return written(folder, evaluated(folder))


def words_on(slide: Path, text: str, size: int, colour: str = INK, bold: bool = False) -> bool:
    """Whether words stand on a slide in that size, to the right of its picture."""
    words = draw_words(text, size, colour, bold)
    patch = Image.new("RGB", words.size, GROUND)
    patch.paste(words, (0, 0), words)
    wanted = np.array(patch, int)
    with Image.open(slide) as image:
        column = np.array(image.crop((1340, 0, 1340 + words.width, 1080)), int)
    return any(np.abs(column[y : y + words.height] - wanted).max() < 3 for y in range(1080 - words.height))


def written(tmp_path: Path, table: pd.DataFrame, **options: Any) -> list[Path]:
    return write_slides(tmp_path / "slides", table, "trees on demo", SlideOptions(**options)).files


def test_each_picture_is_a_png_of_full_hd_in_order(slides):
    assert [file.name for file in slides] == [f"slide_00{number}.png" for number in range(1, 6)]
    for file in slides:
        with Image.open(file) as image:
            assert (image.format, image.size, image.mode) == ("PNG", (1920, 1080), "RGB")


def test_a_slide_has_prediction_confidence_and_truth_on_it(slides):
    slide = slides[4]
    assert words_on(slide, "ash", 64, bold=True)
    assert words_on(slide, "87 %", 56)
    assert words_on(slide, "oak", 64, bold=True)
    assert not words_on(slide, "elm", 64, bold=True)


def test_a_slide_shows_its_picture_as_large_as_there_is_room(slides, folder):
    with Image.open(slides[0]) as image:
        shown = np.array(image.crop((295, 40, 1045, 1040)).resize((300, 400)), int)
    with Image.open(folder / "0.jpg") as original:
        assert np.abs(shown - np.array(original, int)).mean() < 6


def test_the_confidence_can_be_left_out(predictions, tmp_path):
    (slide,) = written(tmp_path, predictions, confidence=False, show="mistakes")
    assert not words_on(slide, "87 %", 56)


def test_a_picture_that_was_seen_in_training_says_so(slides):
    told = [words_on(file, "seen in training", 32, "#8db6ff") for file in slides[:2]]
    assert told == [True, False]


def test_a_slide_tells_its_groups_of_labels(predictions, tmp_path):
    groups = {predictions["path"].iloc[-1]: "wood 87 %"}
    options = SlideOptions(show="mistakes")
    (slide,) = write_slides(tmp_path / "slides", predictions, "trees", options, groups=groups).files
    assert words_on(slide, "wood 87 %", 32, "#8db6ff")


def test_several_pictures_share_a_slide_and_the_last_has_the_rest(predictions, tmp_path):
    files = written(tmp_path, predictions, batch=4)
    assert len(files) == 2
    with Image.open(files[1]) as image:
        tiles = np.array(image)[200:400]
    assert tiles[:, :960].std() > 10 and (tiles[:, 970:] == tiles[0, -1]).all()


def test_right_and_wrong_differ_in_more_than_colour(slides):
    right, wrong = slides[3:]
    top = 112  # the upper edge of the verdict's border
    with Image.open(right) as image:
        solid = np.array(image)[top, 1360:1860].max(axis=1)
    with Image.open(wrong) as image:
        dashed = np.array(image)[top, 1360:1860].max(axis=1)
    assert solid.min() > 150 and dashed.min() < 80 < 150 < dashed.max()


def test_only_mistakes_are_shown_where_that_is_asked(predictions, tmp_path):
    (slide,) = written(tmp_path, predictions, show="mistakes")
    assert words_on(slide, "ash", 64, bold=True)


def test_a_picture_that_is_gone_is_listed_and_the_others_are_shown(predictions, tmp_path):
    gone = Path(predictions["path"][1])
    gone.unlink()
    made = write_slides(tmp_path / "slides", predictions, "trees", SlideOptions())
    assert (made.pictures, [one["path"] for one in made.skipped]) == (4, [str(gone)])


def test_a_picture_that_was_damaged_since_stops_no_slide(predictions, tmp_path):
    (tmp_path / "1.jpg").write_text("no picture")
    assert len(written(tmp_path, predictions)) == 5


def test_nothing_to_show_is_told(predictions, tmp_path):
    with pytest.raises(PictureError, match="No picture is left"):
        written(tmp_path, predictions, show="mistakes", label="ash")


def test_a_folder_with_something_in_it_is_left_as_it_is(predictions, tmp_path):
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides" / "mine.txt").write_text("mine")
    with pytest.raises(OptionError, match="not empty: give a new folder"):
        written(tmp_path, predictions)


def test_a_number_at_once_that_is_not_offered_is_refused():
    with pytest.raises(OptionError, match="1, 4, 6, 9. Received: 5"):
        SlideOptions(batch=5)
