"""The runs that a server was asked about last, kept in memory between requests."""

import threading
from collections import OrderedDict
from pathlib import Path

from poetcore.evaluation.looks.looker import Looker
from poetcore.workspace.workspace import Workspace

__all__ = ["KeptLookers"]

#: Runs that are kept, each with its network, 20 to 100 MB.
_MOST = 3

#: Bytes of feature vectors that are kept; of one run more, where it has more.
_MOST_BYTES = 500_000_000

#: Files whose change makes another model of a run.
_FILES = ("run.json", "head.npz", "labels.txt", "backbone.tflite", "split.csv")


class KeptLookers:
    """Lookers by the names of their runs; for any thread.

    Args:
        workspace: in which the runs are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[object, Looker]] = OrderedDict()

    def __reduce__(self) -> tuple[type["KeptLookers"], tuple[Workspace]]:
        return KeptLookers, (self._workspace,)  # another process loads what it needs

    def of(self, name: str) -> Looker:
        """Return a run's looker: the one that is kept, or a new one where the run has changed since.

        Args:
            name: of the run.

        Raises:
            RunError: there is no finished run of that name, or it is damaged.
        """
        with self._lock:
            known, looker = self._kept.get(name, (None, None))
            if looker is None or known != _stamp(looker.run.folder):
                self._kept.pop(name, None)
                run = self._workspace.run(name)
                known, looker = _stamp(run.folder), Looker(run, self._workspace)
            self._kept[name] = known, looker
            self._kept.move_to_end(name)
            while len(self._kept) > _MOST or (len(self._kept) > 1 and self._bytes() > _MOST_BYTES):
                self._kept.popitem(last=False)
            return looker

    def _bytes(self) -> int:
        return sum(looker.held_bytes for _, looker in self._kept.values())


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
