"""The engine `litert`: one single-threaded LiteRT interpreter on every core of this machine.

Also what it shares with others that run one picture after the other in threads.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from poetcore.features.backbones import Backbone
from poetcore.features.engines import Batch, Bottleneck, View
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.threads import run_in_threads

__all__ = ["Extractor", "Extractors", "extract_batches", "extract_in_threads", "extract_one", "interpreters"]


class Extractor(Protocol):
    """A network on one core; belongs to a thread."""

    engine: ClassVar[str]

    def extract(self, pixels: np.ndarray) -> np.ndarray:
        """Turn `(size, size, 3) uint8` into `(vector_length,) float32`."""


#: Returns the extractor of the current thread.
Extractors = Callable[[], Extractor]


def extract_batches(
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures in the order given; see `ExtractBatches`.

    Each thread decodes pictures and runs them through an interpreter that belongs to it alone.
    """
    made = cache(lambda: interpreters(model()))
    return extract_in_threads(batches, view, workers, lambda _: made())


def extract_in_threads(
    batches: Iterable[Batch], view: View, workers: int | None, choose: Callable[[int], Extractors]
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures in threads, in the order given.

    Args:
        batches: taken one by one, in the caller's thread; a batch may be empty.
        view: what is seen of a picture.
        workers: threads; one per core by default.
        choose: returns what extracts a batch; called in the caller's thread with the number of pictures
            before it, only for a batch that is not empty.
    """

    def tasks() -> Iterator[list[Callable[[], Bottleneck]]]:
        done = 0
        for batch in batches:
            extractors = choose(done) if batch else None
            yield [partial(extract_one, sha, path, view, extractors) for sha, path in batch if extractors]
            done += len(batch)

    return run_in_threads(tasks(), workers)


def extract_one(sha: str, path: Path, view: View, extractors: Extractors) -> Bottleneck:
    """Decode one picture and extract its features.

    Args:
        sha: sha256 of the content that is meant.
        path: a file that had it.
        view: what is seen of it.
        extractors: returns the extractor of the current thread.
    """
    loaded = view.load(sha, path)
    if isinstance(loaded, Bottleneck):
        return loaded
    extractor = extractors()
    return loaded.bottleneck(extractor.extract(loaded.pixels), extractor.engine)


def interpreters(file: Path) -> Extractors:
    """Return what makes an interpreter of a LiteRT file for each thread that asks for one."""
    local = _ThreadLocal()

    def of_thread() -> FeatureExtractor:
        if local.extractor is None:
            local.extractor = FeatureExtractor(file)
        return local.extractor

    return of_thread


class _ThreadLocal(threading.local):
    """A thread's interpreter, made when the thread first needs it."""

    extractor: FeatureExtractor | None = None
