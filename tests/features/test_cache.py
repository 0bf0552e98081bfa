"""The cache of vectors: computed once, in order, whatever happens to files and processes."""

import hashlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from poetcore.data import images
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import BATCH_SIZE, Bottleneck
from poetcore.features.extraction import extract
from poetcore.features.litert import FeatureExtractor
from tests.conftest import ROOT, encoded, fill, picture

BACKBONE = find(DEFAULT)

FILLER = """
import sys
from pathlib import Path
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.extraction import extract
from poetcore.data.file_index import sha_of

folder, model, file = map(Path, sys.argv[1:])
pictures = {sha_of(path.read_bytes()): path for path in sorted(folder.rglob("*.jpg"))}
for bottleneck in extract(pictures, find(DEFAULT), lambda: model, FeatureCache(file)):
    print(bottleneck.sha, flush=True)
"""

Extract = Callable[..., list[Bottleneck]]


def by_content(paths: list[Path]) -> dict[str, Path]:
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in paths}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two batches and a bit."""
    return fill(tmp_path_factory.mktemp("pictures"), {"rose": 2 * BATCH_SIZE + 6})


@pytest.fixture(scope="module")
def pictures(folder: Path) -> dict[str, Path]:
    return by_content(sorted(folder.rglob("*.jpg")))


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[FeatureCache]:
    opened = FeatureCache(tmp_path / "vectors.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def taken(cache: FeatureCache, backbone_file: Path) -> Extract:
    return lambda pictures, **more: list(extract(pictures, BACKBONE, lambda: backbone_file, cache, **more))


def some(pictures: dict[str, Path], *places: int) -> dict[str, Path]:
    listed = list(pictures.items())
    return dict(listed[place] for place in places)


def no_model() -> Path:
    raise AssertionError("the model was asked for although nothing is missing")


def test_bottlenecks_come_in_the_order_of_the_pictures(pictures, taken):
    backwards = dict(reversed(pictures.items()))
    assert [found.sha for found in taken(backwards)] == list(backwards)


def test_order_stays_where_some_are_cached(pictures, taken):
    wanted = some(pictures, 5, 1, 4, 2, 3)
    taken(some(pictures, 1, 2))
    found = taken(wanted)
    assert [(b.sha, b.cached) for b in found] == list(
        zip(wanted, [False, True, False, True, False], strict=True)
    )


def test_vector_is_the_models_own(pictures, taken, backbone_file):
    ((sha, path),) = some(pictures, 7).items()
    wanted = FeatureExtractor(backbone_file).extract(images.to_square(path.read_bytes(), 224))
    assert np.array_equal(taken({sha: path})[0].vector, wanted)


def test_each_picture_has_a_vector_of_its_own_with_many_workers(pictures, taken, backbone_file):
    model = FeatureExtractor(backbone_file)
    for found in taken(some(pictures, *range(9)), workers=4):
        wanted = model.extract(images.to_square(pictures[found.sha].read_bytes(), 224))
        assert np.allclose(found.vector, wanted, rtol=1e-5, atol=1e-6)


def test_nothing_is_computed_a_second_time(pictures, taken):
    chosen = some(pictures, 0, 1, 2)
    taken(chosen)
    assert [found.cached for found in taken(chosen)] == [True, True, True]


def test_a_cached_vector_is_the_computed_one(pictures, taken):
    chosen = some(pictures, 3)
    first, second = taken(chosen)[0].vector, taken(chosen)[0].vector
    assert np.array_equal(first, second) and second.dtype == np.float32


def test_a_moved_picture_is_not_computed_again(taken, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(picture(1)))
    taken(by_content([path]))
    assert taken(by_content([path.rename(tmp_path / "b.png")]))[0].cached


def test_the_model_is_not_asked_for_where_everything_is_cached(pictures, taken, cache):
    taken(some(pictures, 0, 1))
    assert len(list(extract(some(pictures, 1, 0), BACKBONE, no_model, cache))) == 2


def test_no_pictures_give_no_bottlenecks(cache):
    assert list(extract({}, BACKBONE, no_model, cache)) == []


def test_vectors_belong_to_their_backbone(pictures, taken, cache):
    taken(some(pictures, 0))
    assert cache.get(some(pictures, 0), find("mobilenet_1.0_224")) == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty (0 bytes)"),
        (b"no picture", "is not a picture (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)"),
        (encoded(picture(5, (300, 200)))[:2500], "is damaged or truncated"),
    ],
    ids=["empty", "text", "truncated"],
)
def test_a_bad_picture_has_a_reason_and_stops_nothing(content, reason, pictures, taken, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(content)
    first, bad, last = taken(some(pictures, 0) | by_content([tmp_path / "bad.jpg"]) | some(pictures, 1))
    assert first.vector is not None and last.vector is not None
    assert bad.vector is None and bad.reason.startswith(reason)


def test_a_picture_that_is_gone_has_a_reason(taken, tmp_path):
    assert taken({"0" * 64: tmp_path / "gone.jpg"}) == [Bottleneck("0" * 64, None, "does not exist")]


def test_a_bad_picture_is_not_cached(taken, cache, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    bad = by_content([tmp_path / "bad.jpg"])
    taken(bad)
    assert cache.get(bad, BACKBONE) == {}


def test_a_file_that_was_changed_meanwhile_is_told(taken, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(picture(1)))
    old = by_content([path])
    path.write_bytes(encoded(picture(2)))
    assert taken(old)[0].reason == "was changed while it was being read: start again"


def test_a_file_that_was_changed_meanwhile_is_not_cached(taken, cache, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(picture(1)))
    old = by_content([path])
    path.write_bytes(encoded(picture(2)))
    taken(old)
    assert cache.get([*old, *by_content([path])], BACKBONE) == {}


def test_a_caller_that_stops_early_leaves_what_it_was_given(pictures, cache, backbone_file):
    stream = extract(pictures, BACKBONE, lambda: backbone_file, cache)
    given = [found.sha for found in itertools.islice(stream, 3)]
    stream.close()
    assert len(cache.get(pictures, BACKBONE)) == BATCH_SIZE
    assert set(given) <= set(cache.get(pictures, BACKBONE))


def test_vectors_put_twice_stay_as_they_were(cache):
    first, second = (np.full(1280, value, np.float32) for value in (1.5, 2.5))
    cache.put({"a": first}, BACKBONE)
    cache.put({"a": second}, BACKBONE)
    assert np.array_equal(cache.get(["a"], BACKBONE)["a"], first)


def test_many_vectors_are_found_at_once(cache):
    vectors = {f"{i}": np.array([i], np.float32) for i in range(1203)}
    cache.put(vectors, BACKBONE)
    found = cache.get([*vectors, "missing"], BACKBONE)
    assert {sha: float(vector[0]) for sha, vector in found.items()} == {f"{i}": float(i) for i in range(1203)}


def filler(folder: Path, model: Path, file: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", FILLER, str(folder), str(model), str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_processes_fill_one_cache_at_once(folder, pictures, cache, backbone_file, tmp_path):
    fillers = [filler(folder, backbone_file, tmp_path / "vectors.sqlite") for _ in range(2)]
    printed = [child.communicate(timeout=120)[0].split() for child in fillers]
    assert printed == [list(pictures)] * 2
    assert len(cache.get(pictures, BACKBONE)) == len(pictures)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_process_loses_a_batch_at_the_most(folder, pictures, taken, backbone_file, tmp_path):
    child = filler(folder, backbone_file, tmp_path / "vectors.sqlite")
    seen = list(itertools.islice(child.stdout, BATCH_SIZE + 1))
    os.kill(child.pid, signal.SIGKILL)
    seen += child.communicate()[0].split()
    computed = sum(not found.cached for found in taken(pictures))
    assert computed <= len(pictures) - len(seen) + BATCH_SIZE
    assert computed < len(pictures) - BATCH_SIZE
