"""The table in a CSV file of pictures, as spreadsheets, Kaggle and labelling tools write it."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poetcore.errors import DatasetError
from poetcore.system.files import printable
from poetcore.system.reading import TEXT_BYTES, read_limited
from poetcore.system.spreadsheets import read_rows, unescape

__all__ = ["CsvRow", "CsvTable", "read_text"]

#: What the columns may be called, whatever their case; the first that is there counts.
_PATH_COLUMNS = ("path", "file", "filename", "file_name", "image", "image_path", "image_id")
_LABEL_COLUMNS = ("label", "class", "category")
_SPLIT_COLUMNS = ("split", "set", "subset")

#: What Excel writes or takes as a first line to name the separator.
_SEPARATOR = re.compile(r"sep=(.)\s*", re.IGNORECASE)

_HEADER = "the first line must name the columns, such as path,label or path,label,split"


@dataclass(frozen=True)
class CsvRow:
    """A row as it stands in the file; `split` in lower case, "" where there is none."""

    line: int
    path: str
    label: str
    split: str


class CsvTable:
    """A CSV file as rows of the columns that count.

    Args:
        file: the CSV file; commas, semicolons or tabs separate its cells.

    Raises:
        DatasetError: it cannot be read, or has no header.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = list(io.StringIO(read_text(file), newline=""))
        self._first = 0
        separators = "\t,;" if file.suffix.lower() == ".tsv" else ",;\t"
        while self._first < len(self._lines) and not self._lines[self._first].strip():
            self._first += 1
        if self._first < len(self._lines) and (named := _SEPARATOR.fullmatch(self._lines[self._first])):
            separators = named[1]
            self._first += 1
        for self._separator in separators:
            header = next(self._read(), [])
            names = [re.sub(r"[ -]", "_", name.strip().casefold()) for name in header]
            found = [_column(names, known) for known in (_PATH_COLUMNS, _LABEL_COLUMNS, _SPLIT_COLUMNS)]
            if found[0] is not None and found[1] is not None:
                self._columns = found
                return
        raise DatasetError(f"{printable(file)} {self._what_is_wrong()}")

    @property
    def has_splits(self) -> bool:
        """Whether there is a column of splits."""
        return self._columns[2] is not None

    def rows(self) -> Iterator[CsvRow]:
        """Read the rows below the header; empty ones are skipped."""
        path, label, split = self._columns
        for number, cells in enumerate(self._read(), self._first + 1):
            if number > self._first + 1 and any(cell.strip() for cell in cells):
                split_name = self._cell(cells, split).casefold()
                yield CsvRow(number, self._cell(cells, path), self._cell(cells, label), split_name)

    def _cell(self, cells: list[str], column: int | None) -> str:
        return unescape(cells[column].strip()) if column is not None and column < len(cells) else ""

    def _read(self) -> Iterator[list[str]]:
        try:
            yield from read_rows(self._lines[self._first :], self._separator)
        except ValueError as error:
            raise DatasetError(f"{printable(self._file)} cannot be read as CSV ({error}).") from None

    def _what_is_wrong(self) -> str:
        first = self._lines[self._first].strip() if self._first < len(self._lines) else ""
        if not first:
            return f"is empty: {_HEADER}."
        shown = first if len(first) <= 60 else f"{first[:60]}..."
        return (
            f"has no columns of paths and labels: {_HEADER} (or {', '.join(_PATH_COLUMNS[1:])};"
            f" {', '.join(_LABEL_COLUMNS[1:])}; {', '.join(_SPLIT_COLUMNS[1:])}). Its first line is"
            f" {shown!r}."
        )


def _column(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def read_text(file: Path) -> str:
    """Read a text in the encodings that spreadsheets write.

    Raises:
        DatasetError: it cannot be read, or is no text.
    """
    try:
        content = read_limited(file, TEXT_BYTES)
    except OSError as error:
        raise DatasetError(f"{printable(file)} cannot be read ({error.strerror or error}).") from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in content[:2]:
        encodings = ["utf-16-be" if content[:1] == b"\0" else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DatasetError(f"{printable(file)} is no text in a known encoding: save it as CSV in UTF-8.")
