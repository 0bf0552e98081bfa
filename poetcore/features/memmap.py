"""Many pictures' vectors as one memory-mapped table, so that memory does not grow with the pictures.

The file behind it is gone when the table is no longer used, or with the process, however that ends.
"""

import tempfile
from collections.abc import Hashable, Iterable
from pathlib import Path

import numpy as np

__all__ = ["FeatureTable"]


class FeatureTable:
    """Vectors by key: filled first, then read.

    Args:
        folder: on a disk with room for it; made where it is missing.
        length: numbers in a vector.
    """

    def __init__(self, folder: Path, length: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)
        self._length = length
        self._row: dict[Hashable, int] = {}
        self._array: np.ndarray = np.empty((0, length), np.float32)

    def __len__(self) -> int:
        return len(self._row)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._row

    def __del__(self) -> None:
        self._file.close()

    def add(self, key: Hashable, vector: np.ndarray) -> None:
        """Add one vector, `(length,)`; of a key that is there already, the first one stays."""
        if key not in self._row:
            # Written, not mapped: pages that are written through a map count as this process's memory.
            self._file.write(np.ascontiguousarray(vector, np.float32).data)
            self._row[key] = len(self._row)

    @property
    def array(self) -> np.ndarray:
        """All vectors added so far, `(n, length) float32`, read-only and memory-mapped."""
        if len(self._array) != len(self._row):
            # One map for all who read: the pages of every further one would count as memory again.
            self._file.flush()
            self._array = np.memmap(self._file, np.float32, "r", shape=(len(self._row), self._length))
        return self._array

    def rows(self, keys: Iterable[Hashable]) -> np.ndarray:
        """Say in which rows of `array` the vectors stand: `(n,) int64`.

        Raises:
            KeyError: a key is not there.
        """
        return np.fromiter((self._row[key] for key in keys), np.int64)
