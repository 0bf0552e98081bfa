"""A confusion matrix as a table: the right numbers under the right names."""

import re
from html.parser import HTMLParser

import pytest

from poetcore.evaluation.matrix_table import difference_table, matrix_table

LABELS = ["ant", "bee", "cat"]
#: Rows are true labels; no two cells off the diagonal are alike and no number is its mirror's.
COUNTS = [[5, 1, 0], [3, 2, 4], [0, 6, 8]]


class Table(HTMLParser):
    """The cells of a table, row by row: each its text and its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[tuple[str, dict[str, str | None]]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words = ""
        self.attrs = dict(attrs) if tag in ("td", "th", "table", "tr") else self.attrs
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.rows[-1].append((self.words, self.attrs))


def texts(html: str) -> list[list[str]]:
    return [[text for text, _ in row] for row in Table(html).rows]


def cell(html: str, row: int, column: int) -> dict[str, str | None]:
    """The attributes of a cell, counted from 0 without the headers."""
    return Table(html).rows[row + 2][column + 1][1]


def test_rows_are_true_labels_columns_predicted_ones_each_with_its_total():
    assert texts(matrix_table(COUNTS, LABELS))[1:] == [
        ["true label", "ant", "bee", "cat", "total"],
        ["ant", "5", "1", "0", "6"],
        ["bee", "3", "2", "4", "9"],
        ["cat", "0", "6", "8", "14"],
        ["total", "8", "9", "12", "29"],
    ]


def test_every_name_is_the_header_of_its_row_or_column():
    scopes = re.findall(r'<th scope="(row|col)" title="(\w+)"', matrix_table(COUNTS, LABELS))
    assert scopes == [("col", name) for name in LABELS] + [("row", name) for name in LABELS]


def test_labels_stand_in_the_order_that_is_asked_for_and_totals_are_of_all():
    assert texts(matrix_table(COUNTS, LABELS, [2, 0]))[1:] == [
        ["true label", "cat", "ant", "total"],
        ["cat", "8", "0", "14"],
        ["ant", "0", "5", "6"],
        ["total", "12", "8", "29"],
    ]


def test_percentages_are_of_all_pictures_of_the_true_label():
    assert texts(matrix_table(COUNTS, LABELS, [1, 0], percentages=True))[2][1:] == ["22 %", "33 %", "9"]


def test_one_picture_of_hundreds_is_not_rounded_away():
    assert texts(matrix_table([[399, 1], [0, 5]], LABELS[:2], percentages=True))[2][1:3] == [">99 %", "<1 %"]


def test_the_diagonal_is_right_and_the_rest_wrong_where_there_are_pictures():
    html = matrix_table(COUNTS, LABELS)
    kinds = [[cell(html, i, j)["class"] for j in range(3)] for i in range(3)]
    assert kinds == [["right", "wrong", "none"], ["wrong", "right", "wrong"], ["none", "wrong", "right"]]


def test_a_cell_tells_what_it_counts():
    assert cell(matrix_table(COUNTS, LABELS), 1, 0)["title"] == "bee, predicted ant: 3 pictures (33 % of bee)"


def test_a_label_without_pictures_has_no_share():
    assert cell(matrix_table([[0, 0], [1, 2]], LABELS[:2]), 0, 1)["style"] == "--share:0.0"


def test_names_with_html_in_them_are_shown_as_they_are_written():
    html = matrix_table([[1, 0], [0, 1]], ["<b>", "&"])
    assert "<b>" not in html and "&lt;b&gt;" in html and "&amp;" in html


@pytest.mark.parametrize("letters, upright", [(14, False), (15, True)])
def test_names_that_do_not_fit_side_by_side_stand_upright(letters, upright):
    names = [letter * letters for letter in "abc"]
    assert ('class="matrix upright"' in matrix_table(COUNTS, names)) == upright


def test_of_many_labels_cells_without_pictures_are_empty():
    counts = [[int(i == j) for j in range(60)] for i in range(60)]
    html = matrix_table(counts, [f"label {i}" for i in range(60)])
    assert 'class="matrix large upright"' in html and html.count("<td></td>") == 60 * 59 + 2


#: What another model makes of the same pictures: rows have the same sums.
AFTER = [[6, 0, 0], [3, 5, 1], [2, 6, 6]]


def test_difference_is_the_second_less_the_first():
    assert texts(difference_table(COUNTS, AFTER, LABELS))[2:] == [
        ["ant", "+1", "-1", "0", "6"],
        ["bee", "0", "+3", "-3", "9"],
        ["cat", "+2", "0", "-2", "14"],
        ["total", "+3", "+2", "-5", "29"],
    ]


def test_more_on_the_diagonal_and_fewer_beside_it_is_better():
    kinds = [
        [attrs.get("class") for _, attrs in row[1:-1]]
        for row in Table(difference_table(COUNTS, AFTER, LABELS)).rows[2:-1]
    ]
    assert kinds == [["right", "right", None], [None, "right", "right"], ["wrong", None, "wrong"]]
