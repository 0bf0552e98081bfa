"""The pictures of a run's dataset as its network sees them: what another picture is compared with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from poetcore.features.engines import DEFAULT_ENGINE, ENGINES, usable_again
from poetcore.workspace.backbones import backbone_of
from poetcore.workspace.head import unit_vectors
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["NO_REFERENCE", "Reference"]

#: What is said where `Reference.of` returns None.
NO_REFERENCE = (
    "The feature vectors of the training pictures are no longer in the workspace: train again to compare"
    " pictures with them."
)

#: Feature vectors that are read from the cache at once.
_AT_ONCE = 2_000

#: Of more pictures than this each number of a vector is kept in one byte: a quarter of the memory.
_WHOLE = 50_000

#: Of these so many are looked at again as they are in the cache: one byte is off by less than their margin.
_LOOKED_AT_AGAIN = 500


@dataclass(frozen=True, eq=False)
class Reference:
    """The feature vectors of the pictures in a run's split, those of its own network.

    Attributes:
        vectors: `(n, vector_length) float32`, each of length 1, so that a product is a cosine similarity; of
            very many pictures int8, to be multiplied with `scales`.
        shas: `(n,) str`, sha256 of the contents.
        labels: `(n,) str`; of several labels a picture, sets such as `fire|smoke`.
        groups: `(n,) int`, the number of the group that was not divided; in older runs each picture is one.
        splits: `(n,) str`: "training", "validation" or "testing".
        paths: `(n,) str`, where the pictures were when the run was trained.
        scales: `(n, 1) float32`, of bytes; None of float32.
        read: returns the exact vectors of contents, sha -> `(vector_length,) float32`; None of float32.
    """

    vectors: np.ndarray
    shas: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    splits: np.ndarray
    paths: np.ndarray
    scales: np.ndarray | None = None
    read: Callable[[Sequence[str]], Mapping[str, np.ndarray]] | None = None

    @classmethod
    def of(cls, run: Run, workspace: Workspace, part: str = "") -> "Reference | None":
        """Read the pictures of a run's `split.csv` with their feature vectors out of the cache.

        Pictures whose vector is not in the cache any more are excluded.

        Args:
            run: a finished one; where it was fine-tuned, the vectors are those of the tuned network.
            workspace: where the cache is.
            part: "training", "validation" or "testing" for the pictures of that part; of all by default.

        Returns:
            The pictures in the order of the split; None where most vectors are gone (`NO_REFERENCE` says so).

        Raises:
            BackboneError: the run's network is unknown.
            RunError: the run is unfinished or damaged.
        """
        backbone, engine = backbone_of(run), run.record().options.get("engine", DEFAULT_ENGINE)
        suffix = ENGINES[usable_again(engine)].cache_suffix
        split = run.split().drop_duplicates("sha", ignore_index=True)
        if part:
            split = split[split["split"] == part].reset_index(drop=True)
        many = len(split) > _WHOLE
        vectors = np.zeros((len(split), backbone.vector_length), np.int8 if many else np.float32)
        scales, there = np.ones((len(split), 1), np.float32), np.zeros(len(split), bool)

        def read(shas: Sequence[str]) -> Mapping[str, np.ndarray]:
            with workspace.feature_cache() as cache:
                return cache.get(shas, backbone, suffix)

        asked, filled = split["sha"].to_list(), 0
        for begin in range(0, len(asked), _AT_ONCE):
            found = read(asked[begin : begin + _AT_ONCE])
            places = [begin + at for at, sha in enumerate(asked[begin : begin + _AT_ONCE]) if sha in found]
            if places:
                # One after the other, so that nothing is copied where some are gone.
                rows = slice(filled, filled + len(places))
                unit = unit_vectors(np.stack([found[asked[place]] for place in places]))
                if many:
                    scales[rows] = np.maximum(np.abs(unit).max(axis=1, keepdims=True) / 127, 1e-12)
                    unit = np.rint(unit / scales[rows])
                vectors[rows], there[places], filled = unit, True, rows.stop
        if 2 * filled < len(there) or not filled:  # a few by chance stand for no dataset
            return None
        split = split[there]
        groups = split["group"].factorize()[0] if "group" in split else np.arange(filled)
        shas, labels, splits, paths = (
            split[name].to_numpy(object) for name in ("sha", "label", "split", "path")
        )
        more = (scales[:filled], read) if many else (None, None)
        return cls(vectors[:filled], shas, labels, groups, splits, paths, *more)

    def __len__(self) -> int:
        return len(self.shas)

    def rows(self, places: np.ndarray) -> np.ndarray:
        """Return the vectors of some pictures as they are, `(k, vector_length) float32`, of length 1.

        Args:
            places: `(k,) int64`, which.
        """
        if self.read is None:
            exact: np.ndarray = self.vectors[places]
            return exact
        shas = [str(sha) for sha in self.shas[places]]
        found, gone = self.read(shas), np.zeros(self.vectors.shape[1], np.float32)
        return unit_vectors(np.stack([found.get(sha, gone) for sha in shas]))

    def cosines(self, vector: np.ndarray) -> np.ndarray:
        """Compute how similar pictures are to another, `(n,) float32`.

        Of very many only of some hundred, which are the most similar ones; the others count as -inf.

        Args:
            vector: `(vector_length,) float32`, of length 1.
        """
        if self.scales is None:
            return np.asarray(self.vectors @ vector)
        parts = range(0, len(self), _AT_ONCE)
        rough = np.concatenate([self.vectors[at : at + _AT_ONCE].astype(np.float32) @ vector for at in parts])
        rough *= self.scales[:, 0]
        again = np.argpartition(-rough, min(_LOOKED_AT_AGAIN, len(rough) - 1))[:_LOOKED_AT_AGAIN]
        found = np.full(len(rough), -np.inf, np.float32)
        found[again] = self.rows(again) @ vector
        return found
