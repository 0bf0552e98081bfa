"""The engines that extract features: a table of which there are, and the types that all of them share.

Each engine is one module with a function `extract_batches` (`ExtractBatches`). All of them load a picture
through the same `View`, so that a bottleneck does not depend on the engine by more than rounding.
"""

import importlib
import importlib.util
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, cast

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.data.perceptual_hash import PerceptualHash, hash_picture
from poetcore.errors import OptionError, PictureError
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import Backbone
from poetcore.system.files import cores

__all__ = [
    "BATCH_SIZE",
    "DEFAULT_ENGINE",
    "ENGINES",
    "Batch",
    "Bottleneck",
    "Engine",
    "ExtractBatches",
    "Loaded",
    "View",
    "check_engine",
    "map_in_threads",
]

#: How many pictures are extracted and committed to the cache at once: what a killed process loses at most.
BATCH_SIZE = 32

#: Pictures: (sha256 of the content, a file that had it).
Batch = Sequence[tuple[str, Path]]

T = TypeVar("T")


@dataclass(frozen=True)
class Bottleneck:
    """The features of one picture, or the reason why it has none.

    Attributes:
        sha: sha256 of its content.
        vector: its feature vector, `(vector_length,) float32`, or None where the picture cannot be used.
        reason: why it cannot be used, or None.
        cached: whether the feature vector was in the cache already.
        decoded: whether its pixels were decoded now, with or without success; False where the file is gone
            or was changed meanwhile, which does not concern its content.
        hash: its perceptual hash, where it was decoded now and is no augmented copy; else None.
    """

    sha: str
    vector: np.ndarray | None
    reason: str | None = None
    cached: bool = False
    decoded: bool = False
    hash: PerceptualHash | None = None


@dataclass(frozen=True)
class Loaded:
    """A decoded picture.

    Attributes:
        sha: sha256 of its content.
        pixels: `(size, size, 3) uint8`, RGB, 0 to 255.
        hash: its perceptual hash; None of an augmented copy.
    """

    sha: str
    pixels: np.ndarray
    hash: PerceptualHash | None = None

    def bottleneck(self, vector: np.ndarray) -> Bottleneck:
        """Return the bottleneck with the feature vector that was computed, `(vector_length,) float32`."""
        return Bottleneck(self.sha, vector, decoded=True, hash=self.hash)


@dataclass(frozen=True)
class View:
    """What an engine sees of a picture: its input size, and which augmented copy.

    Attributes:
        size: pixels a side of the network's input.
        augmentation: how an augmented copy is drawn.
        copy: which augmented copy, from 1; 0 for the picture itself.
    """

    size: int
    augmentation: Augmentation
    copy: int

    def load(self, sha: str, path: Path) -> Loaded | Bottleneck:
        """Read and decode a picture, once for the network and for the perceptual hash.

        Args:
            sha: sha256 of the content that is meant.
            path: a file that had it.

        Returns:
            The picture, or a bottleneck with the reason why it cannot be used.
        """
        try:
            content = images.read(path)
            if sha_of(content) != sha:
                raise PictureError("was changed while it was being read: start again")
        except PictureError as error:
            return Bottleneck(sha, None, str(error))
        try:
            if self.copy:
                return Loaded(sha, self.augmentation.apply(content, self.size, sha, self.copy))
            picture = images.decode(content, at_least=self.size)
            return Loaded(sha, images.resize_to_square(picture, self.size), hash_picture(picture))
        except PictureError as error:
            return Bottleneck(sha, None, str(error), decoded=True)


class ExtractBatches(Protocol):
    """The function `extract_batches` that every engine's module has."""

    def __call__(
        self,
        batches: Iterable[Batch],
        backbone: Backbone,
        model: Callable[[], Path],
        view: View,
        workers: int | None,
    ) -> Generator[list[Bottleneck], None, None]:
        """Extract the features of batches of pictures.

        Args:
            batches: taken one by one, in the caller's thread; a batch may be empty.
            backbone: which network.
            model: returns the LiteRT file of the backbone; called only if there is something to compute.
            view: what is seen of a picture.
            workers: threads of this machine; one per core by default.

        Yields:
            The bottlenecks of one batch, in the order given unless the engine is `unordered`.
        """


@dataclass(frozen=True)
class Engine:
    """One way to run a backbone.

    Attributes:
        module: what is imported when the engine is used; has `extract_batches`.
        package: an optional package that it needs, or empty.
        missing: the sentence for the user when that package is not installed.
        runs_quantized: whether it can run quantized (int8) backbones.
        unordered: whether it takes all batches first and yields them as workers finish.
        cache_suffix: appended to the cache key where its feature vectors differ from those of `litert` in
            the last bits: kept apart, no result depends on which engine ran before.
    """

    module: str
    package: str = ""
    missing: str = ""
    runs_quantized: bool = True
    unordered: bool = False
    cache_suffix: str = ""

    def load(self) -> ExtractBatches:
        """Import the engine's module and return its `extract_batches`."""
        return cast(ExtractBatches, importlib.import_module(self.module).extract_batches)


DEFAULT_ENGINE = "litert"

ENGINES: dict[str, Engine] = {
    DEFAULT_ENGINE: Engine("poetcore.features.litert_engine"),
    "keras": Engine("poetcore.features.keras_engine", runs_quantized=False, cache_suffix="+keras"),
    "ray": Engine(
        "poetcore.features.ray_engine",
        package="ray",
        missing='The engine ray needs Ray, which is not installed: install it with `pip install "ray[data]"`,'
        f" or choose the engine {DEFAULT_ENGINE}.",
        unordered=True,
    ),
}


def check_engine(name: str, backbone: Backbone) -> None:
    """Check that an engine is installed and can run a backbone.

    Args:
        name: of the engine.
        backbone: what it is to run.

    Raises:
        OptionError: the engine is unknown, not installed, or cannot run the backbone.
    """
    if name not in ENGINES:
        raise OptionError(f"Unknown engine {name!r}: choose {', '.join(ENGINES)}.")
    engine = ENGINES[name]
    if (backbone.quantized or backbone.lite_only) and not engine.runs_quantized:
        others = " or ".join(other for other, one in ENGINES.items() if one.runs_quantized)
        instead = "" if backbone.lite_only else f", or train with the architecture {backbone.network}"
        raise OptionError(
            f"The engine {name} cannot run {backbone.name}, which exists as a LiteRT model only: choose the"
            f" engine {others}{instead}."
        )
    if engine.package and importlib.util.find_spec(engine.package) is None:
        raise OptionError(engine.missing)


def map_in_threads(
    batches: Iterable[Batch], task: Callable[[str, Path], T], workers: int | None = None
) -> Generator[list[T], None, None]:
    """Call a function for every picture in threads.

    Two batches are in progress while the caller waits for a third: memory does not grow with their number.

    Args:
        batches: taken one by one, in the caller's thread; a batch may be empty.
        task: called with a picture's sha and path.
        workers: threads; one per core by default.

    Yields:
        The results of one batch, in the order given.
    """
    with ThreadPoolExecutor(workers or cores()) as pool:
        in_progress: deque[list[Future[T]]] = deque()
        try:
            for batch in batches:
                in_progress.append([pool.submit(task, sha, path) for sha, path in batch])
                if len(in_progress) > 2:
                    yield [future.result() for future in in_progress.popleft()]
            while in_progress:
                yield [future.result() for future in in_progress.popleft()]
        finally:
            # Where the caller stops early, tasks that have not begun are dropped.
            pool.shutdown(cancel_futures=True)
