"""How values are written in the files of a run folder and read again: JSON and CSV, errors as sentences."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from poetcore.errors import RunError
from poetcore.system.spreadsheets import escape, unescape

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_json", "read_json_lines", "read_record", "read_table", "to_csv", "to_json"]

Record = TypeVar("Record")


def to_json(value: Any) -> str:
    """Return a value as JSON, indented, with a line end."""
    return json.dumps(value, indent=2) + "\n"


def read_json(file: Path) -> Any:
    """Read the value of a JSON file.

    Raises:
        RunError: it is missing or damaged.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{file} is missing: the run is unfinished, train or evaluate again.") from None
    except (ValueError, RecursionError):
        raise RunError(f"{file} is damaged: train or evaluate again.") from None
    except OSError as error:
        raise RunError(
            f"{file} cannot be read ({error.strerror or error}): train or evaluate again."
        ) from None


def read_json_lines(file: Path) -> Iterator[dict[str, Any]]:
    """Read a file of one JSON object a line; a line that is damaged or not whole yet is passed over."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text[: text.rfind("\n") + 1].split("\n"):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value


def read_record(file: Path, kind: type[Record]) -> Record:
    """Read a dataclass from JSON; fields that a later version added or dropped do no harm.

    Args:
        file: the JSON file.
        kind: the dataclass.

    Raises:
        RunError: it is missing, no JSON, or a field is missing or of another type than the dataclass says.
    """
    types = get_type_hints(kind)
    try:
        values = {name: value for name, value in read_json(file).items() if name in types}
        if all(_fits(value, types[name]) for name, value in values.items()):
            return kind(**values)
    except (TypeError, AttributeError, ValueError):
        pass
    raise RunError(f"{file} is damaged or of another version: train or evaluate again.")


def to_csv(table: "pd.DataFrame") -> str:
    """Return a table as CSV that a spreadsheet opens without running what stands in it; see `spreadsheets`.

    Every CSV file that is made from a table comes from here, and `read_table` reads it again.
    """
    return _with_texts(table, escape).to_csv(
        # With this line end pandas quotes both kinds of line break, which file names may hold on Linux.
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


def _fits(value: Any, kind: Any) -> bool:
    """Return whether a value from JSON is of a field's type; in a container every value of it."""
    if kind is Any:
        return True
    if isinstance(kind, UnionType):
        return any(_fits(value, one) for one in get_args(kind))
    outer, inner = get_origin(kind) or kind, get_args(kind)
    if outer is tuple:
        return isinstance(value, list)
    if outer is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, outer):
        return False
    if outer is list and inner:
        return _all_fit(value, inner[0])
    return outer is not dict or not inner or _all_fit(value.values(), inner[1])


def _all_fit(values: Iterable[Any], kind: Any) -> bool:
    if kind in (int, str):  # a confusion matrix of 400 labels has 160,000 of them
        return set(map(type, values)) <= {kind}
    return all(_fits(value, kind) for value in values)
