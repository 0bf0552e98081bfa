"""What a terminal shows of predictions: one as the original script prints it, several as a table."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.cli.predictions import prediction_lines
from poetcore.cli.terminal import Terminal
from poetcore.evaluation.classifier import Prediction
from tests.cli.inside import call

LABELS = ("daisy", "rose", "tulip", "oak", "ash", "elm")


def prediction(path: str, *shares: float) -> Prediction:
    return Prediction(Path(path), LABELS[: len(shares)], np.array(shares, np.float32))


@pytest.fixture
def shown(capsys, monkeypatch):
    """Prints predictions to a terminal of 80 characters and returns the lines."""
    monkeypatch.setenv("COLUMNS", "80")

    def show(*found: Prediction, top: int | None = None, seconds: float | None = None) -> list[str]:
        Terminal(False).answer({}, *prediction_lines(found, top, seconds))
        return capsys.readouterr().out.splitlines()

    return show


def test_one_picture_is_printed_word_for_word_as_by_the_original_script(shown):
    assert shown(prediction("a.jpg", 0.001, 0.99071, 0.00829), seconds=0.1234) == [
        "",
        "Evaluation time (1-image): 0.123s",
        "",
        "rose (score=0.99071)",
        "tulip (score=0.00829)",
        "daisy (score=0.00100)",
    ]


def test_five_labels_of_one_picture_are_printed(shown):
    assert len(shown(prediction("a.jpg", 0.9, 0.02, 0.02, 0.02, 0.02, 0.02))) == 5


def test_a_time_that_was_not_measured_is_not_printed(shown):
    assert "time" not in shown(prediction("a.jpg", 0.9, 0.1))[0]


def test_an_unsure_prediction_is_told_in_the_words_of_the_page(shown):
    assert shown(prediction("a.jpg", 0.45, 0.4, 0.15))[-1] == (
        "Not sure. Most probable is daisy, with 45 %. It may be something else, or none of these labels."
    )


def test_a_picture_unlike_the_training_pictures_is_unknown_however_sure_the_model_is(shown):
    strange = replace(prediction("a.jpg", 0.96, 0.04), unknown=True)
    assert shown(strange)[-1].startswith("Unknown. It is unlike the training pictures and may be none of")


def test_unknown_pictures_of_a_table_are_counted_apart_from_unsure_ones(shown):
    strange = replace(prediction("a.jpg", 0.5, 0.5), unknown=True)
    lines = shown(strange, prediction("b.jpg", 0.5, 0.5), prediction("c.jpg", 0.9, 0.1))
    assert [row[-1] for row in cells(lines) if row[0]] == ["unknown", "not sure", ""]
    assert [line[:30] for line in lines if line.startswith(("Unknown", "Not sure"))] == [
        "Unknown: 1 of 3 pictures. Each",
        "Not sure of 1 of 3 pictures: e",
    ]


def test_a_model_of_one_label_has_no_second_one_to_be_unsure_of(shown):
    assert shown(prediction("a.jpg", 1.0)) == ["daisy (score=1.00000)"]


def cells(lines: list[str]) -> list[list[str]]:
    """Return the cells of a printed table's rows."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")]


def test_several_pictures_are_a_table_under_the_folder_that_they_share(shown):
    lines = shown(prediction("demo/a/x.jpg", 0.9, 0.1), prediction("demo/b/y.jpg", 0.2, 0.8))
    assert lines[0].strip() == "Predictions in demo"
    assert cells(lines) == [["a/x.jpg", "daisy", "0.90000"], ["b/y.jpg", "rose", "0.80000"]]


def test_pictures_without_a_folder_in_common_have_their_whole_paths(shown):
    assert [row[0] for row in cells(shown(prediction("/a/x.jpg", 0.9, 0.1), prediction("y.jpg", 1.0)))] == [
        str(Path("/a/x.jpg")),
        "y.jpg",
    ]


def test_an_unsure_picture_in_a_table_has_the_next_label_too(shown):
    lines = shown(prediction("a/x.jpg", 0.9, 0.1), prediction("a/y.jpg", 0.55, 0.45))
    assert cells(lines)[1:] == [["y.jpg", "daisy", "0.55000", "not sure"], ["", "rose", "0.45000", ""]]
    assert lines[-1].startswith("Not sure of 1 of 2 pictures")


def test_a_table_has_as_many_labels_as_asked(shown):
    lines = shown(prediction("a/x.jpg", 0.9, 0.06, 0.04), prediction("a/y.jpg", 0.9, 0.06, 0.04), top=3)
    assert [row[1] for row in cells(lines)] == ["daisy", "rose", "tulip"] * 2


def test_a_table_with_long_paths_and_unsure_pictures_fits_a_terminal(shown):
    lines = shown(*(prediction(f"{'x' * 90}/{i}/{'y' * 90}.jpg", 0.5, 0.5) for i in range(3)))
    assert max(map(len, lines[1:-1])) <= 80


def test_the_network_is_timed_although_the_features_are_in_the_cache(trained):
    photo = next((trained.sample / "demo" / "rose").iterdir())
    words = ("label_image", photo, "--workspace", trained.workspace.root)
    call(*words)
    found = json.loads(call(*words, "--json").stdout)
    assert found["evaluation_seconds"] > 0.001 and found["predictions"][0]["unsure"] in (True, False)
    assert re.match(r"\nEvaluation time \(1-image\): \d+\.\d{3}s\n\n\w+ \(score=", call(*words).stdout)
