"""The features of a dataset's pictures (embedding), and the directions in which they differ most."""

from pathlib import Path

import numpy as np

from poetcore.data.dataset import Dataset
from poetcore.features.backbones import Backbone
from poetcore.features.extraction import extract_features
from poetcore.features.litert import model_file
from poetcore.system.progress import OnProgress
from poetcore.workspace.workspace import Workspace

__all__ = ["features_of", "principal_components", "to_unit_length"]


def features_of(
    dataset: Dataset, backbone: Backbone, workspace: Workspace, on_progress: OnProgress | None = None
) -> dict[str, np.ndarray]:
    """Return the feature vector of every picture, computing those that are missing in the cache.

    Args:
        dataset: which pictures.
        backbone: which network.
        workspace: where feature vectors and converted backbones are kept.
        on_progress: called in the phases `backbone` and `bottlenecks`.

    Returns:
        sha -> `(vector_length,) float32`; a picture that cannot be used is not in it.

    Raises:
        BackboneError: the backbone's weights cannot be read or downloaded.
    """
    pictures = {
        sha: Path(path) for sha, path in zip(dataset.pictures["sha"], dataset.pictures["path"], strict=True)
    }
    with (
        workspace.feature_cache() as cache,
        workspace.file_index() as index,
        workspace.hash_index() as hashes,
    ):
        return extract_features(
            pictures,
            backbone,
            lambda one: model_file(one, workspace.models, on_progress),
            cache,
            index,
            hashes=hashes,
            on_progress=on_progress,
        ).vectors


def to_unit_length(vectors: np.ndarray) -> np.ndarray:
    """Scale feature vectors to length 1, so that only their direction counts: `(n, d) float32` in and out."""
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def principal_components(vectors: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Project vectors on the directions in which they differ most (principal component analysis).

    Args:
        vectors: `(n, d) float32`.
        count: how many directions; less than n and d.
        seed: of the randomized method (Halko, Martinsson and Tropp 2011, arXiv:0909.4061).

    Returns:
        `(n, count) float32`, with mean zero.
    """
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    # Threads that share a small product wait for each other: on a busy machine one alone is ten times faster.
    with threadpool_limits(1):
        projected = PCA(count, svd_solver="randomized", random_state=seed).fit_transform(vectors)
    return np.asarray(projected, np.float32)
