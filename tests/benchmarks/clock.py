"""What tasks measure, and on which files."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from poetcore.system.files import walk

__all__ = ["Answer", "Clock", "files_in"]

Answer = dict[str, Any]


def files_in(folder: str) -> Sequence[Path]:
    """List the files below a folder."""
    return [Path(entry.path) for entry in walk(Path(folder))]


class Clock:
    """Runs from when it is made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def rate(self, count: int) -> Answer:
        """Return how long so many took: seconds, and processor time on all cores together."""
        seconds = time.perf_counter() - self._wall
        busy = time.process_time() - self._processor
        return {
            "seconds": seconds,
            "count": count,
            "rate": count / seconds,
            "cpu_ms_each": 1000 * busy / count,
        }
