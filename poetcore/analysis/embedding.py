"""The features of a dataset's pictures (embedding), and the directions in which they differ most.

Of very many pictures the directions are found on some, drawn by lot, and all are projected on them in blocks:
their feature vectors need not be in memory together.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from poetcore.data.contents import paths_of
from poetcore.data.dataset import Dataset
from poetcore.features.backbones import Backbone
from poetcore.features.cached_features import IN_MEMORY, CachedFeatures, stacked
from poetcore.features.extraction import extract_features
from poetcore.features.litert import model_file
from poetcore.system.progress import OnProgress
from poetcore.workspace.workspace import Workspace

__all__ = ["features_of", "principal_components", "projected", "to_unit_length", "unit_blocks"]

#: Of more than `IN_MEMORY` pictures so many decide the directions: forty for each.
_FITTED = 10_000

#: Feature vectors that are read at once where not all are.
_AT_ONCE = 4096


def features_of(
    dataset: Dataset, backbone: Backbone, workspace: Workspace, on_progress: OnProgress | None = None
) -> Mapping[str, np.ndarray]:
    """Return the feature vector of every picture, computing those that are missing in the cache.

    Args:
        dataset: which pictures.
        backbone: which network.
        workspace: where feature vectors and converted backbones are kept.
        on_progress: called in the phases `backbone` and `bottlenecks`.

    Returns:
        sha -> `(vector_length,) float32`; a picture that cannot be used is not in it. Of more than
        `IN_MEMORY` pictures they are read as they are asked for.

    Raises:
        BackboneError: the backbone's weights cannot be read or downloaded.
    """
    pictures = paths_of(dataset.pictures)
    usable: list[str] = []
    many = len(pictures) > IN_MEMORY
    with (
        workspace.feature_cache() as cache,
        workspace.file_index() as index,
        workspace.hash_index() as hashes,
    ):
        found = extract_features(
            pictures,
            backbone,
            lambda one: model_file(one, workspace.models, on_progress),
            cache,
            index,
            hashes=hashes,
            sink=(lambda sha, vector: usable.append(sha)) if many else None,
            on_progress=on_progress,
        )
    return CachedFeatures(workspace.feature_cache, backbone, usable) if many else found.vectors


def unit_blocks(vectors: Mapping[str, np.ndarray], shas: Sequence[str]) -> Iterator[np.ndarray]:
    """Yield the feature vectors of contents, scaled to length 1, some thousands at a time.

    Args:
        vectors: sha -> `(vector_length,) float32`.
        shas: sha256 of the contents, in the order in which they are wanted.
    """
    for begin in range(0, len(shas), _AT_ONCE):
        yield to_unit_length(stacked(vectors, shas[begin : begin + _AT_ONCE]))


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


def projected(
    vectors: Mapping[str, np.ndarray], shas: Sequence[str], count: int, seed: int = 0
) -> np.ndarray:
    """Project the unit vectors of very many contents on the directions in which some of them differ most.

    Args:
        vectors: sha -> `(vector_length,) float32`.
        shas: sha256 of the contents.
        count: how many directions; less than a vector has numbers.
        seed: of the draw of those that decide the directions, and of `principal_components`' method.

    Returns:
        `(len(shas), count) float32`.
    """
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    lot = np.sort(np.random.default_rng(seed).permutation(len(shas))[:_FITTED])
    found = np.empty((len(shas), count), np.float32)
    done = 0
    with threadpool_limits(1):  # as in `principal_components`
        some = np.concatenate(list(unit_blocks(vectors, [shas[place] for place in lot.tolist()])))
        directions = PCA(count, svd_solver="randomized", random_state=seed).fit(some)
        del some
        for block in unit_blocks(vectors, shas):
            found[done : done + len(block)] = directions.transform(block)
            done += len(block)
    return found
