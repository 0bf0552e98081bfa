"""Which training pictures a picture resembles, in the eyes of the model."""

from dataclasses import dataclass

import numpy as np

from poetcore.workspace.reference import Reference

__all__ = ["SIMILAR", "Similar", "most_similar"]

#: How many are shown.
SIMILAR = 6


@dataclass(frozen=True)
class Similar:
    """A training picture and how alike it is.

    Attributes:
        sha: its content.
        path: where it was when the run was trained.
        label: under which it was trained.
        similarity: cosine of the two feature vectors, 1 for the same.
    """

    sha: str
    path: str
    label: str
    similarity: float


def most_similar(
    reference: Reference, vector: np.ndarray, count: int = SIMILAR, without: str = ""
) -> list[Similar]:
    """Find the pictures that are most alike, the most alike first.

    Args:
        reference: the pictures among which they are.
        vector: of the picture, `(vector_length,) float32`, of any length.
        count: how many are found.
        without: sha of the picture itself, which resembles itself.
    """
    length = max(float(np.linalg.norm(vector)), 1e-12)
    cosines = reference.cosines(vector / np.float32(length))
    if without:
        cosines[reference.shas == without] = -np.inf
    ordered = np.argsort(-cosines, kind="stable")[: min(count, int(np.isfinite(cosines).sum()))]
    shas, paths, labels = reference.shas, reference.paths, reference.labels
    return [Similar(str(shas[at]), str(paths[at]), str(labels[at]), float(cosines[at])) for at in ordered]
