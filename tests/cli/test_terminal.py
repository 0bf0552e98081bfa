"""What a command shows: results on standard output, messages on standard error, words as they are."""

import json
import shlex
from pathlib import Path

import pytest

from poetcore.cli.terminal import Terminal, command_line, next_line, table
from poetcore.system.progress import Progress


@pytest.mark.parametrize("label", ["[red]", "[/]", "[bold]x[/bold]", ":rose:"])
def test_a_label_is_printed_literally_in_a_table(capsys, label):
    Terminal(False).answer({}, table("Each label", ["label", "pictures"], [[label, "3"]]))
    assert label in capsys.readouterr().out


@pytest.mark.parametrize("label", ["[red]", "[/]", ":rose:"])
def test_a_label_is_printed_literally_in_the_head_of_a_table(capsys, label):
    Terminal(False).answer({}, table("Confusion", ["", label], [["x", "3"]]))
    assert label in capsys.readouterr().out


@pytest.mark.parametrize("label", ["[red]", "[/]", ":rose:"])
def test_a_label_is_printed_literally_in_a_sentence(capsys, label):
    Terminal(False).answer({}, f"It is {label}.")
    assert capsys.readouterr().out == f"It is {label}.\n"


@pytest.mark.parametrize("label", ["[red]", "[/]", ":rose:"])
def test_a_label_is_printed_literally_in_a_message(capsys, label):
    Terminal(False).message(f"It is {label}.")
    assert capsys.readouterr().err == f"It is {label}.\n"


def test_a_title_that_is_wider_than_its_table_stays_one_line(capsys):
    title = "/home/someone/tf_files/flower_photos with a longer name"
    Terminal(False).answer({}, table(title, ["label", "pictures"], [["rose", "3"]]))
    assert title in capsys.readouterr().out


def test_a_long_sentence_stays_one_line(capsys):
    Terminal(False).answer({}, "word " * 100)
    assert capsys.readouterr().out.count("\n") == 1


def test_json_is_one_line_in_place_of_words(capsys):
    Terminal(True).answer({"name": "a\nb", "none": None}, "words", table("t", ["x"], [["y"]]))
    assert json.loads(capsys.readouterr().out) == {"name": "a\nb", "none": None}


def test_messages_stay_off_standard_output(capsys):
    Terminal(True).message("on the way")
    assert capsys.readouterr().out == ""


def test_a_log_file_gets_a_line_when_something_begins_and_no_picture_of_a_bar(capsys):
    with Terminal(False).bars() as bars:
        for done in (1, 2, 3):
            bars.show(Progress("scanning", done, 3))
        bars.show(Progress("training", 10, 4000))
    lines = "Scanning the folder: 1 of 3\nTraining the last layer: 10 of 4,000\n"
    assert capsys.readouterr() == ("", lines)


def test_a_single_picture_gets_no_bar(capsys):
    with Terminal(False).bars() as bars:
        bars.show(Progress("predicting", 1, 1))
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def narrow(monkeypatch):
    """A terminal of 60 characters."""
    monkeypatch.setenv("COLUMNS", "60")


def test_a_long_name_is_wrapped_and_no_figure_is_cut(capsys, narrow):
    figures = ["1,234,567", "98.7 %", "0.123"]
    rows = [["x" * 200, *figures]]
    Terminal(False).answer({}, table("t", ["label", "training pictures", "share", "F1"], rows))
    shown = capsys.readouterr().out
    assert all(figure in shown for figure in figures) and shown.count("x") == 200
    assert max(map(len, shown.splitlines())) <= 60


def test_a_table_of_more_figures_than_fit_loses_none(capsys, narrow):
    figures = [str(10**6 + number) for number in range(9)]
    Terminal(False).answer({}, table("t", ["label", *figures], [["x", *figures]]))
    shown = capsys.readouterr().out
    assert all(shown.count(figure) == 2 for figure in figures)


@pytest.mark.parametrize("words", [("my photos", "Rose ", "rose"), ("photos", "-rose", "it's")])
def test_a_command_that_is_shown_can_be_typed(words):
    typed = shlex.split(command_line("merge", *words))
    assert [word for word in typed if word != "--"] == ["python", "-m", "poetcore", "merge", *words]


def test_the_command_that_comes_next_is_for_the_same_workspace():
    line = next_line("evaluate", Path("my files"), "--run", "roses")
    assert line.startswith("Next: python -m poetcore evaluate --run roses --workspace ")


def test_the_usual_workspace_is_not_named():
    assert next_line("dashboard", Path("tf_files")) == "Next: python -m poetcore dashboard"
