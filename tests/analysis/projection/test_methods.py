"""From feature vectors to a map: what each method keeps, and of how many pictures."""

from collections.abc import Iterator

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from poetcore.analysis.embedding import to_unit_length
from poetcore.analysis.projection.methods import (
    TSNE_PICTURES,
    components_of,
    explained_variance,
    offered_methods,
    project_to_2d,
    umap_installed,
    usual_method,
)
from poetcore.errors import OptionError
from poetcore.system.progress import Progress
from tests.analysis.projection.clouds import apart, clouds

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads of OpenMP wait for each other by running in circles, on a busy machine for half a minute."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def components() -> np.ndarray:
    return components_of(clouds())


def test_pca_keeps_two_clouds_apart(components: np.ndarray) -> None:
    assert apart(project_to_2d(components)) > 5


def test_tsne_keeps_two_clouds_apart_and_tells_its_steps(components: np.ndarray) -> None:
    reported: list[Progress] = []
    projected = project_to_2d(components, "tsne", on_progress=reported.append)
    assert projected.shape == (40, 2) and projected.dtype == np.float32
    assert apart(projected) > 2
    steps = [one.done for one in reported]
    assert steps == sorted(steps) and steps[-1] == 1000 == reported[-1].total and len(steps) > 10


def test_tsne_is_that_of_scikit_learn(components: np.ndarray) -> None:
    from sklearn.manifold import TSNE

    peer = TSNE(init="pca", random_state=0, perplexity=13).fit_transform(components)
    assert project_to_2d(components, "tsne") == pytest.approx(peer)


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 15])
def test_few_pictures_have_a_map_too(count: int, method: str) -> None:
    projected = project_to_2d(components_of(clouds()[:count]), method)
    assert projected.shape == (count, 2) and projected.dtype == np.float32
    assert np.isfinite(projected).all()


def test_two_pictures_lie_as_far_apart_as_their_features() -> None:
    vectors = to_unit_length(clouds()[[0, -1]])
    left, right = project_to_2d(components_of(vectors))
    assert np.linalg.norm(left - right) == pytest.approx(np.linalg.norm(vectors[0] - vectors[1]), rel=1e-5)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_pictures_with_equal_features_lie_on_one_point(method: str) -> None:
    assert (project_to_2d(components_of(np.ones((20, 8), np.float32)), method) == 0).all()


def test_all_variance_is_shown_of_what_has_two_dimensions() -> None:
    turned = np.linspace(0, 1.5, 9)
    vectors = np.stack([np.cos(turned), np.sin(turned), 0 * turned], axis=1).astype(np.float32)
    assert explained_variance(vectors, components_of(vectors)) == pytest.approx(1, abs=1e-5)


def test_less_variance_is_shown_of_what_has_many_dimensions() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 50)).astype(np.float32)
    assert explained_variance(vectors, components_of(vectors)) < 0.2


def test_an_unknown_method_is_refused(components: np.ndarray) -> None:
    with pytest.raises(OptionError, match="tsne, pca, umap. Received: 'lda'"):
        project_to_2d(components, "lda")


@pytest.mark.skipif(umap_installed(), reason="umap-learn is installed")
def test_umap_without_its_package_says_how_to_get_it(components: np.ndarray) -> None:
    with pytest.raises(OptionError, match="pip install umap-learn"):
        project_to_2d(components, "umap")


@pytest.mark.skipif(not umap_installed(), reason="umap-learn is not installed")
def test_umap_keeps_two_clouds_apart(components: np.ndarray) -> None:
    assert apart(project_to_2d(components, "umap")) > 2


@pytest.mark.parametrize(
    ("pictures", "usual"), [(15, "pca"), (16, "tsne"), (TSNE_PICTURES, "tsne"), (TSNE_PICTURES + 1, "pca")]
)
def test_tsne_is_usual_up_to_some_thousand_pictures(pictures: int, usual: str) -> None:
    assert usual_method(pictures) == usual == offered_methods(pictures)[0]


def test_beyond_that_tsne_is_still_offered() -> None:
    assert "tsne" in offered_methods(20_000) and offered_methods(5) == ["pca"]
