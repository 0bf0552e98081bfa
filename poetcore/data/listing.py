"""A CSV file `path,label[,split]` in place of folders: what Kaggle and labelling tools give.

The first line names the columns, in any order and among others:

- `path` (or file, filename, file_name, image, image_path, image_id): a picture, relative to the folder of the
  CSV file or absolute. One without an ending may have `.jpg`, `.jpeg` or `.png`.
- `label` (or class, category); what stands in one cell is one label, and a picture has one. Only where a
  picture may have several (`multi_label`) `fire|smoke` and `fire;smoke` are two, as are two rows.
- `split` (or set, subset) may be missing. Rows of `test` (or `demo`; where there are none, of `validation`)
  are demo pictures, the others training pictures, which Poet splits itself. `labels.csv` is its training
  pictures, `labels.csv/test` those of one split.

Commas, semicolons or tabs separate the cells; the text is UTF-8, UTF-16 or Windows' cp1252. What Poet writes
can be read so too: a run's `split.csv` and `cross_validation.csv`, an evaluation's `predictions.csv`, what
`overview` and `label_image` write with `--output_csv`, and `to_csv` of a dataset.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from poetcore.data.csv_table import CsvRow, CsvTable
from poetcore.data.file_index import FileEntry
from poetcore.data.label_sets import join_set
from poetcore.data.labels import unusable_name
from poetcore.data.part_names import TEST_NAMES, TRAIN_NAMES, VALIDATION_NAMES
from poetcore.errors import DatasetError, OptionError
from poetcore.system.files import printable
from poetcore.system.outputs import check_output, write_output
from poetcore.system.paths import MAX_NAME, to_path
from poetcore.system.spreadsheets import csv_text

__all__ = [
    "Listing",
    "check_listing",
    "check_listing_file",
    "demo_part",
    "is_listing",
    "is_listing_name",
    "listing_hint",
    "read_listing",
    "write_listing",
]

_FILE_ENDINGS = {".csv", ".tsv"}
_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png")

#: No system takes a longer one that people would write.
_LONGEST_PATH = 4_000

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True)
class Listing:
    """The rows of a CSV file, or of a split of it.

    Attributes:
        folder: the CSV file, absolute, or the split's name below it.
        label_of: picture -> its label, each picture once.
        refused: rows that cannot be used: path, label, reason.
    """

    folder: Path
    label_of: dict[Path, str]
    refused: list[tuple[str, str, str]]


def is_listing(path: Path) -> bool:
    """Return whether a path is a CSV file, or names a split of one, such as `labels.csv/test`."""
    try:
        return any(is_listing_name(one) and one.is_file() for one in (path, path.parent))
    except OSError:  # in a folder that may not be read
        return False


def is_listing_name(path: Path) -> bool:
    """Return whether a path is called like a CSV file, whether or not one is there."""
    return path.suffix.lower() in _FILE_ENDINGS


def listing_hint(folder: Path) -> str:
    """Return a sentence that names a CSV file of paths and labels in a folder, or "" where there is none."""
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if is_listing_name(path) and path.is_file():
                with suppress(DatasetError):
                    CsvTable(path)
                    return f" A CSV file in it lists pictures and labels: give {printable(path)}."
    return ""


def demo_part(path: Path) -> Path:
    """Return where the demo pictures of a dataset are: of a CSV file with such rows `labels.csv/test`.

    Args:
        path: a folder, which is returned, or a CSV file.

    Raises:
        DatasetError: the CSV file cannot be read.
    """
    if not (is_listing(path) and path.is_file()):
        return path
    table = CsvTable(path)
    names = _demo_names(dict.fromkeys(row.split for row in table.rows())) if table.has_splits else []
    return path / (names[0] if len(names) == 1 else "demo") if names else path


def read_listing(path: Path, *, several: bool = False) -> Listing:
    """Read a CSV file of pictures, or a split of it.

    Args:
        path: a CSV file, of which its training pictures are read, or all where it has no splits; or a name
            below it: of a split, or `train` or `demo`, whatever it is called in the file.
        several: whether a picture may have several labels: those of its rows with `|` between.

    Raises:
        DatasetError: it cannot be read, has no header, no row, or no such split.
    """
    path = Path(os.path.abspath(path))
    file, wanted = (path, "") if path.is_file() else (path.parent, path.name.casefold())
    rows = list(CsvTable(file).rows())
    taken = _taken(file, wanted, dict.fromkeys(row.split for row in rows))
    labels: dict[Path, dict[str, None]] = {}
    refused = []
    for row in rows:
        if row.split not in taken:
            continue
        reason = _reason(row)
        if reason:
            named = row.path[:_LONGEST_PATH] or f"{printable(file)}, line {row.line}"
            refused.append((named, row.label[:MAX_NAME], reason))
        else:
            labels.setdefault(_place(file.parent, row.path), {})[row.label] = None
    label_of = {}
    for place, names in labels.items():
        first, *others = names
        if others and several:
            label_of[place] = join_set(names)
        elif others:
            both = f"is listed as {' and as '.join(names)}: keep one of these rows"
            refused.append((printable(place), first, both))
        else:
            label_of[place] = first
    return Listing(path, label_of, refused)


def write_listing(
    file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], force: bool = False
) -> None:
    """Write a CSV file of pictures that `read_listing` reads.

    Args:
        file: the CSV file.
        columns: what the columns are called; the first is `path`.
        rows: one a picture, its absolute path first; one below the folder of the file is written relative to
            it, so that both can be moved together.
        force: whether to replace a file that Poet did not write.

    Raises:
        OptionError: the file cannot be written, or is called otherwise than `read_listing` asks.
    """
    check_listing_file(file, force)
    folder = Path(os.path.abspath(file.parent))
    table = ([_relative(str(path), folder), *cells] for path, *cells in rows)
    write_output(file, csv_text([columns, *table]), force)


def check_listing_file(file: Path, force: bool = False) -> None:
    """Check before the work that `write_listing` can write a file.

    Raises:
        OptionError: it cannot, or may not.
    """
    if file.suffix.lower() not in _FILE_ENDINGS or file.is_dir():
        raise OptionError(f"{printable(file)} is no name of a CSV file: give one that ends in .csv.")
    check_output(file, force)


def _relative(path: str, folder: Path) -> str:
    place = Path(path)
    if not place.is_relative_to(folder):
        return path
    inside = place.relative_to(folder).as_posix()
    # Otherwise a reader takes away the blank, or what looks like an address for one.
    odd = inside[0].isspace() or inside.lower().startswith("file:")
    return f"./{inside}" if odd else inside


def _demo_names(splits: Mapping[str, object]) -> list[str]:
    """Return which splits are demo pictures; none where no split is called like one of training."""
    for names in (TEST_NAMES, VALIDATION_NAMES):
        if found := [name for name in splits if name in names]:
            return found
    return []


def _taken(file: Path, wanted: str, splits: Mapping[str, object]) -> set[str]:
    """Return the splits whose rows are meant."""
    demo = set(_demo_names(splits))
    if wanted and wanted in splits:
        return {wanted}
    if not wanted or wanted in TRAIN_NAMES:
        return set(splits) - demo or demo
    if demo and wanted in TEST_NAMES:
        return demo
    known = ", ".join(filter(None, splits)) or "none, for it has no column split"
    raise DatasetError(f"{printable(file)} has no split {wanted!r}: it has {known}.")


def _reason(row: CsvRow) -> str:
    """Return why a row cannot be used, before its file is looked at; "" where it can."""
    if not row.path:
        return "has no path"
    if _ADDRESS.match(row.path) and not _is_file_address(row.path):
        return "is an address, not a file: download it with the command gather"
    if len(row.path) > _LONGEST_PATH:
        return f"has a path of more than {_LONGEST_PATH:,} characters"
    if "\0" in row.path:
        return "has a path with the character NUL"
    if not row.label:
        return "has no label"
    if unusable_name(row.label) or len(row.label.encode()) > MAX_NAME:
        return f"has a label with control characters or more than {MAX_NAME} bytes"
    return ""


def _is_file_address(path: str) -> bool:
    try:
        return path.lower().startswith("file:") and bool(to_path(path))
    except OptionError:  # of another computer
        return False


def _place(folder: Path, path: str) -> Path:
    """Return where a picture is."""
    if _is_file_address(path):
        return to_path(path)
    place = folder / path
    if "\\" in path and os.sep == "/" and not os.path.lexists(place):
        place = folder / path.replace("\\", "/")
    if not place.suffix and not os.path.lexists(place):
        named = (place.with_name(place.name + ending) for ending in _PICTURE_ENDINGS if place.name)
        place = next((one for one in named if os.path.lexists(one)), place)
    return Path(os.path.abspath(place))


def check_listing(listing: Listing, entries: Sequence[FileEntry]) -> None:
    """Check that some row names a picture that is there.

    Args:
        listing: the rows.
        entries: what is in the files that they name.

    Raises:
        DatasetError: none does.
    """
    file = printable(listing.folder)
    if not entries and not listing.refused:
        raise DatasetError(f"{file} has no rows: write one a picture, its path and its label.")
    if not entries:
        path, _, reason = listing.refused[0]
        raise DatasetError(f"No row of {file} can be used: {path} {reason}.")
    if not any(entry.sha for entry in entries):
        raise DatasetError(
            f"None of the {len(entries):,} pictures in {file} can be read: paths are relative to the folder"
            f" of the CSV file. The first, {printable(entries[0].path)}, {entries[0].reason}."
        )
