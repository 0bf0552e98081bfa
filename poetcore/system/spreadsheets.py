"""CSV that a spreadsheet opens without running what stands in it, and CSV with cells of any length.

A cell that begins like a formula gets an apostrophe before that. So does what stands behind a semicolon, tab
or line break in a cell: where the comma separates decimals, spreadsheets take a semicolon for the end of a
cell, and then quotation marks protect nothing. Apostrophes that are there already get another one, so reading
takes exactly one away again.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator

__all__ = ["csv_line", "csv_text", "escape", "read_line", "read_rows", "unescape"]

#: Where a spreadsheet may take text for the beginning of a cell, and then for that of a formula: "CSV
#: Injection", owasp.org/www-community/attacks/CSV_Injection.
_FORMULA = r"[=+\-@\t\r\n＝＋－＠]"  # noqa: RUF001 - East Asia's wide ones too
_AT_START = re.compile(rf"()([\"']*)(?={_FORMULA})")
_INSIDE = re.compile(rf"([;\t\r\n])([\"']*)(?={_FORMULA})")

#: Python's own limit is 131,072 characters; more than this its reader cannot take on Windows.
_LONGEST_CELL = 2**31 - 1


def escape(text: str) -> str:
    """Return the text of a cell so that no spreadsheet runs it.

    >>> escape("=1+1"), escape("'=1+1"), escape("rose")
    ("'=1+1", "''=1+1", 'rose')
    """
    return _changed(text, lambda quotes: f"{quotes}'")


def unescape(text: str) -> str:
    """Return what `escape` was given.

    >>> unescape("'=1+1"), unescape("'rose'")
    ('=1+1', "'rose'")
    """
    return _changed(text, lambda quotes: quotes.removesuffix("'"))


def _changed(text: str, change: Callable[[str], str]) -> str:
    """Return a text with the quotation marks changed that stand where a formula may begin."""
    if start := _AT_START.match(text):
        text = change(start[2]) + text[start.end() :]
    if _INSIDE.search(text):
        text = _INSIDE.sub(lambda found: found[1] + change(found[2]), text)
    return text


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV; cells that are no text, such as numbers, are written as they are."""
    out = io.StringIO()
    # With this line end both kinds of line break are quoted, which file names may hold on Linux.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([escape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def csv_line(cells: Iterable[str]) -> str:
    """Return a row as one line of CSV, every cell quoted, so that `read_line` knows whether it is whole.

    Line breaks in a cell become spaces.
    """
    out = io.StringIO()
    flat = [escape(" ".join(cell.splitlines())) for cell in cells]
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerow(flat)
    return out.getvalue()


def read_line(line: str) -> list[str]:
    """Return the cells of a line of CSV; none where it is not whole, as a killed process leaves it.

    >>> read_line('"a","it was b"'), read_line('"a","it wa')
    (['a', 'it was b'], [])
    """
    csv.field_size_limit(_LONGEST_CELL)
    try:
        return [unescape(cell) for cell in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        return []


def read_rows(lines: Iterable[str], delimiter: str = ",") -> Iterator[list[str]]:
    """Read CSV row by row, cells as they stand there.

    Args:
        lines: with their line ends.
        delimiter: what separates cells.

    Raises:
        ValueError: it is no CSV.
    """
    csv.field_size_limit(_LONGEST_CELL)
    try:
        yield from csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    except csv.Error as error:
        raise ValueError(str(error)) from None
