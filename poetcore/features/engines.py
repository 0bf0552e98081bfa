"""The engines that describe pictures: which there are, and what they share.

`litert` runs a LiteRT model on every core of this machine, `keras` runs the network in batches, for a machine
with a graphics card, and `ray` spreads LiteRT over the machines of a Ray cluster. All of them look at a
picture through the same `View`.
"""

import importlib.util
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import OptionError, PictureError
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.litert import FeatureExtractor
from poetcore.system.files import cores

__all__ = [
    "BATCH",
    "DEFAULT_ENGINE",
    "ENGINES",
    "Batch",
    "Bottleneck",
    "View",
    "check_engine",
    "extract_locally",
    "extract_one",
    "in_threads",
]

ENGINES = ("litert", "keras", "ray")
DEFAULT_ENGINE = "litert"

#: How many pictures are described and committed at once: what a killed process loses at the most.
BATCH = 32

#: Pictures: (content, a file that had it).
Batch = Sequence[tuple[str, Path]]

T = TypeVar("T")


@dataclass(frozen=True)
class Bottleneck:
    """What became of one picture.

    Attributes:
        sha: its content.
        vector: `(vector_length,) float32`, or None where the picture cannot be used.
        reason: why it cannot be used, or None.
        cached: whether the vector was there already.
        decoded: whether its pixels were decoded now, or at least tried; a file that is gone or was changed
            meanwhile says nothing of its content.
    """

    sha: str
    vector: np.ndarray | None
    reason: str | None = None
    cached: bool = False
    decoded: bool = False


@dataclass(frozen=True)
class View:
    """How an engine looks at pictures.

    Attributes:
        size: pixels a side of what the network sees.
        distortions: how a variant is made.
        variant: which one; 0 for the pictures themselves.
    """

    size: int
    augmentation: Augmentation
    variant: int

    def look(self, sha: str, path: Path) -> np.ndarray | Bottleneck:
        """Give a picture's pixels, `(size, size, 3) uint8`, or what is wrong with it.

        Args:
            sha: the content that is meant.
            path: a file that had it.
        """
        try:
            content = images.read(path)
            if sha_of(content) != sha:
                raise PictureError("was changed while it was being read: start again")
        except PictureError as error:
            return Bottleneck(sha, None, str(error))
        try:
            if self.variant:
                return self.augmentation.apply(content, self.size, sha, self.variant)
            return images.to_square(content, self.size)
        except PictureError as error:
            return Bottleneck(sha, None, str(error), decoded=True)


def extract_one(sha: str, path: Path, view: View, model: Callable[[], FeatureExtractor]) -> Bottleneck:
    """Decode and describe one picture with LiteRT.

    Args:
        sha: the content that is meant.
        path: a file that had it.
        view: how to look at it.
        model: gives an interpreter of the caller's thread.
    """
    seen = view.look(sha, path)
    if isinstance(seen, Bottleneck):
        return seen
    return Bottleneck(sha, model().extract(seen), decoded=True)


def check_engine(engine: str, backbone: Backbone) -> None:
    """Make sure that an engine is there and can run a backbone.

    Raises:
        OptionError: it is unknown, not installed, or cannot.
    """
    if engine not in ENGINES:
        raise OptionError(f"Unknown engine {engine!r}: choose {', '.join(ENGINES)}.")
    if engine == "keras" and backbone.quantized:
        raise OptionError(
            f"The engine keras cannot run {backbone.name}, which exists as a LiteRT model only: choose the"
            f" engine litert or ray, or train with the architecture {backbone.network}."
        )
    if engine == "ray" and importlib.util.find_spec("ray") is None:
        raise OptionError(
            'The engine ray needs Ray, which is not installed: install it with `pip install "ray[data]"`, or'
            " choose the engine litert."
        )


def extract_locally(
    batches: Iterable[Batch], model: Callable[[], Path], view: View, workers: int | None = None
) -> Generator[list[Bottleneck], None, None]:
    """Describe batches of pictures on this machine's cores, in the order given.

    Each worker decodes and infers with an interpreter of its own.

    Args:
        batches: lists of (content, file); a list may be empty.
        model: gives the LiteRT file; called only if there is something to describe.
        view: how to look at them.
        workers: threads; one per core by default.
    """
    own = threading.local()
    file: Path | None = None

    def interpreter() -> FeatureExtractor:
        if not hasattr(own, "model"):
            assert file is not None
            own.model = FeatureExtractor(file)
        return own.model

    def with_model() -> Iterator[Batch]:
        nonlocal file
        for batch in batches:
            if batch and file is None:
                file = model()
            yield batch

    return in_threads(with_model(), lambda sha, path: extract_one(sha, path, view, interpreter), workers)


def in_threads(
    batches: Iterable[Batch], task: Callable[[str, Path], T], workers: int | None = None
) -> Generator[list[T], None, None]:
    """Do something with every picture in threads, in the order given.

    Two batches are under way while a third one is waited for: memory does not grow with their number.

    Args:
        batches: lists of (content, file), taken in the caller's thread; a list may be empty.
        task: what to do with one.
        workers: threads; one per core by default.
    """
    with ThreadPoolExecutor(workers or cores()) as pool:
        under_way: deque[list[Future[T]]] = deque()
        try:
            for batch in batches:
                under_way.append([pool.submit(task, sha, path) for sha, path in batch])
                if len(under_way) > 2:
                    yield [future.result() for future in under_way.popleft()]
            while under_way:
                yield [future.result() for future in under_way.popleft()]
        finally:
            # Where the caller stops early, what has not begun is not done any more.
            pool.shutdown(cancel_futures=True)
