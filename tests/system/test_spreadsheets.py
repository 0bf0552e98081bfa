"""CSV files run nothing in a spreadsheet, and give back exactly what was written."""

import io

import pytest

from poetcore.system.spreadsheets import csv_text, escape, read_rows, unescape

FORMULAS = ["=1+1", "+1", "-rose", "@SUM(A1)", "\t=1", "\r=1", "＝1"]
TEXTS = [*FORMULAS, "", "rose", "'", "'rose'", "''", "'=1", "''=1", "' =1", " =1", "a=1", "-", "'-", "''-x"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_like_a_formula(text):
    assert escape(text)[0] == "'"


@pytest.mark.parametrize("text", ["", "rose", "'rose'", "a=1", "1-2", "/photos/-a.jpg"])
def test_other_text_stays_as_it_is(text):
    assert escape(text) == text


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_escaped_comes_back(text):
    assert unescape(escape(text)) == text


def test_different_texts_stay_different():
    assert len({escape(text) for text in TEXTS}) == len(set(TEXTS))


def test_numbers_stay_numbers():
    assert csv_text([["rose", -1, 0.5], ["-rose", True, None]]) == "rose,-1,0.5\r\n'-rose,True,\r\n"


def test_a_cell_may_be_longer_than_pythons_own_limit():
    assert list(read_rows(["a," + "x" * 200_000])) == [["a", "x" * 200_000]]


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "\r", "\n", 'a"b', "a,b"])
def test_a_cell_with_a_line_break_is_read_as_it_was_written(text):
    rows = read_rows(io.StringIO(csv_text([["", text], ["x", "y"]]), newline=""))
    assert [[unescape(cell) for cell in row] for row in rows] == [["", text], ["x", "y"]]
