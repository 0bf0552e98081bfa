"""Maps are arranged by a process, kept by content, and found again."""

import time

import numpy as np
import pytest

from poetcore.analysis.projection.methods import components_of
from poetcore.analysis.projection.stored import Projection, Projections
from poetcore.features.backbones import DEFAULT, find
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.analysis.projection.clouds import apart, clouds

pytestmark = pytest.mark.slow

SHAS = tuple(f"{number:064x}" for number in range(40))
NETWORK = find(DEFAULT)


def ended(projection: Projection) -> Status:
    """Wait until its process has ended."""
    deadline = time.monotonic() + 120
    while not (status := projection.current_status()).final:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return status


def kept(maps: Projections, shas: tuple[str, ...], places: np.ndarray) -> Projection:
    """A map that was arranged before."""
    one = maps.of(shas, NETWORK, "tsne")
    one.folder.mkdir(parents=True)
    one.write_status(Status("done"))
    one.write_places(shas, places)
    return one


@pytest.fixture
def maps(workspace: Workspace) -> Projections:
    return Projections(workspace)


@pytest.fixture
def places() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)


def test_a_process_arranges_a_map_and_any_other_server_finds_it(maps, workspace) -> None:
    assert maps.places(SHAS, NETWORK, "tsne") is None
    begun = maps.start(SHAS, components_of(clouds()), NETWORK, "tsne")
    status = ended(begun)
    assert status.phase == "done", status.message
    found = Projections(workspace).places(SHAS, NETWORK, "tsne")
    assert found is not None and apart(found) > 2
    assert sorted(file.name for file in begun.folder.iterdir()) == ["job.log", "places.npz", "status.json"]


def test_one_that_is_being_arranged_is_not_begun_again(maps, monkeypatch) -> None:
    one = maps.of(SHAS, NETWORK, "tsne")
    one.folder.mkdir(parents=True)
    one.write_status(Status("projecting"))  # this process
    maps.start(SHAS, components_of(clouds()), NETWORK, "tsne")
    assert not one.log_file.exists()


def test_a_map_can_be_stopped_and_begun_again(maps) -> None:
    many = tuple(f"{number:064x}" for number in range(6000))
    vectors = np.random.default_rng(0).normal(size=(6000, 50)).astype(np.float32)
    begun = maps.start(many, vectors, NETWORK, "tsne")
    maps.cancel(begun)
    assert ended(begun).phase == "cancelled"
    assert maps.places(many, NETWORK, "tsne") is None
    assert maps.start(many, vectors, NETWORK, "tsne").current_status().phase in ("starting", "projecting")
    maps.cancel(begun)


def test_pictures_lie_in_the_order_in_which_they_are_asked_for(maps, places) -> None:
    kept(maps, SHAS, places)
    found = maps.places(SHAS[::-1], NETWORK, "tsne")
    assert (found == places[::-1]).all()


def test_those_that_are_left_stay_where_they_were(maps, places) -> None:
    kept(maps, SHAS, places)
    assert (maps.places(SHAS[3:], NETWORK, "tsne") == places[3:]).all()


def test_a_map_of_many_more_pictures_does_not_serve(maps, places) -> None:
    kept(maps, SHAS, places)
    assert maps.places(SHAS[20:], NETWORK, "tsne") is None


@pytest.mark.parametrize("other", [(NETWORK, "umap"), (find("mobilenet_1.0_224"), "tsne")])
def test_a_map_of_another_method_or_network_does_not_serve(maps, places, other) -> None:
    kept(maps, SHAS, places)
    assert maps.places(SHAS, *other) is None


def test_a_damaged_map_counts_as_none(maps, places) -> None:
    one = kept(maps, SHAS, places)
    (one.folder / "places.npz").write_bytes(b"PK damaged")
    assert maps.places(SHAS, NETWORK, "tsne") is None


def test_the_oldest_maps_are_deleted(maps, places) -> None:
    old = []
    for number in range(13):
        one = kept(maps, SHAS[: number + 1], places[: number + 1])
        one.write_status(Status("done", started=1000.0 + number))
        old.append(one)
    ended(maps.start(SHAS, components_of(clouds()), NETWORK, "pca"))
    assert [one.exists() for one in old] == [False] * 2 + [True] * 11


def test_a_process_that_fails_says_why(maps) -> None:
    begun = maps.start(SHAS, components_of(clouds()), NETWORK, "unknown")
    status = ended(begun)
    assert status.phase == "failed" and "Received: 'unknown'" in status.message
