"""What a command shows: progress bars and messages on standard error, results on standard output."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from poetcore.cli.options import DEFAULT_WORKSPACE
from poetcore.system.files import one_line
from poetcore.system.progress_bars import Bars

__all__ = ["Terminal", "command_line", "fits", "next_line", "table", "typed", "workspace_option"]

#: A border and a blank on either side of each cell.
_BETWEEN = 3

#: Characters of a name or a sentence that stand side by side at the least.
_LEAST = 8

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

    def line(self, line: str) -> None:
        """Print a line of the result while the command still works.

        It stands on standard output, in a terminal above the bars; with JSON on standard error.
        """
        beside_bars = self._out.is_terminal and self._messages.is_terminal
        console = self._messages if self.as_json or beside_bars else self._out
        console.print(line, soft_wrap=True)

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
            self._out.print(part, soft_wrap=isinstance(part, str), crop=False)

    def bars(self) -> Bars:
        """Return the progress bars, on standard error, to be used in a `with` statement."""
        return Bars(self._messages)


def table(title: str, columns: list[str], rows: list[list[str]], whole: Collection[str] = ()) -> Table:
    """Return a table whose figures are whole: where it is too wide, words are wrapped.

    Args:
        title: what stands above it.
        columns: their headings; every column but the first is a figure and stands to the right.
        rows: the cells of each row.
        whole: headings of columns whose cells are never broken, such as names that are to be copied.
    """
    # A title that is wider than its table, such as a path, is not broken at the table's edge.
    above = Text(title, no_wrap=True, overflow="ignore")
    drawn = Table(title=above, title_justify="left")
    least = [
        max(map(cell_len, cells)) if cells[0] in whole else _least_width(cells)
        for cells in zip(columns, *rows, strict=True)
    ]
    left = Console().width - _BETWEEN * len(columns) - 1 - sum(least[1:])
    for number, column in enumerate(columns):
        drawn.add_column(
            column,
            justify="right" if number else "left",
            overflow="fold",
            min_width=least[number],
            max_width=None if number or column in whole else max(left, _LEAST),
            no_wrap=column in whole,
        )
    for row in rows:
        drawn.add_row(*row)
    return drawn


def fits(columns: list[str], rows: list[list[str]]) -> bool:
    """Return whether a table is no wider than the terminal with every cell on one line."""
    widths = [
        max(cell_len(line) for cell in cells for line in cell.splitlines() or [""])
        for cells in zip(columns, *rows, strict=True)
    ]
    return sum(widths) + _BETWEEN * len(widths) + 1 <= Console().width


def _least_width(cells: tuple[str, ...]) -> int:
    """Return the width that a column needs: figures are never broken, words of a sentence or name are."""
    heading, *others = (line for cell in cells for line in cell.splitlines() or [""])
    if any(any(map(str.isalpha, cell)) for cell in others):
        return min(_LEAST, max(map(cell_len, cells)))
    return max(map(cell_len, [*heading.split(), *others]), default=0)


def command_line(command: str, *arguments: object) -> str:
    """Return a command of Poet as it can be typed into this system's terminal.

    >>> command_line("merge", "photos", "-rose", "rose")
    'python -m poetcore merge -- photos -rose rose'
    """
    words = list(map(str, arguments))
    words = [
        "python",
        "-m",
        "poetcore",
        command,
        *(["--"] if any(w[:1] == "-" for w in words) else []),
        *words,
    ]
    return typed(words)


def next_line(command: str, workspace: Path, *arguments: str) -> str:
    """Return the line that names the command that comes next, in the same workspace."""
    return f"Next: {typed(['python', '-m', 'poetcore', command, *arguments, *workspace_option(workspace)])}"


def workspace_option(workspace: Path) -> list[str]:
    """Return the option that names a workspace, nothing for the usual one."""
    return [] if workspace == DEFAULT_WORKSPACE else ["--workspace", str(workspace)]


def typed(words: Sequence[str]) -> str:
    """Return words as one line that this system's terminal takes apart into the same words."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
