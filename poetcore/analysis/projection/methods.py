"""From feature vectors to two dimensions, so that similar pictures lie together on a map."""

import contextlib
import importlib.util
import io
import re
import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from poetcore.analysis.embedding import principal_components, projected, to_unit_length, unit_blocks
from poetcore.errors import OptionError
from poetcore.features.cached_features import IN_MEMORY, stacked
from poetcore.system.progress import OnProgress, Progress

__all__ = [
    "METHODS",
    "TSNE_PICTURES",
    "components_among",
    "components_of",
    "explained_variance",
    "offered_methods",
    "project_to_2d",
    "umap_installed",
    "usual_method",
]

#: Methods of projection.
METHODS = ("tsne", "pca", "umap")

#: Up to so many pictures t-SNE is the usual method: 25 seconds of one core.
TSNE_PICTURES = 5_000

#: Fewer pictures have no neighbourhoods that t-SNE or UMAP, which looks at 15 neighbours, could keep.
_FEWEST = 16

#: Directions that neighbours are looked for in: what scikit-learn's guide advises for t-SNE, since the
#: remaining ones are mostly noise and cost time.
_DIRECTIONS = 50

#: Steps of t-SNE, scikit-learn's default.
_STEPS = 1_000

#: The neighbours that t-SNE looks at, roughly; scikit-learn's default.
_PERPLEXITY = 30


def usual_method(pictures: int) -> str:
    """Return the method for so many pictures: t-SNE up to some thousand, PCA beyond and of hardly any."""
    return "tsne" if _FEWEST <= pictures <= TSNE_PICTURES else "pca"


def offered_methods(pictures: int) -> list[str]:
    """List the methods that can place so many pictures here, the usual one first."""
    usual = usual_method(pictures)
    possible = [one for one in METHODS if one == "pca" or pictures >= _FEWEST]
    return sorted(
        (one for one in possible if one != "umap" or umap_installed()), key=lambda one: one != usual
    )


def umap_installed() -> bool:
    """Return whether the optional package umap-learn is installed."""
    return importlib.util.find_spec("umap") is not None


def components_of(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    """Project feature vectors, scaled to unit length, on the directions in which they differ most.

    The first two are the map by PCA, all of them what the other methods begin with.

    Args:
        vectors: `(n, d) float32`.
        seed: the same seed gives the same components.

    Returns:
        `(n, at most 50) float32` with mean zero, two columns at the least.
    """
    unit = to_unit_length(vectors)
    centred = unit - unit.mean(axis=0) if len(unit) else unit
    most = min(_DIRECTIONS, len(unit) - 1, unit.shape[1])
    found = np.zeros((len(unit), max(2, most)), np.float32)
    # What is equal differs by rounding still.
    if len(unit) and np.abs(centred).max() > 1e-6:
        found[:, :most] = principal_components(unit, most, seed)
    return found


def components_among(
    vectors: Mapping[str, np.ndarray], shas: Sequence[str], seed: int = 0
) -> tuple[np.ndarray, float]:
    """Return the components of contents, and the share of the variance that a map by PCA shows.

    Of very many the feature vectors are read in blocks.

    Args:
        vectors: sha -> `(d,) float32`.
        shas: sha256 of the contents, at least one.
        seed: as in `components_of`.

    Returns:
        `(n, at most 50) float32`, and what `explained_variance` returns.
    """
    if len(shas) <= IN_MEMORY or len(vectors[shas[0]]) <= _DIRECTIONS:
        own = stacked(vectors, shas)
        components = components_of(own, seed)
        return components, explained_variance(own, components)
    components = projected(vectors, shas, _DIRECTIONS, seed)
    sums, squares = np.zeros(len(vectors[shas[0]])), 0.0
    for block in unit_blocks(vectors, shas):
        sums, squares = sums + block.sum(axis=0, dtype=np.float64), squares + float((block**2).sum())
    total = squares / len(shas) - float(((sums / len(shas)) ** 2).sum())
    return components, float(components[:, :2].var(axis=0).sum()) / total if total > 0 else 1.0


def explained_variance(vectors: np.ndarray, components: np.ndarray) -> float:
    """Compute the share of the variance between pictures that a map by PCA shows, from 0 to 1.

    Args:
        vectors: `(n, d) float32`.
        components: of them, as `components_of` returned them.
    """
    total = float(to_unit_length(vectors).var(axis=0).sum())
    return float(components[:, :2].var(axis=0).sum()) / total if total > 0 else 1.0


def project_to_2d(
    components: np.ndarray, method: str = "pca", seed: int = 0, on_progress: OnProgress | None = None
) -> np.ndarray:
    """Project pictures to two dimensions, so that similar ones lie together.

    "pca" (principal component analysis) shows the two directions in which the pictures differ most and
    keeps true distances along them; it takes a moment. "tsne" (van der Maaten and Hinton 2008, JMLR 9) and
    "umap" (McInnes, Healy and Melville 2018, arXiv:1802.03426) keep neighbours together and pull groups
    apart; distances between groups mean little. Of fewer than 16 pictures all are PCA.

    Args:
        components: `(n, c) float32`, as `components_of` returned them.
        method: one of `METHODS`.
        seed: the same seed gives the same map.
        on_progress: called in the phase `projecting` with t-SNE's steps.

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
            " tsne or pca."
        )
    if method == "pca" or len(components) < _FEWEST or not components.any():
        return components[:, :2].copy()
    if method == "umap":
        return _umap(components, seed)
    return _tsne(components, seed, on_progress)


def _tsne(components: np.ndarray, seed: int, on_progress: OnProgress | None) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(components) - 1) / 3)
    estimator = TSNE(
        init="pca", random_state=seed, perplexity=perplexity, max_iter=_STEPS, verbose=2 if on_progress else 0
    )
    with contextlib.redirect_stdout(_Steps(on_progress)) if on_progress else contextlib.nullcontext():
        return np.asarray(estimator.fit_transform(components), np.float32)


class _Steps(io.TextIOBase):
    """Reads the steps of t-SNE from what scikit-learn prints: it reports them in no other way."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress

    def write(self, text: str) -> int:
        """Report a printed step; all other words are passed over."""
        if found := re.search(r"Iteration (\d+):", text):
            self._on_progress(Progress("projecting", int(found[1]), _STEPS))
        return len(text)


def _umap(components: np.ndarray, seed: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about its own dependencies
        from umap import UMAP

        # With a seed it works on one core anyway, and warns where that is not asked for.
        return np.asarray(UMAP(random_state=seed, n_jobs=1).fit_transform(components), np.float32)
