"""CSV files run nothing in a spreadsheet, and give back exactly what was written."""

import csv
import io
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.system.spreadsheets import csv_text, escape, read_rows, unescape
from poetcore.workspace.records import read_table, to_csv

FORMULAS = ["=1+1", "+1", "-rose", "@SUM(A1)", "\t=1", "\r=1", "＝1"]
#: What file names and labels are made of to run something.
hostile = st.text(st.sampled_from("=+-@\t\r\n;,\"'| ax＝"), max_size=12)
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


def elsewhere(text: str) -> list[str]:
    """What a spreadsheet that separates by something else may take for cells: quotes do not count then."""
    return [cell.lstrip('"') for cell in re.split("[;\t\r\n]", text)]


@given(st.lists(hostile, min_size=1, max_size=4))
def test_whatever_is_written_is_read_and_runs_nowhere(cells):
    text = csv_text([["first", *cells]])
    ((_, *read),) = csv.reader(io.StringIO(text, newline=""))
    assert [unescape(cell) for cell in read] == cells
    assert not [one for one in [*read, *elsewhere(text)] if one.startswith(tuple("=+-@＝"))]
    assert [unescape(escape(cell)) for cell in cells] == cells


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=4), hostile)
@settings(max_examples=30)
def test_a_table_is_read_as_it_was_written(tmp_path_factory, rows, heading):
    file = tmp_path_factory.getbasetemp() / "table.csv"
    table = pd.DataFrame(rows, columns=["first", f"x{heading}"])
    file.write_text(to_csv(table), encoding="utf-8", newline="")
    assert read_table(file, tuple(table.columns)).equals(table)


def test_numbers_stay_numbers():
    assert csv_text([["rose", -1, 0.5], ["-rose", True, None]]) == "rose,-1,0.5\r\n'-rose,True,\r\n"


def test_a_cell_may_be_longer_than_pythons_own_limit():
    assert list(read_rows(["a," + "x" * 200_000])) == [["a", "x" * 200_000]]


@pytest.mark.parametrize("text", ["a\rb", "a\nb", "\r", "\n", 'a"b', "a,b"])
def test_a_cell_with_a_line_break_is_read_as_it_was_written(text):
    rows = read_rows(io.StringIO(csv_text([["", text], ["x", "y"]]), newline=""))
    assert [[unescape(cell) for cell in row] for row in rows] == [["", text], ["x", "y"]]
