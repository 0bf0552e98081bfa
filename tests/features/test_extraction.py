"""Extraction: features are computed once, in order, whatever happens to files and processes."""

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from poetcore.data import images
from poetcore.data.decoding.refusals import NOT_A_PICTURE
from poetcore.errors import BackboneError
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import BATCH_SIZE, Bottleneck
from poetcore.features.extraction import Extraction, extract, extract_features
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.system.progress import Progress
from poetcore.workspace.workspace import Workspace
from tests.conftest import PATIENCE, ROOT, encoded, fill, picture
from tests.features.conftest import by_content, no_model

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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two batches and a bit."""
    return fill(tmp_path_factory.mktemp("pictures"), {"rose": 2 * BATCH_SIZE + 6})


@pytest.fixture(scope="module")
def pictures(folder: Path) -> dict[str, Path]:
    return by_content(sorted(folder.rglob("*.jpg")))


@pytest.fixture
def extracted(cache: FeatureCache, backbone_file: Path) -> Extract:
    return lambda pictures, **more: list(extract(pictures, BACKBONE, lambda: backbone_file, cache, **more))


def some(pictures: dict[str, Path], *places: int) -> dict[str, Path]:
    listed = list(pictures.items())
    return dict(listed[place] for place in places)


def test_bottlenecks_come_in_the_order_of_the_pictures(pictures, extracted):
    backwards = dict(reversed(pictures.items()))
    assert [found.sha for found in extracted(backwards)] == list(backwards)


def test_order_stays_where_some_are_cached(pictures, extracted):
    wanted = some(pictures, 5, 1, 4, 2, 3)
    extracted(some(pictures, 1, 2))
    found = extracted(wanted)
    assert [(b.sha, b.cached) for b in found] == list(
        zip(wanted, [False, True, False, True, False], strict=True)
    )


def test_features_are_those_of_the_model(pictures, extracted, backbone_file):
    ((sha, path),) = some(pictures, 7).items()
    wanted = FeatureExtractor(backbone_file).extract(images.to_square(path.read_bytes(), 224))
    assert np.array_equal(extracted({sha: path})[0].vector, wanted)


def test_each_picture_has_its_own_features_with_many_workers(pictures, extracted, backbone_file):
    model = FeatureExtractor(backbone_file)
    for found in extracted(some(pictures, *range(9)), workers=4):
        wanted = model.extract(images.to_square(pictures[found.sha].read_bytes(), 224))
        assert np.allclose(found.vector, wanted, rtol=1e-5, atol=1e-6)


def test_nothing_is_computed_a_second_time(pictures, extracted):
    chosen = some(pictures, 0, 1, 2)
    extracted(chosen)
    assert [found.cached for found in extracted(chosen)] == [True, True, True]


def test_a_cached_feature_vector_is_the_computed_one(pictures, extracted):
    chosen = some(pictures, 3)
    first, second = extracted(chosen)[0].vector, extracted(chosen)[0].vector
    assert np.array_equal(first, second) and second.dtype == np.float32


def test_a_moved_picture_is_not_computed_again(extracted, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(picture(1)))
    extracted(by_content([path]))
    assert extracted(by_content([path.rename(tmp_path / "b.png")]))[0].cached


def test_the_model_is_not_requested_where_everything_is_cached(pictures, extracted, cache):
    extracted(some(pictures, 0, 1))
    assert len(list(extract(some(pictures, 1, 0), BACKBONE, no_model, cache))) == 2


def test_no_pictures_give_no_bottlenecks(cache):
    assert list(extract({}, BACKBONE, no_model, cache)) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty (0 bytes)"),
        (b"no picture", NOT_A_PICTURE),
        (encoded(picture(5, (300, 200)))[:2500], "is damaged or truncated"),
    ],
    ids=["empty", "text", "truncated"],
)
def test_a_bad_picture_has_a_reason_and_stops_nothing(content, reason, pictures, extracted, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(content)
    first, bad, last = extracted(some(pictures, 0) | by_content([tmp_path / "bad.jpg"]) | some(pictures, 1))
    assert first.vector is not None and last.vector is not None
    assert bad.vector is None and bad.reason.startswith(reason)


def test_features_that_are_not_finite_are_refused_and_not_cached(pictures, extracted, cache, monkeypatch):
    monkeypatch.setattr(FeatureExtractor, "extract", lambda *_: np.full(BACKBONE.vector_length, np.nan, "f4"))
    with pytest.raises(BackboneError, match=r"makes features of .*\.jpg that are no finite numbers"):
        extracted(some(pictures, 0))
    assert not cache.get(list(some(pictures, 0)), BACKBONE)


def test_a_picture_that_is_gone_has_a_reason(extracted, tmp_path):
    assert extracted({"0" * 64: tmp_path / "gone.jpg"}) == [Bottleneck("0" * 64, None, "does not exist")]


def test_a_bad_picture_is_not_cached(extracted, cache, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    bad = by_content([tmp_path / "bad.jpg"])
    extracted(bad)
    assert cache.get(bad, BACKBONE) == {}


def test_a_file_that_was_changed_meanwhile_has_a_reason(extracted, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(picture(1)))
    old = by_content([path])
    path.write_bytes(encoded(picture(2)))
    assert extracted(old)[0].reason == "was changed while it was being read: start again"


def test_a_file_that_was_changed_meanwhile_is_not_cached(extracted, cache, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(picture(1)))
    old = by_content([path])
    path.write_bytes(encoded(picture(2)))
    extracted(old)
    assert cache.get([*old, *by_content([path])], BACKBONE) == {}


def test_a_caller_that_stops_early_leaves_what_it_received_in_the_cache(pictures, cache, backbone_file):
    stream = extract(pictures, BACKBONE, lambda: backbone_file, cache)
    received = [found.sha for found in itertools.islice(stream, 3)]
    stream.close()
    assert len(cache.get(pictures, BACKBONE)) == BATCH_SIZE
    assert set(received) <= set(cache.get(pictures, BACKBONE))


def filler(folder: Path, model: Path, file: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", FILLER, str(folder), str(model), str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_processes_fill_one_cache_at_once(folder, pictures, cache, backbone_file, tmp_path):
    fillers = [filler(folder, backbone_file, tmp_path / "vectors.sqlite") for _ in range(2)]
    printed = [child.communicate(timeout=PATIENCE)[0].split() for child in fillers]
    assert printed == [list(pictures)] * 2
    assert len(cache.get(pictures, BACKBONE)) == len(pictures)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_process_loses_a_batch_at_most(folder, pictures, extracted, backbone_file, tmp_path):
    child = filler(folder, backbone_file, tmp_path / "vectors.sqlite")
    seen = list(itertools.islice(child.stdout, BATCH_SIZE + 1))
    os.kill(child.pid, signal.SIGKILL)
    seen += child.communicate()[0].split()
    computed = sum(not found.cached for found in extracted(pictures))
    assert computed <= len(pictures) - len(seen) + BATCH_SIZE
    assert computed < len(pictures) - BATCH_SIZE


Features = Callable[..., Extraction]


@pytest.fixture
def features(cache: FeatureCache, workspace: Workspace, backbone_file: Path) -> Iterator[Features]:
    """`extract_features` with the default backbone, and the index of a workspace."""
    with workspace.file_index() as index:
        yield lambda pictures, **more: extract_features(
            pictures, BACKBONE, lambda _: backbone_file, cache, index, **more
        )


def test_features_are_collected_by_content(pictures, features, extracted):
    chosen = some(pictures, 0, 1)
    vectors = features(chosen).vectors
    assert list(vectors) == list(chosen)
    assert all(np.array_equal(vectors[one.sha], one.vector) for one in extracted(chosen))


def test_a_sink_receives_the_features_instead(pictures, features):
    received: list[str] = []
    result = features(some(pictures, 0, 1), sink=lambda sha, vector: received.append(sha))
    assert received == list(some(pictures, 0, 1)) and result.vectors == {}


def test_computed_and_cached_features_are_counted(pictures, features, extracted):
    extracted(some(pictures, 0))
    result = features(some(pictures, 0, 1, 2))
    assert (result.computed, result.cached) == (2, 1)


def test_a_picture_without_features_has_its_reason_in_the_result(pictures, features, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    (bad,) = by_content([tmp_path / "bad.jpg"])
    result = features(some(pictures, 0) | {bad: tmp_path / "bad.jpg"})
    assert list(result.reasons) == [bad] and result.computed == 1


def test_progress_is_reported_after_the_conversion_and_after_each_picture(pictures, features):
    reported: list[Progress] = []
    features(some(pictures, 0, 1), on_progress=reported.append)
    assert reported == [Progress("bottlenecks", done, 2) for done in (0, 1, 2)]


def test_no_thread_goes_on_where_progress_raises(pictures, features):
    def stop(progress: Progress) -> None:
        if progress.done == 3:
            raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt) as stopped:
        features(pictures, on_progress=stop)
    assert set(threading.enumerate()) <= before
    del stopped  # until here it kept the frames, and with them what they hold


def test_what_was_decoded_is_recorded_in_the_index(workspace, cache, backbone_file, tmp_path):
    good, bad = tmp_path / "good.jpg", tmp_path / "truncated.jpg"
    good.write_bytes(encoded(picture(1)))
    bad.write_bytes(encoded(picture(5, (300, 200)))[:2500])
    with workspace.file_index() as index:
        index.lookup([good, bad])
        extract_features(by_content([good, bad]), BACKBONE, lambda _: backbone_file, cache, index)
        known = index.lookup([good, bad])
    assert [entry.decoded for entry in known] == [True, True]
    assert known[0].reason is None and known[1].reason.startswith("is damaged or truncated")
