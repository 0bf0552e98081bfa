"""The feature vectors of many pictures as one table in a file: memory does not grow with the pictures.

A table of moderate size is memory-mapped. The pages of a mapped file that were read count as memory of the
process, and at random rows soon all of them were; so the rows of a larger one are read as they are asked for.
The file is deleted when nothing refers to the table any more, or with the process, however that ends.
"""

import os
import tempfile
import weakref
from collections.abc import Hashable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

__all__ = ["FeatureTable", "StoredRows"]

#: Up to so many bytes a table is mapped, which is faster: 50,000 vectors of 1,280 numbers.
_MAPPED_BYTES = 256_000_000

#: Bytes that are read at once at the most.
_READ_BYTES = 2**30


class StoredRows:
    """The rows of a table in a file, as far as a trainer needs an array: its shape, and some rows at a time.

    Args:
        file: open for reading; kept open as long as this object is there.
        shape: rows and numbers in a row, float32 each.
    """

    def __init__(self, file: int, shape: tuple[int, int]) -> None:
        self._file = os.dup(file)
        weakref.finalize(self, os.close, self._file)
        self.shape = shape

    def __len__(self) -> int:
        return self.shape[0]

    def take(self, rows: np.ndarray, axis: int = 0) -> np.ndarray:
        """Read rows, `(k, row length) float32`; for any thread.

        Args:
            rows: `(k,) int64`, their numbers; such as follow one another are read at once.
            axis: 0, as of an array of this shape.

        Raises:
            OSError: the file cannot be read.
        """
        rows = np.asarray(rows, np.int64)
        found = np.empty((len(rows), self.shape[1]), np.float32)
        size = found.itemsize * self.shape[1]
        # A row that is not the next one of that before it begins a run; a run ends where another begins.
        begins = np.flatnonzero(np.diff(rows, prepend=-2) != 1).tolist()
        for begin, end in zip(begins, [*begins, len(rows)][1:], strict=True):
            left, at = found[begin:end].data.cast("B"), int(rows[begin]) * size
            while left:  # a system reads 2 GB at once at the most
                read = os.preadv(self._file, [left[:_READ_BYTES]], at)
                if not read:
                    raise OSError("The table of feature vectors ends too early.")
                left, at = left[read:], at + read
        return found


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
        self._array: np.ndarray | StoredRows = np.empty((0, vector_length), np.float32)

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
    def array(self) -> np.ndarray | StoredRows:
        """All feature vectors added so far, `(n, vector_length) float32`, read-only; see `StoredRows`."""
        if len(self._array) != len(self._row):
            # One map for all readers: the pages of each further map would count as memory again.
            self._file.flush()
            shape = (len(self._row), self._vector_length)
            if 4 * shape[0] * shape[1] > _MAPPED_BYTES and hasattr(os, "preadv"):
                self._array = StoredRows(self._file.fileno(), shape)
            else:
                self._array = np.memmap(self._file, np.float32, "r", shape=shape)
        return self._array

    def rows(self, keys: Iterable[Hashable]) -> np.ndarray:
        """Return the rows of `array` in which the feature vectors of keys are: `(n,) int64`.

        Raises:
            KeyError: a key is unknown.
        """
        return np.fromiter((self._row[key] for key in keys), np.int64)
