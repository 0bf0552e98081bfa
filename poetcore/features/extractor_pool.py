"""Extractors for any thread: each works for one thread at a time, and there is one a core at the most."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from poetcore.features.feature_extractor import PictureExtractor
from poetcore.system.files import cores

__all__ = ["ExtractorPool"]


class ExtractorPool:
    """Extractors that are made as they are needed and lent to one thread after the other.

    Args:
        make: returns another one.
        most: of them at once; None for one a core.
    """

    def __init__(self, make: Callable[[], PictureExtractor], most: int | None = None) -> None:
        self._make = make
        self._free = threading.Semaphore(most or cores())
        self._idle: list[PictureExtractor] = []

    @contextmanager
    def borrowed(self) -> Iterator[PictureExtractor]:
        """Lend an extractor for the time of a `with` block; wait while all of them are lent.

        Raises:
            BackboneError: a file is damaged, or a network cannot be converted.
        """
        with self._free:
            try:
                extractor = self._idle.pop()  # a list's pop and append are safe in threads
            except IndexError:
                extractor = self._make()
            try:
                yield extractor
            finally:
                self._idle.append(extractor)
