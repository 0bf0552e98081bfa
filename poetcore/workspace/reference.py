"""The pictures of a run's dataset as its network sees them: what another picture is compared with."""

from dataclasses import dataclass

import numpy as np

from poetcore.features.engines import DEFAULT_ENGINE, ENGINES, usable_again
from poetcore.system.files import in_chunks
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


@dataclass(frozen=True, eq=False)
class Reference:
    """The feature vectors of the pictures in a run's split, those of its own network.

    Attributes:
        vectors: `(n, vector_length) float32`, each of length 1, so that a product is a cosine similarity.
        shas: `(n,) str`, sha256 of the contents.
        labels: `(n,) str`; of several labels a picture, sets such as `fire|smoke`.
        groups: `(n,) int`, the number of the group that was not divided; in older runs each picture is one.
        splits: `(n,) str`: "training", "validation" or "testing".
        paths: `(n,) str`, where the pictures were when the run was trained.
    """

    vectors: np.ndarray
    shas: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    splits: np.ndarray
    paths: np.ndarray

    @classmethod
    def of(cls, run: Run, workspace: Workspace) -> "Reference | None":
        """Read the pictures of a run's `split.csv` with their feature vectors out of the cache.

        Pictures whose vector is not in the cache any more are excluded.

        Args:
            run: a finished one; where it was fine-tuned, the vectors are those of the tuned network.
            workspace: where the cache is.

        Returns:
            The pictures in the order of the split; None where most vectors are gone (`NO_REFERENCE` says so).

        Raises:
            BackboneError: the run's network is unknown.
            RunError: the run is unfinished or damaged.
        """
        backbone, engine = backbone_of(run), run.record().options.get("engine", DEFAULT_ENGINE)
        suffix = ENGINES[usable_again(engine)].cache_suffix
        split = run.split().drop_duplicates("sha", ignore_index=True)
        vectors = np.zeros((len(split), backbone.vector_length), np.float32)
        there = np.zeros(len(split), bool)
        with workspace.feature_cache() as cache:
            for places in in_chunks(range(len(split)), _AT_ONCE):
                asked = [str(split["sha"].iat[place]) for place in places]
                found = cache.get(asked, backbone, suffix)
                for place, sha in zip(places, asked, strict=True):
                    if sha in found:
                        vectors[place], there[place] = found[sha], True
        if 2 * there.sum() < len(there) or not there.any():  # a few by chance stand for no dataset
            return None
        groups = split["group"].factorize()[0] if "group" in split else np.arange(len(split))
        columns = (split[name].to_numpy(str) for name in ("sha", "label", "split", "path"))
        shas, labels, splits, paths = (column[there] for column in columns)
        return cls(unit_vectors(vectors[there]), shas, labels, groups[there], splits, paths)

    def __len__(self) -> int:
        return len(self.shas)

    def only(self, split: str) -> "Reference":
        """Return the pictures of one part: "training", "validation" or "testing"."""
        inside = self.splits == split
        return Reference(
            self.vectors[inside],
            self.shas[inside],
            self.labels[inside],
            self.groups[inside],
            self.splits[inside],
            self.paths[inside],
        )
