"""Progress bars in a terminal or a notebook, and a line now and then in a log file."""

import time
from html import escape
from typing import Any

from rich import progress as rich_progress
from rich.console import Console

from poetcore.system.progress import Progress, ProgressLog

__all__ = ["Bars", "NotebookBars"]

#: Seconds between two changes of a bar in a notebook.
_SECONDS = 0.1


class Bars:
    """Progress bars with an estimate, one per phase; a context manager.

    Args:
        console: where they are drawn.
    """

    def __init__(self, console: Console) -> None:
        drawn = console.is_terminal or console.is_jupyter
        self._bars = rich_progress.Progress(
            rich_progress.SpinnerColumn(),
            rich_progress.TextColumn("{task.description}"),
            rich_progress.BarColumn(),
            rich_progress.MofNCompleteColumn(),
            rich_progress.TimeElapsedColumn(),
            rich_progress.TimeRemainingColumn(),
            console=console,
            # A log file gets lines instead of bars.
            disable=not drawn,
        )
        self._tasks: dict[str, rich_progress.TaskID] = {}
        lines = ProgressLog(lambda line: console.print(line, soft_wrap=True))
        self._log = None if drawn else lines

    def __enter__(self) -> "Bars":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, progress: Progress) -> None:
        """Show how far a task is: a bar for each phase, in a log file a line every few seconds."""
        if progress.total == 1:
            return  # over before a bar could be read
        if self._log:
            self._log(progress)
        name, total = progress.words, progress.total or None
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total)
        self._bars.update(self._tasks[name], completed=progress.done, total=total)


class NotebookBars:
    """A bar in a notebook for the phase that is under way, gone when the work is done; a context manager.

    It is plain HTML: rich's needs ipywidgets in a notebook, and without it shows a warning instead of a bar.
    """

    def __init__(self) -> None:
        self._handle: Any = None
        self._shown = 0.0
        self._words = ""

    def __enter__(self) -> "NotebookBars":
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle:
            self._draw("")

    def show(self, progress: Progress) -> None:
        """Show how far a task is."""
        now = time.monotonic()
        if progress.words != self._words or now - self._shown > _SECONDS or progress.done == progress.total:
            value = f'value="{progress.share:.3f}"' if progress.total else ""
            self._draw(f"<progress {value}></progress> {escape(progress.text)}")
            self._words, self._shown = progress.words, now

    def _draw(self, html: str) -> None:
        from IPython.display import display

        data = {"text/html": html, "text/plain": ""}
        if self._handle:
            self._handle.update(data, raw=True)
        else:
            self._handle = display(data, raw=True, display_id=True)
