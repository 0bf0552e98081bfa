"""How values are written in the files of a run folder and read again: JSON and CSV, errors as sentences."""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from poetcore.errors import RunError
from poetcore.system.checksums import sealed, sha256_of, unsealed
from poetcore.system.reading import read_text_limited
from poetcore.system.shapes import build_from
from poetcore.system.spreadsheets import escape, unescape

if TYPE_CHECKING:
    import pandas as pd
    from _typeshed import DataclassInstance

__all__ = [
    "as_record",
    "check_file",
    "line_of",
    "read_json",
    "read_json_lines",
    "read_record",
    "read_table",
    "to_csv",
    "to_json",
]

Record = TypeVar("Record")

#: Records are small; one of hundreds of labels is not kept in memory.
_REMEMBERED_BYTES, _SETTLED_NS = 100_000, 2_000_000_000


def to_json(value: Any) -> str:
    """Return a value as JSON, indented, with a line end."""
    return json.dumps(value, indent=2) + "\n"


def read_json(file: Path, remedy: str = "train or evaluate again") -> Any:
    """Read the value of a JSON file.

    Args:
        file: the JSON file.
        remedy: what to do where that fails, for the end of the sentence.

    Raises:
        RunError: it is missing or damaged.
    """
    try:
        return json.loads(read_text_limited(file), parse_constant=_refuse)
    except FileNotFoundError:
        raise RunError(f"{file} is missing: the run is unfinished, {remedy}.") from None
    except (ValueError, RecursionError):
        raise RunError(f"{file} is damaged: {remedy}.") from None
    except OSError as error:
        raise RunError(f"{file} cannot be read ({error.strerror or error}): {remedy}.") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def read_json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Read a file of one JSON object a line; a line that is damaged or not whole yet is passed over.

    Each line is one of `line_of`, or of an earlier version, without a checksum.
    """
    try:
        text = read_text_limited(file, errors="replace")
    except OSError:
        return
    for line in text[: text.rfind("\n") + 1].split("\n"):
        try:
            value = unsealed(json.loads(line, parse_constant=_refuse))
        except (ValueError, TypeError, AttributeError, RecursionError):
            continue
        yield value


def line_of(values: dict[str, Any]) -> str:
    """Return a JSON object as a line with its checksum, to be added to a file.

    What is no number, such as the cross entropy of a training that diverged, becomes null: JSON has no other.
    """
    told = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
    return json.dumps(sealed(told)) + "\n"


def read_record(file: Path, kind: type[Record], remedy: str = "train or evaluate again") -> Record:
    """Read a dataclass from JSON; fields that a later version added or dropped do no harm.

    This is where records are validated; whoever has one need not look again.

    Args:
        file: the JSON file.
        kind: the dataclass; its annotations say what its values must be (`system/shapes`), and its method
            `is_sound`, if it has one, whether they go together.
        remedy: what to do where that fails, for the end of the sentence.

    Raises:
        RunError: it is missing, no JSON, not as it was written, or a value is missing or impossible.
    """
    with suppress(OSError):  # told where it is read
        stat = file.stat()
        # A file younger than two seconds may change again within one tick of its file system's clock.
        if stat.st_size <= _REMEMBERED_BYTES and time.time_ns() - stat.st_mtime_ns > _SETTLED_NS:
            return cast(
                Record,
                _remembered(file, cast(Any, kind), remedy, stat.st_size, stat.st_mtime_ns, stat.st_ino),
            )
    return _read_record(file, kind, remedy)


@lru_cache(maxsize=1_024)
def _remembered(file: Path, kind: type[Record], remedy: str, *stamp: int) -> Record:
    """Read a record once, as long as nobody writes its file; whoever is given it changes nothing in it."""
    return _read_record(file, kind, remedy)


def _read_record(file: Path, kind: type[Record], remedy: str) -> Record:
    values = read_json(file, remedy)
    with suppress(ValueError, TypeError, AttributeError, RecursionError):
        record: Record = build_from(unsealed(values), kind)
        return record
    raise RunError(f"{file} is damaged or of another version: {remedy}.")


def as_record(record: "DataclassInstance") -> str:
    """Return a dataclass as JSON with its checksum, by which `read_record` knows whether it is as it was."""
    return to_json(sealed(asdict(record)))


def check_file(file: Path, checksums: Mapping[str, str], remedy: str) -> None:
    """Check that a file is as it was written; one whose checksum is not known counts as that.

    Args:
        file: which one.
        checksums: sha256 by the names of files.
        remedy: what to do where it is not, for the end of the sentence.

    Raises:
        RunError: it is not.
    """
    told = checksums.get(file.name)
    with suppress(OSError):  # what is missing is told where it is read
        if told is not None and sha256_of(file) != told:
            raise RunError(f"{file} is damaged, it is not as it was written: {remedy}.")


def to_csv(table: "pd.DataFrame", *, header: bool = True) -> str:
    """Return a table as CSV that a spreadsheet opens without running what stands in it; see `spreadsheets`.

    Every CSV file that is made from a table comes from here, and `read_table` reads it again.

    Args:
        table: which one.
        header: whether the names of its columns come first.
    """
    return _with_texts(table, escape).to_csv(
        # With this line end pandas quotes both kinds of line break, which file names may hold on Linux.
        header=header,
        index=False,
        lineterminator="\r\n",
    )


def read_table(
    file: Path,
    text_columns: tuple[str, ...],
    optional: tuple[str, ...] = (),
    numbers: tuple[str, ...] = (),
) -> "pd.DataFrame":
    """Read a CSV file.

    Args:
        file: the CSV file.
        text_columns: columns that must be there; they are read as text whatever they look like.
        optional: columns of text that may be there.
        numbers: columns that must be there and hold numbers; those of probabilities, `p_...`, hold some too.

    Raises:
        RunError: it is missing or damaged.
    """
    import pandas as pd

    try:
        table = pd.read_csv(file, dtype=dict.fromkeys((*text_columns, *optional), str), keep_default_na=False)
    except FileNotFoundError:
        raise RunError(f"{file} is missing: train or evaluate again.") from None
    except ValueError:
        raise RunError(f"{file} is damaged: train or evaluate again.") from None
    except OSError as error:
        raise RunError(
            f"{file} cannot be read ({error.strerror or error}): train or evaluate again."
        ) from None
    table = _with_texts(table, unescape)
    names = [name for name in table.columns if name in numbers or (numbers and name.startswith("p_"))]
    sound = table.empty or all(pd.api.types.is_numeric_dtype(dtype) for dtype in table[names].dtypes)
    if not sound or not {*text_columns, *numbers} <= set(table.columns):
        raise RunError(f"{file} is damaged: train or evaluate again.")
    return table


def _with_texts(table: "pd.DataFrame", change: Callable[[str], str]) -> "pd.DataFrame":
    """Return a table with every text in it changed, those of its heading too."""
    import pandas as pd

    def changed(value: Any) -> Any:
        return change(value) if isinstance(value, str) else value

    new = table.copy(deep=False)
    for place, (_, column) in enumerate(table.items()):  # by place: names may occur twice
        if not pd.api.types.is_numeric_dtype(column.dtype):
            new.isetitem(place, column.map(changed).array)
    return new.set_axis([changed(name) for name in table.columns], axis=1)
