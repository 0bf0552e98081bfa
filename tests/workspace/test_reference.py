"""The pictures of a run's dataset as its network sees them."""

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from poetcore.workspace.backbones import backbone_of
from poetcore.workspace.reference import Reference
from poetcore.workspace.workspace import Workspace
from tests.browser.dashboard import copy_run
from tests.conftest import Trained


@pytest.fixture
def own(trained: Trained, tmp_path: Path) -> Trained:
    """A copy of a finished run and of the caches in a workspace of its own."""
    place = Workspace(tmp_path / "tf_files")
    shutil.copytree(trained.workspace.bottlenecks, place.bottlenecks)
    return Trained(place, trained.sample, copy_run(trained.run, place.runs / "one"))


def test_every_picture_of_the_split_is_there_in_its_order(trained):
    found, split = Reference.of(trained.run, trained.workspace), trained.run.split()
    for name, column in (("sha", found.shas), ("label", found.labels), ("split", found.splits)):
        assert column.tolist() == split[name].tolist()
    assert [a == b for a in found.groups for b in found.groups] == [
        a == b for a in split["group"] for b in split["group"]
    ]


def test_vectors_are_those_of_the_cache_with_length_1(trained):
    found = Reference.of(trained.run, trained.workspace)
    with trained.workspace.feature_cache() as cache:
        kept = cache.get(found.shas, backbone_of(trained.run))
    whole = np.stack([kept[sha] for sha in found.shas])
    assert found.vectors.dtype == np.float32
    np.testing.assert_allclose(found.vectors, whole / np.linalg.norm(whole, axis=1, keepdims=True), atol=1e-6)


def test_one_part_has_its_pictures_only(trained):
    part = Reference.of(trained.run, trained.workspace, "testing")
    split = trained.run.split()
    assert part.shas.tolist() == split["sha"][split["split"] == "testing"].tolist()
    assert len(part.vectors) == len(part.groups) == len(part.paths) == len(part)


def test_a_picture_without_a_vector_is_excluded(own):
    sha = own.run.split()["sha"].iat[3]
    with sqlite3.connect(own.workspace.bottlenecks / "vectors.sqlite") as database:
        database.execute("DELETE FROM vectors WHERE sha = ?", (sha,))
    found = Reference.of(own.run, own.workspace)
    assert sha not in found.shas and len(found) == len(own.run.split()) - 1


def test_there_is_none_where_the_cache_was_deleted(own):
    shutil.rmtree(own.workspace.bottlenecks)
    assert Reference.of(own.run, own.workspace) is None


def test_a_few_pictures_that_are_left_by_chance_stand_for_no_dataset(own):
    kept = own.run.split()["sha"].iat[3]
    with sqlite3.connect(own.workspace.bottlenecks / "vectors.sqlite") as database:
        database.execute("DELETE FROM vectors WHERE sha != ?", (kept,))
    assert Reference.of(own.run, own.workspace) is None


def test_in_an_older_run_each_picture_is_a_group(own):
    split = own.run.split().drop(columns="group")
    own.run.write_split(split)
    assert Reference.of(own.run, own.workspace).groups.tolist() == list(range(len(split)))
