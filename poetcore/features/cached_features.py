"""The feature vectors of very many pictures, read from the cache as they are asked for.

Those of 200,000 pictures take a gigabyte. Whoever goes through them in blocks needs a few megabytes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from poetcore.features.backbone import Backbone
from poetcore.features.cache import FeatureCache

__all__ = ["IN_MEMORY", "CachedFeatures", "stacked"]

#: Up to so many feature vectors are read at once and kept, which is faster: 100 MB of 1,280 numbers each.
IN_MEMORY = 20_000

#: Feature vectors that are held twice at the most, as the cache has them and in an array.
_AT_ONCE = 1000


class CachedFeatures(Mapping[str, np.ndarray]):
    """Feature vectors by content, as a mapping; for any thread.

    Args:
        open_cache: opens the cache.
        backbone: which network extracted them.
        shas: sha256 of the contents; each has a vector in the cache.
    """

    def __init__(
        self, open_cache: Callable[[], FeatureCache], backbone: Backbone, shas: Sequence[str]
    ) -> None:
        self._open_cache = open_cache
        self._backbone = backbone
        self._shas = dict.fromkeys(shas)

    def __len__(self) -> int:
        return len(self._shas)

    def __iter__(self) -> Iterator[str]:
        return iter(self._shas)

    def __contains__(self, sha: object) -> bool:
        return sha in self._shas

    def __getitem__(self, sha: str) -> np.ndarray:
        row: np.ndarray = self.stacked([sha])[0]
        return row

    def stacked(self, shas: Sequence[str]) -> np.ndarray:
        """Read the feature vectors of some contents, `(n, vector_length) float32`.

        Raises:
            KeyError: one is not there.
        """
        found = np.empty((len(shas), self._backbone.vector_length), np.float32)
        with self._open_cache() as cache:
            for begin in range(0, len(shas), _AT_ONCE):
                some = shas[begin : begin + _AT_ONCE]
                vectors = cache.get(some, self._backbone)
                found[begin : begin + len(some)] = [vectors[sha] for sha in some]
        return found


def stacked(vectors: Mapping[str, np.ndarray], shas: Sequence[str]) -> np.ndarray:
    """Return the feature vectors of some contents, `(n, vector_length) float32`, from whatever holds them."""
    if isinstance(vectors, CachedFeatures):
        return vectors.stacked(shas)
    return np.stack([vectors[sha] for sha in shas])
