"""What every way of extracting features is asked for, and what it answers; nothing but Python's own library.

A way is a module that its own interpreter runs, `python -m tests.benchmarks.peers.NAME ARGUMENTS_AS_JSON`,
and that prints one line of JSON. Modules of other libraries import nothing of Poet: where they are installed
Poet need not be.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["SIZE", "STEPS", "Answer", "Clock", "Task", "cores", "pictures", "run_way"]

#: Pixels a side of the network's input.
SIZE = 224

#: The codelab's training: so many steps of 100 pictures at a rate of 0.01.
STEPS, BATCH, RATE = 4000, 100, 0.01

Answer = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """What a way is to do.

    Attributes:
        train: folder of label folders whose features are extracted.
        demo: likewise, to evaluate on.
        place: what was prepared: `check.npz`, `weights.pth`, `model.onnx`, `models/`.
        accurate: whether to train a last layer too, and to evaluate it.
        started: when the process was started, in seconds since 1970.
        how: which of the way's settings.
    """

    train: str
    demo: str
    place: str
    accurate: bool
    started: float
    how: str = ""

    def prepared(self, name: str) -> Path:
        return Path(self.place, name)

    def ready_s(self) -> float:
        """Return the seconds since the process was started."""
        return time.time() - self.started


class Clock:
    """Runs from when it is made; the processor time includes that of child processes that have ended."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), _processor()

    def rate(self, count: int) -> Answer:
        """Return how long so many pictures took."""
        seconds = time.perf_counter() - self._wall
        return {
            "count": count,
            "seconds": seconds,
            "rate": count / seconds,
            "cpu_ms_each": 1000 * (_processor() - self._processor) / count,
        }


def _processor() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pictures(folder: str) -> list[tuple[str, int]]:
    """List a folder of label folders: path and number of the label, in order."""
    labels = sorted(path for path in Path(folder).iterdir() if path.is_dir())
    return [(str(file), number) for number, label in enumerate(labels) for file in sorted(label.iterdir())]


def run_way(way: Callable[[Task], Answer]) -> None:
    """Do the task on the command line and print the answer."""
    print(json.dumps(way(Task(**json.loads(sys.argv[1])))), flush=True)
