"""Tables as CSV: exactly what was written comes back, and a spreadsheet runs none of it."""

import csv
import io

import pandas as pd
import pytest

from poetcore.workspace.records import read_table, to_csv

NAMES = ["=1+1", "+x", "-rose", "@all", "'quoted'", "'=1", "''-", "=a\r\nb", "rose", "1e5", "", "001"]


@pytest.fixture
def table() -> pd.DataFrame:
    columns = {"path": NAMES, "label": NAMES[::-1], "-1": range(len(NAMES)), "=sum": -0.5}
    return pd.DataFrame(columns).assign(correct=[True, False] * 6)


def test_no_cell_begins_like_a_formula(table):
    rows = list(csv.DictReader(io.StringIO(to_csv(table), newline="")))
    texts = [text for row in rows for text in (*row, row["path"], row["label"])]
    assert [text for text in texts if text[:1] in set("=+-@\t\r\n")] == []


def test_what_was_written_comes_back(table, tmp_path):
    (tmp_path / "a.csv").write_bytes(to_csv(table).encode())
    pd.testing.assert_frame_equal(
        read_table(tmp_path / "a.csv", ("path", "label")).astype({"path": object, "label": object}),
        table.astype({"path": object, "label": object}),
    )


def test_negative_numbers_stay_numbers(table):
    assert ",-0.5," in to_csv(table)


def test_a_file_of_an_earlier_version_is_read_as_it_is(tmp_path):
    (tmp_path / "a.csv").write_text("path,label\n-a.jpg,=rose\n'b'.jpg,'\n")
    assert read_table(tmp_path / "a.csv", ("path", "label")).values.tolist() == [
        ["-a.jpg", "=rose"],
        ["'b'.jpg", "'"],
    ]


def test_a_table_may_have_no_rows():
    assert to_csv(pd.DataFrame(columns=["path", "=a"])) == "path,'=a\r\n"
