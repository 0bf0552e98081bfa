"""The feature vectors of many pictures as one memory-mapped table: memory does not grow with the pictures.

The file behind it is deleted when the table is closed, or with the process, however that ends.
"""

import tempfile
from collections.abc import Hashable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

__all__ = ["FeatureTable"]


class FeatureTable(AbstractContextManager["FeatureTable"]):
    """Feature vectors by key: filled first, then read; closed by `with`.

    Args:
        folder: on a disk with room for it; made where it is missing.
        vector_length: features of a picture.
    """

    def __init__(self, folder: Path, vector_length: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - __exit__ closes it
        self._vector_length = vector_length
        self._row: dict[Hashable, int] = {}
        self._array: np.ndarray = np.empty((0, vector_length), np.float32)

    def __len__(self) -> int:
        return len(self._row)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._row

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, key: Hashable, vector: np.ndarray) -> None:
        """Add one feature vector, `(vector_length,) float32`; under a known key the first one stays."""
        if key not in self._row:
            # Written, not mapped: pages that are written through a map count as this process's memory.
            self._file.write(np.ascontiguousarray(vector, np.float32).data)
            self._row[key] = len(self._row)

    @property
    def array(self) -> np.ndarray:
        """All feature vectors added so far, `(n, vector_length) float32`, read-only and memory-mapped."""
        if len(self._array) != len(self._row):
            # One map for all readers: the pages of each further map would count as memory again.
            self._file.flush()
            self._array = np.memmap(self._file, np.float32, "r", shape=(len(self._row), self._vector_length))
        return self._array

    def rows(self, keys: Iterable[Hashable]) -> np.ndarray:
        """Return the rows of `array` in which the feature vectors of keys are: `(n,) int64`.

        Raises:
            KeyError: a key is unknown.
        """
        return np.fromiter((self._row[key] for key in keys), np.int64)
