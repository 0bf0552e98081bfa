"""The cache of feature vectors, keyed by a picture's content and the backbone.

A picture's feature vector (its *bottleneck*, named after the narrow layer before the last) is computed once,
whatever its file is called and wherever it lies, even if several processes work on the same pictures at once
or one of them is killed. Of a combination the vectors of each part are kept, and joined as they are read.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from poetcore.features.backbone import Backbone
from poetcore.features.combination import side_by_side
from poetcore.system.database import Database
from poetcore.system.row_checksums import Table

__all__ = ["FeatureCache"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    sha TEXT NOT NULL, recipe TEXT NOT NULL, vector BLOB NOT NULL, checksum INTEGER,
    PRIMARY KEY (sha, recipe)
);
"""

_VECTORS = Table("vectors", ("sha", "recipe"), ("vector",))


class FeatureCache(Database):
    """Feature vectors by content and backbone, in one SQLite file that several processes may fill at once.

    An object belongs to the thread that made it, and is closed by `with`.

    Args:
        file: the SQLite file; made where it is missing.
    """

    schema = _SCHEMA
    tables = (_VECTORS,)
    #: What a number is kept as.
    dtype: ClassVar[str] = "<f4"

    def get(self, shas: Iterable[str], backbone: Backbone, suffix: str = "") -> dict[str, np.ndarray]:
        """Return the feature vectors that are there; one that was damaged is not.

        Args:
            shas: sha256 of contents.
            backbone: which network extracted them.
            suffix: of the cache key: which augmented copy (`Augmentation.cache_key`) and engine; "" for the
                picture itself by `litert`.

        Returns:
            sha -> `(vector_length,) float32`, read-only; of a combination those of its parts side by side, of
            pictures that have all.
        """
        if backbone.parts:
            asked = list(shas)
            found = [self.get(asked, part, suffix) for part in backbone.parts]
            whole = [sha for sha in found[0] if all(sha in of_part for of_part in found)]
            return {sha: side_by_side([of_part[sha] for of_part in found]) for sha in whole}
        query = f"SELECT sha, vector FROM vectors WHERE {_VECTORS.sound} AND recipe = ? AND sha IN"
        rows = self._rows_in(query, shas, (backbone.cache_key + suffix,))
        return {sha: np.frombuffer(blob, self.dtype) for sha, blob in rows}

    def missing(self, shas: Iterable[str], backbone: Backbone) -> list[str]:
        """List the contents without a feature vector, each once, in the order given; no vector is read."""
        asked = list(dict.fromkeys(shas))
        query = f"SELECT sha FROM vectors WHERE {_VECTORS.sound} AND recipe = ? AND sha IN"
        known = set(asked)
        for one in backbone.members:
            known &= {sha for (sha,) in self._rows_in(query, asked, (one.cache_key,))}
        return [sha for sha in asked if sha not in known]

    def put(self, vectors: Mapping[str, np.ndarray], backbone: Backbone, suffix: str = "") -> None:
        """Add feature vectors in one transaction; those that another process added meanwhile stay.

        Args:
            vectors: sha -> `(vector_length,) float32`.
            backbone: which network extracted them; of a combination, a part of it.
            suffix: as in `get`.
        """
        if not vectors:
            return
        rows = [
            (sha, backbone.cache_key + suffix, v.astype(self.dtype).tobytes()) for sha, v in vectors.items()
        ]
        self._write((_VECTORS.put(), rows))
