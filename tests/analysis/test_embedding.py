"""The features of a dataset, from which maps and label issues come."""

import numpy as np
import pytest

from poetcore.analysis.embedding import features_of, to_unit_length
from poetcore.data.dataset import scan
from poetcore.features.backbones import DEFAULT, find
from poetcore.system.progress import Progress
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture

pytestmark = pytest.mark.slow


def test_a_vector_of_zeros_stays_one() -> None:
    assert (to_unit_length(np.zeros((1, 4), np.float32)) == 0).all()


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
