"""The cache of vectors, keyed by a picture's content and the backbone, filled by whatever engine is chosen.

A picture's vector (its *bottleneck*, after the narrow layer before the last) is computed once, whatever its
file is called and wherever it lies, even if several processes work on the same pictures at once or one of
them is killed.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np

from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.engines import BATCH, DEFAULT_ENGINE, Batch, Bottleneck, View, extract_locally
from poetcore.system.database import Database
from poetcore.system.files import in_chunks

__all__ = ["BATCH", "Bottleneck", "FeatureCache", "extract"]

#: Set apart in the cache by this.
_KERAS = "+keras"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    sha TEXT NOT NULL, recipe TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (sha, recipe)
);
"""


class FeatureCache:
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
            variant: which distorted variant, by `Augmentation.recipe`; "" for the picture itself.
        """
        found = {}
        for chunk in in_chunks(shas, 500):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT sha, vector FROM vectors WHERE recipe = ? AND sha IN ({marks})"
            for sha, blob in self._database.rows(query, (backbone.cache_key + variant, *chunk)):
                found[sha] = np.frombuffer(blob, "<f4")
        return found

    def put(self, vectors: Mapping[str, np.ndarray], backbone: Backbone, variant: str = "") -> None:
        """Add vectors in one transaction; those that another process added meanwhile stay as they are."""
        if not vectors:
            return
        rows = [(sha, backbone.cache_key + variant, v.astype("<f4").tobytes()) for sha, v in vectors.items()]
        self._database.write(("INSERT OR IGNORE INTO vectors VALUES (?,?,?)", rows))


def extract(
    pictures: Mapping[str, Path],
    backbone: Backbone,
    model: Callable[[], Path],
    cache: FeatureCache,
    workers: int | None = None,
    augmentation: Augmentation = NO_AUGMENTATION,
    variant: int = 0,
    engine: str = DEFAULT_ENGINE,
) -> Iterator[Bottleneck]:
    """Give the vector of each picture, computing only those that are missing.

    Batches are looked up, computed, committed and yielded one after the other, with the next one already
    under way: memory does not grow with the number of pictures. They come in the order of `pictures`, but
    from `ray`, which gives first what is cached, then the rest as its workers finish.

    Args:
        pictures: sha -> a file of that content.
        backbone: which network describes them.
        model: gives the LiteRT file of the backbone; called only if there is something to compute.
        cache: where vectors are kept.
        workers: threads of this machine; one per core by default.
        distortions: how a variant is made.
        variant: which one; 0 for the pictures themselves.
        engine: one of `ENGINES` that can run the backbone (`check_engine`).
    """
    view = View(backbone.input_size, augmentation, variant)
    kept_as = augmentation.cache_key(variant)
    if engine == "ray":
        yield from _as_they_come(pictures, backbone, model, cache, kept_as, view)
        return
    if engine == "keras":
        # Its vectors differ from LiteRT's in the last bits, and with the batch they were in: kept apart, no
        # result depends on which engine ran before.
        kept_as += _KERAS
    waiting: deque[tuple[list[tuple[str, Path]], dict[str, np.ndarray]]] = deque()

    def missing() -> Iterator[Batch]:
        for chunk in in_chunks(pictures.items(), BATCH):
            known = cache.get([sha for sha, _ in chunk], backbone, kept_as)
            waiting.append((chunk, known))
            yield [(sha, path) for sha, path in chunk if sha not in known]

    with closing(_in_order(engine, missing(), backbone, model, view, workers)) as described:
        for batch in described:
            _keep(batch, cache, backbone, kept_as)
            chunk, known = waiting.popleft()
            new = {one.sha: one for one in batch}
            yield from (new.get(sha) or Bottleneck(sha, known[sha], cached=True) for sha, _ in chunk)


def _in_order(
    engine: str,
    batches: Iterator[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    if engine == "keras":
        from poetcore.features.keras_engine import extract_with_keras

        return extract_with_keras(batches, backbone, view, workers)
    return extract_locally(batches, model, view, workers)


def _as_they_come(
    pictures: Mapping[str, Path],
    backbone: Backbone,
    model: Callable[[], Path],
    cache: FeatureCache,
    kept_as: str,
    view: View,
) -> Iterator[Bottleneck]:
    from poetcore.features.ray_engine import extract_on_ray

    missing: dict[str, Path] = {}
    for chunk in in_chunks(pictures.items(), BATCH):
        known = cache.get([sha for sha, _ in chunk], backbone, kept_as)
        missing.update((sha, path) for sha, path in chunk if sha not in known)
        yield from (Bottleneck(sha, vector, cached=True) for sha, vector in known.items())
    if missing:
        with closing(extract_on_ray(missing, model(), view)) as described:
            for batch in described:
                _keep(batch, cache, backbone, kept_as)
                yield from batch


def _keep(batch: list[Bottleneck], cache: FeatureCache, backbone: Backbone, kept_as: str) -> None:
    cache.put({one.sha: one.vector for one in batch if one.vector is not None}, backbone, kept_as)
