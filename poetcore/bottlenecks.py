"""The cache of vectors, keyed by a picture's content and the backbone, and the engine that fills it.

A picture's vector (its *bottleneck*, after the narrow layer before the last) is computed once, whatever its
file is called and wherever it lies, even if several processes work on the same pictures at once or one of
them is killed.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poetcore import images
from poetcore.backbones import Backbone
from poetcore.database import Database
from poetcore.distort import NO_DISTORTIONS, Distortions
from poetcore.errors import PictureError
from poetcore.files import cores, in_chunks
from poetcore.fingerprints import sha_of
from poetcore.litert import VectorModel

__all__ = ["BATCH", "Bottleneck", "VectorCache", "extract"]

#: How many vectors are committed at once: what a killed run loses at the most.
BATCH = 32

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    sha TEXT NOT NULL, recipe TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (sha, recipe)
);
"""


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


class VectorCache:
    """Vectors by content and backbone, in one SQLite file that several processes may fill at once.

    An object belongs to the thread that made it.

    Args:
        file: the SQLite file; made where it is missing.
    """

    def __init__(self, file: Path) -> None:
        self._database = Database(file, _SCHEMA)

    def close(self) -> None:
        self._database.close()

    def get(self, shas: Iterable[str], backbone: Backbone, variant: str = "") -> dict[str, np.ndarray]:
        """Give the vectors that are there: sha -> `(vector_length,) float32`, read-only.

        Args:
            shas: contents.
            backbone: which network described them.
            variant: which distorted variant, by `Distortions.recipe`; "" for the picture itself.
        """
        found = {}
        for chunk in in_chunks(shas, 500):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT sha, vector FROM vectors WHERE recipe = ? AND sha IN ({marks})"
            for sha, blob in self._database.rows(query, (backbone.recipe + variant, *chunk)):
                found[sha] = np.frombuffer(blob, "<f4")
        return found

    def put(self, vectors: Mapping[str, np.ndarray], backbone: Backbone, variant: str = "") -> None:
        """Add vectors in one transaction; those that another process added meanwhile stay as they are."""
        if not vectors:
            return
        rows = [(sha, backbone.recipe + variant, v.astype("<f4").tobytes()) for sha, v in vectors.items()]
        self._database.write(("INSERT OR IGNORE INTO vectors VALUES (?,?,?)", rows))


def extract(
    pictures: Mapping[str, Path],
    backbone: Backbone,
    model: Callable[[], Path],
    cache: VectorCache,
    workers: int | None = None,
    distortions: Distortions = NO_DISTORTIONS,
    variant: int = 0,
) -> Iterator[Bottleneck]:
    """Give the vector of each picture, in the order of `pictures`, computing only those that are missing.

    Each worker decodes and infers with an interpreter of its own. Batches are looked up, computed, committed
    and yielded one after the other, with the next one already under way: memory does not grow with the
    number of pictures.

    Args:
        pictures: sha -> a file of that content.
        backbone: which network describes them.
        model: gives the LiteRT file of the backbone; called only if there is something to compute.
        cache: where vectors are kept.
        workers: threads; one per core by default.
        distortions: how a variant is made.
        variant: which one; 0 for the pictures themselves.
    """
    kept_as = distortions.recipe(variant)
    workers = workers or cores()
    with ThreadPoolExecutor(workers) as pool:
        describe: Callable[[str, Path], Bottleneck] | None = None
        under_way: deque[list[Bottleneck | Future[Bottleneck]]] = deque()
        try:
            for chunk in in_chunks(pictures.items(), BATCH):
                known = cache.get([sha for sha, _ in chunk], backbone, kept_as)
                if len(known) < len(chunk) and describe is None:
                    describe = _Worker(model(), backbone.input_size, distortions, variant)
                under_way.append([_or_submit(sha, path, known, pool, describe) for sha, path in chunk])
                if len(under_way) > 2:
                    yield from _finish(under_way.popleft(), cache, backbone, kept_as)
            while under_way:
                yield from _finish(under_way.popleft(), cache, backbone, kept_as)
        finally:
            # Where the caller stops early, what has not begun is not done any more.
            pool.shutdown(cancel_futures=True)


def _or_submit(
    sha: str,
    path: Path,
    known: dict[str, np.ndarray],
    pool: Executor,
    describe: Callable[[str, Path], Bottleneck] | None,
) -> "Bottleneck | Future[Bottleneck]":
    if sha in known:
        return Bottleneck(sha, known[sha], cached=True)
    assert describe is not None
    return pool.submit(describe, sha, path)


def _finish(
    batch: list["Bottleneck | Future[Bottleneck]"], cache: VectorCache, backbone: Backbone, variant: str
) -> list[Bottleneck]:
    """Wait for a batch, commit what is new, and give it whole."""
    done = [item.result() if isinstance(item, Future) else item for item in batch]
    cache.put({b.sha: b.vector for b in done if b.vector is not None and not b.cached}, backbone, variant)
    return done


class _Worker:
    """What a thread does with a picture; each thread makes itself an interpreter on first use."""

    def __init__(self, model_file: Path, size: int, distortions: Distortions, variant: int) -> None:
        self._model_file = model_file
        self._size = size
        self._distortions = distortions
        self._variant = variant
        self._own = threading.local()

    def __call__(self, sha: str, path: Path) -> Bottleneck:
        try:
            content = images.read(path)
            if sha_of(content) != sha:
                raise PictureError("was changed while it was being read: start again")
        except PictureError as error:
            return Bottleneck(sha, None, str(error))
        try:
            if self._variant:
                pixels = self._distortions.apply(content, self._size, sha, self._variant)
            else:
                pixels = images.squash(content, self._size)
        except PictureError as error:
            return Bottleneck(sha, None, str(error), decoded=True)
        if not hasattr(self._own, "model"):
            self._own.model = VectorModel(self._model_file)
        return Bottleneck(sha, self._own.model.vector(pixels), decoded=True)
