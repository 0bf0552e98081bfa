"""The engine `litert`: one single-threaded LiteRT interpreter on every core of this machine.

Also what it shares with others that run a few pictures after the other in threads.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np

from poetcore.features.backbones import Backbone
from poetcore.features.engines import Batch, Bottleneck, Loaded, View
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.threads import run_in_threads
from poetcore.system.files import in_chunks

__all__ = ["Extractor", "Extractors", "extract_batches", "extract_in_threads", "extract_some", "interpreters"]


class Extractor(Protocol):
    """A network on one core; belongs to a thread."""

    engine: ClassVar[str]

    def extract_some(self, pixels: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
        """Turn pictures, `(size, size, 3) uint8` each, into vectors, `(vector_length,) float32` each."""


@dataclass(frozen=True)
class Extractors:
    """A network for every thread.

    Attributes:
        of_thread: returns the extractor of the current thread.
        at_once: how many pictures it is given at the most.
    """

    of_thread: Callable[[], Extractor]
    at_once: int = 1


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

    def tasks() -> Iterator[list[Callable[[], Sequence[Bottleneck]]]]:
        done = 0
        for batch in batches:
            found: list[Callable[[], Sequence[Bottleneck]]] = []
            if batch:
                chosen = choose(done)
                some = in_chunks(batch, chosen.at_once)
                found += [partial(extract_some, few, view, chosen.of_thread) for few in some]
            yield found
            done += len(batch)

    return run_in_threads(tasks(), workers)


def extract_some(pictures: Batch, view: View, of_thread: Callable[[], Extractor]) -> list[Bottleneck]:
    """Decode some pictures and extract their features.

    Args:
        pictures: the sha256 of the content that is meant, and a file that had it.
        view: what is seen of them.
        of_thread: returns the extractor of the current thread.
    """
    loaded = [view.load(sha, path) for sha, path in pictures]
    pixels = [one.pixels for one in loaded if isinstance(one, Loaded)]
    if not pixels:
        return [one for one in loaded if isinstance(one, Bottleneck)]
    extractor = of_thread()
    vectors = iter(extractor.extract_some(pixels))
    return [
        one.bottleneck(next(vectors), extractor.engine) if isinstance(one, Loaded) else one for one in loaded
    ]


def interpreters(file: Path) -> Extractors:
    """Return what makes an interpreter of a LiteRT file for each thread that asks for one."""
    local = _ThreadLocal()

    def of_thread() -> FeatureExtractor:
        if local.extractor is None:
            local.extractor = FeatureExtractor(file)
        return local.extractor

    return Extractors(of_thread)


class _ThreadLocal(threading.local):
    """A thread's interpreter, made when the thread first needs it."""

    extractor: FeatureExtractor | None = None
