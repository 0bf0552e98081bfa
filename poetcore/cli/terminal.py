"""What a command shows: progress bars and messages on standard error, results on standard output."""

import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from poetcore.system.files import one_line
from poetcore.system.progress_bars import Bars

__all__ = ["Terminal", "table"]

#: Characters of a name in the first column of a table; the rest goes on below.
_WIDEST = 44

#: More files that cannot be used than this would hide what a command has to say.
_SKIPPED = 20


class Terminal:
    """Prints what a command has to show.

    Args:
        as_json: end with one line of JSON on standard output instead of words and tables.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False, markup=False, emoji=False)
        self._messages = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def message(self, message: str) -> None:
        """Print a message on standard error."""
        self._messages.print(message, soft_wrap=True)

    def skipped(self, word: str, skipped: Sequence[Mapping[str, object]]) -> None:
        """Print which files could not be used, each with `path` and `reason`, on standard error."""
        for one in skipped[:_SKIPPED]:
            self.message(f"{word}: {one_line(str(one['path']))} {one['reason']}.")
        if len(skipped) > _SKIPPED:
            self.message(f"{word}: {len(skipped) - _SKIPPED:,} more; --json lists them all.")

    def answer(self, data: dict[str, Any], *shown: str | Table) -> None:
        """Print the result: `data` as one line of JSON, or what is `shown` to a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(data, allow_nan=False) + "\n")
            sys.stdout.flush()
            return
        for part in shown:
            self._out.print(part, soft_wrap=isinstance(part, str))

    def bars(self) -> Bars:
        """Return the progress bars, on standard error, to be used in a `with` statement."""
        return Bars(self._messages)


def table(title: str, columns: list[str], rows: list[list[str]]) -> Table:
    """Return a table; every column but the first is a figure and stands to the right."""
    drawn = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        drawn.add_column(column, justify="right" if number else "left", overflow="fold", no_wrap=not number)
    for first, *others in rows:
        # A long name would take the place of the figures.
        drawn.add_row("\n".join(textwrap.wrap(first, _WIDEST, drop_whitespace=False)) or first, *others)
    return drawn
