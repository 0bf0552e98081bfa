"""The map of pictures, and the features that it is made of."""

import numpy as np
import pandas as pd
import pytest

from poetcore.analysis.embedding import (
    explained_variance,
    features_of,
    project_to_2d,
    to_unit_length,
    umap_installed,
)
from poetcore.charts.dataset import REGION, map_chart
from poetcore.data.dataset import scan
from poetcore.errors import OptionError
from poetcore.features.backbones import DEFAULT, find
from poetcore.system.progress import Progress
from poetcore.ui.data.embedding_map import within
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture

pytestmark = pytest.mark.slow


def clouds(count: int = 40, length: int = 32) -> np.ndarray:
    """Two clouds that lie apart: the first half and the second half."""
    rng = np.random.default_rng(0)
    centres = np.repeat(rng.normal(0, 3, (2, length)), count // 2, axis=0)
    return (centres + rng.normal(0, 0.3, (count, length))).astype(np.float32)


def test_pca_keeps_two_clouds_apart() -> None:
    projected = project_to_2d(clouds())
    first, second = projected[:20].mean(axis=0), projected[20:].mean(axis=0)
    assert np.linalg.norm(first - second) > 5 * projected[:20].std(axis=0).max()


def test_a_map_is_the_same_every_time() -> None:
    assert (project_to_2d(clouds()) == project_to_2d(clouds())).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_pictures_have_a_map_too(count: int) -> None:
    projected = project_to_2d(clouds()[:count])
    assert projected.shape == (count, 2) and projected.dtype == np.float32
    assert np.isfinite(projected).all()


def test_two_pictures_lie_as_far_apart_as_their_features() -> None:
    vectors = to_unit_length(clouds()[[0, -1]])
    left, right = project_to_2d(vectors)
    assert np.linalg.norm(left - right) == pytest.approx(np.linalg.norm(vectors[0] - vectors[1]), rel=1e-5)


def test_pictures_with_equal_features_lie_on_one_point() -> None:
    assert (project_to_2d(np.ones((5, 8), np.float32)) == 0).all()


def test_all_variance_is_shown_of_what_has_two_dimensions() -> None:
    turned = np.linspace(0, 1.5, 9)
    vectors = np.stack([np.cos(turned), np.sin(turned), 0 * turned], axis=1).astype(np.float32)
    assert explained_variance(vectors, project_to_2d(vectors)) == pytest.approx(1, abs=1e-5)


def test_less_variance_is_shown_of_what_has_many_dimensions() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 50)).astype(np.float32)
    assert explained_variance(vectors, project_to_2d(vectors)) < 0.2


def test_a_vector_of_zeros_stays_one() -> None:
    assert (to_unit_length(np.zeros((1, 4), np.float32)) == 0).all()


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(OptionError, match="pca, umap. Received: 'tsne'"):
        project_to_2d(clouds(), "tsne")


@pytest.mark.skipif(umap_installed(), reason="umap-learn is installed")
def test_umap_without_its_package_says_how_to_get_it() -> None:
    with pytest.raises(OptionError, match="pip install umap-learn"):
        project_to_2d(clouds(), "umap")


@pytest.mark.skipif(not umap_installed(), reason="umap-learn is not installed")
def test_umap_keeps_two_clouds_apart() -> None:
    projected = project_to_2d(clouds(60), "umap")
    first, second = projected[:30].mean(axis=0), projected[30:].mean(axis=0)
    assert np.linalg.norm(first - second) > 2 * projected[:30].std(axis=0).max()


def test_features_are_computed_once_for_each_content(workspace: Workspace) -> None:
    folder = workspace.datasets / "set"
    for name, seed in (("a/one.jpg", 1), ("b/the_same.jpg", 1), ("b/other.jpg", 2)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(encoded(picture(seed)))
    with workspace.file_index() as index:
        dataset = scan(folder, index)
    reported: list[Progress] = []
    vectors = features_of(dataset, find(DEFAULT), workspace, reported.append)
    assert set(vectors) == set(dataset.pictures["sha"]) and len(vectors) == 2
    assert {vector.shape for vector in vectors.values()} == {(1280,)}
    assert reported[-1] == Progress("bottlenecks", 2, 2)


def test_the_map_sends_no_more_than_it_draws() -> None:
    points = pd.DataFrame({"x": [0.5], "y": [0.25], "label": ["rose"], "sha": ["a"], "path": ["/secret"]})
    chart = map_chart(points).to_dict()
    assert [list(row) for rows in chart["datasets"].values() for row in rows] == [["x", "y", "label", "sha"]]
    assert [one["name"] for one in chart["params"] if one["select"]["type"] == "interval"] == [REGION]


POINTS = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 2.0], "label": ["a", "b", "c"]})


def test_a_region_gives_the_points_in_it_from_its_middle_outwards() -> None:
    assert list(within(POINTS, {"x": [2.5, 0.5], "y": [0.5, 3.5]})["label"]) == ["c", "b"]


def test_a_region_with_nothing_in_it_is_empty() -> None:
    assert len(within(POINTS, {"x": [5, 6], "y": [5, 6]})) == 0


def test_without_a_region_there_is_nothing_to_show() -> None:
    assert within(POINTS, {}) is None
