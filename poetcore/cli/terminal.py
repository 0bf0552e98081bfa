"""What a command shows: progress bars and messages on standard error, results on standard output."""

import json
import sys
import time
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from poetcore.training.progress import Progress as SignOfLife

__all__ = ["Bars", "Terminal", "table"]

#: Seconds between two lines of progress in a log file.
_LOG_SECONDS = 5

_PHASES = {
    "drawing": "Drawing sample flowers",
    "scanning": "Looking through the folder",
    "backbone": "Preparing the backbone",
    "bottlenecks": "Describing pictures",
    "training": "Training",
    "testing": "Testing",
    "evaluating": "Judging the demo folder",
}


class Terminal:
    """Where a command's words go.

    Args:
        as_json: end with one line of JSON on standard output instead of words and tables.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._out = Console(highlight=False, markup=False, emoji=False)
        self._messages = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def say(self, message: str) -> None:
        """Tell something on the way, on standard error."""
        self._messages.print(message, soft_wrap=True)

    def answer(self, data: dict[str, Any], *shown: str | Table) -> None:
        """Give the result: `data` as JSON, or what is `shown` to a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(data, allow_nan=False) + "\n")
            sys.stdout.flush()
            return
        for part in shown:
            self._out.print(part, soft_wrap=isinstance(part, str))

    def bars(self) -> "Bars":
        return Bars(self._messages)


class Bars:
    """Progress bars with an estimate, one per phase; a context manager."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            # A log file wants the messages, not a picture of a bar.
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, Any] = {}
        self._log = None if console.is_terminal else console
        self._logged = 0.0

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, description: str, done: int, total: int) -> None:
        """Show how far something is; an unknown bar is added, and in a log file now and then a line."""
        now = time.monotonic()
        if self._log and (description not in self._tasks or now - self._logged > _LOG_SECONDS):
            self._log.print(f"{description}: {done} of {total}" if total else description, soft_wrap=True)
            self._logged = now
        if description not in self._tasks:
            self._tasks[description] = self._progress.add_task(description, total=total or None)
        self._progress.update(self._tasks[description], completed=done, total=total or None)

    def watch(self, sign: SignOfLife) -> None:
        """Show what a training says of itself."""
        self.update(_PHASES[sign.phase], sign.done, sign.total)


def table(title: str, columns: list[str], rows: list[list[str]]) -> Table:
    """Lay out a table; every column but the first is a figure and stands to the right."""
    drawn = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        drawn.add_column(column, justify="right" if number else "left", overflow="fold", no_wrap=not number)
    for row in rows:
        drawn.add_row(*row)
    return drawn
