"""The features of a dataset's pictures (embedding), and their projection to two dimensions, the map."""

import importlib.util
import sys
import tempfile
from pathlib import Path

import numpy as np

from poetcore.data.dataset import Dataset
from poetcore.errors import OptionError, PoetError
from poetcore.features.backbones import Backbone
from poetcore.features.extraction import extract_features
from poetcore.features.litert import model_file
from poetcore.system.processes import run_module
from poetcore.system.progress import OnProgress
from poetcore.workspace.workspace import Workspace

__all__ = [
    "METHODS",
    "explained_variance",
    "features_of",
    "principal_components",
    "project_to_2d",
    "to_unit_length",
    "umap_installed",
]

#: Methods of projection.
METHODS = ("pca", "umap")


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


def project_to_2d(vectors: np.ndarray, method: str = "pca", seed: int = 0) -> np.ndarray:
    """Project feature vectors to two dimensions, so that similar pictures lie together.

    "pca" (principal component analysis) shows the two directions in which the pictures differ most and
    keeps true distances along them; it takes a moment. "umap" (McInnes, Healy and Melville 2018,
    arXiv:1802.03426) keeps neighbours together and pulls groups apart; its distances between groups mean
    little. Feature vectors are scaled to unit length first.

    Args:
        vectors: `(n, d) float32`.
        method: one of `METHODS`.
        seed: the same seed gives the same map.

    Returns:
        `(n, 2) float32`.

    Raises:
        OptionError: the method is unknown, or needs a package that is not installed.
    """
    if method not in METHODS:
        raise OptionError(f"A map is made by one of {', '.join(METHODS)}. Received: {method!r}.")
    if method == "umap" and not umap_installed():
        raise OptionError(
            "A map by UMAP needs the package umap-learn: install it with `pip install umap-learn`, or take"
            " pca."
        )
    unit = to_unit_length(vectors)
    centred = unit - unit.mean(axis=0) if len(unit) else unit
    # UMAP looks at 15 neighbours of a picture; fewer pictures have no neighbourhoods.
    if method == "umap" and len(unit) > 15:
        return _umap_in_child(unit, seed)
    if not centred.any():
        return np.zeros((len(unit), 2), np.float32)
    if len(unit) < 3:
        return _pair_on_a_line(centred)
    return principal_components(centred, 2, seed)


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


def explained_variance(vectors: np.ndarray, projected: np.ndarray) -> float:
    """Compute the share of the variance between pictures that a map by PCA shows, from 0 to 1.

    Args:
        vectors: `(n, d) float32`, as given to `project_to_2d`.
        projected: `(n, 2) float32`, as `project_to_2d` returned it.
    """
    total = float(to_unit_length(vectors).var(axis=0).sum())
    return float(projected.var(axis=0).sum()) / total if total > 0 else 1.0


def umap_installed() -> bool:
    """Return whether the optional package umap-learn is installed."""
    return importlib.util.find_spec("umap") is not None


def _pair_on_a_line(centred: np.ndarray) -> np.ndarray:
    """Place two pictures, `(n, d) float32` with n < 3, as far apart as their feature vectors."""
    distance = np.linalg.norm(centred, axis=1)
    return np.stack([distance * [-1, 1], [0, 0]], axis=1).astype(np.float32)


def _umap_in_child(unit: np.ndarray, seed: int) -> np.ndarray:
    """Run UMAP in a child process, because it imports TensorFlow where that is installed."""
    with tempfile.TemporaryDirectory() as folder:
        vectors, projected = Path(folder) / "vectors.npy", Path(folder) / "projected.npy"
        np.save(vectors, unit)
        try:
            run_module("poetcore.analysis.embedding", [str(vectors), str(projected), str(seed)])
        except PoetError as error:
            raise OptionError(
                f"UMAP failed ({str(error)[:200]}): choose pca, or install umap-learn again."
            ) from None
        return np.asarray(np.load(projected), np.float32)


def _main(vectors: str, projected: str, seed: str) -> None:
    """Run UMAP from one file to another, as the child process."""
    import warnings

    warnings.simplefilter("ignore")  # it warns about its own dependencies
    from umap import UMAP

    # With a seed it works on one core anyway, and warns where that is not asked for.
    found = UMAP(random_state=int(seed), n_jobs=1).fit_transform(np.load(vectors))
    np.save(projected, found.astype(np.float32))


if __name__ == "__main__":
    _main(*sys.argv[1:])
