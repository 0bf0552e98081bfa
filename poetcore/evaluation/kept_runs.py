"""The runs that a server was asked about last, kept in memory between requests."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["KeptRuns"]

#: Runs that are kept, each with its network, 20 to 100 MB.
_MOST = 3

#: Files whose change makes another model of a run.
_FILES = ("run.json", "head.npz", "labels.txt", "backbone.tflite", "split.csv")

Loaded = TypeVar("Loaded")


class KeptRuns(Generic[Loaded]):
    """What was loaded of runs, by their names; for any thread.

    Args:
        workspace: in which the runs are.
        load: makes of a run what is kept.
    """

    def __init__(self, workspace: Workspace, load: Callable[[Run, Workspace], Loaded]) -> None:
        self._workspace = workspace
        self._load = load
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[object, Loaded]] = OrderedDict()

    def of(self, name: str) -> Loaded:
        """Return what is kept of a run, or load it anew where the run has changed since.

        Args:
            name: of the run.

        Raises:
            RunError: there is no finished run of that name, or it is damaged.
        """
        with self._lock:
            found = self._kept.get(name)
            if found is None or found[0] != _stamp(self._workspace.runs / name):
                self._kept.pop(name, None)
                run = self._workspace.run(name)
                found = _stamp(run.folder), self._load(run, self._workspace)
            self._kept[name] = found
            self._kept.move_to_end(name)
            while len(self._kept) > _MOST or (len(self._kept) > 1 and self._is_too_large()):
                self._kept.popitem(last=False)
            return found[1]

    def _is_too_large(self) -> bool:
        """Return whether what is kept takes more memory than it may."""
        return False


def _stamp(folder: Path) -> tuple[tuple[int, int] | None, ...]:
    """Return what changes when a run's model does."""
    found: list[tuple[int, int] | None] = []
    for name in _FILES:
        try:
            entry = (folder / name).stat()
        except OSError:
            found.append(None)
        else:
            found.append((entry.st_mtime_ns, entry.st_size))
    return tuple(found)
