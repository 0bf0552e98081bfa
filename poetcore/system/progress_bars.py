"""Progress bars in a terminal or a notebook, and a line now and then in a log file."""

from rich import progress as rich_progress
from rich.console import Console

from poetcore.system.progress import Progress, ProgressLog

__all__ = ["Bars"]


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
