"""CSV that a spreadsheet opens without running what stands in it, and CSV with cells of any length.

A cell that begins like a formula gets an apostrophe before it, and so does one that begins with apostrophes
and goes on like a formula: so reading takes exactly one away again.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

__all__ = ["csv_line", "csv_text", "escape", "read_line", "read_rows", "unescape"]

#: What spreadsheets take for the beginning of a formula: "CSV Injection",
#: owasp.org/www-community/attacks/CSV_Injection.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - East Asia's wide ones too

#: Python's own limit is 131,072 characters; more than this its reader cannot take on Windows.
_LONGEST_CELL = 2**31 - 1


def escape(text: str) -> str:
    """Return the text of a cell so that no spreadsheet runs it.

    >>> escape("=1+1"), escape("'=1+1"), escape("rose")
    ("'=1+1", "''=1+1", 'rose')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unescape(text: str) -> str:
    """Return what `escape` was given.

    >>> unescape("'=1+1"), unescape("'rose'")
    ('=1+1', "'rose'")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


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
