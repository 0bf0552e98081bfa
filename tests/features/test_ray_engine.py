"""The engine ray: bit for bit the features of this machine, whatever happens to its workers."""

import json
import signal
import socket
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import psutil
import pytest

from poetcore.data.perceptual_hash import HashIndex
from poetcore.errors import OptionError
from poetcore.evaluation.evaluate import evaluate
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import BATCH_SIZE
from poetcore.features.extraction import extract
from tests.conftest import encoded, fill, picture, run_poet
from tests.features.conftest import by_content, no_model
from tests.features.test_litert import PHOTOS

pytest.importorskip("ray", reason='Ray is not installed: pip install "ray[data]"')

from poetcore.features import ray_engine

pytestmark = [
    pytest.mark.slow,
    # Ray Data sets its own old settings as it starts, and leaves its processes and pipes to the system.
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

BACKBONE = find(DEFAULT)


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[None]:
    """One Ray for all tests of this module, on this machine whatever the environment says."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("RAY_ADDRESS", raising=False)
        yield
    import ray

    ray.shutdown()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Eight batches and a bit."""
    folder = fill(tmp_path_factory.mktemp("pictures"), {"rose": 8 * BATCH_SIZE + 6})
    return by_content(sorted(folder.rglob("*.jpg")))


@pytest.fixture(scope="module")
def local(pictures, backbone_file, tmp_path_factory) -> dict[str, np.ndarray]:
    """The features that this machine extracts without Ray."""
    with FeatureCache(tmp_path_factory.mktemp("local") / "vectors.sqlite") as cache:
        found = {one.sha: one.vector for one in extract(pictures, BACKBONE, lambda: backbone_file, cache)}
    return found


def same(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> bool:
    """Whether two sets of feature vectors are equal bit for bit."""
    return found.keys() == wanted.keys() and all(np.array_equal(found[sha], wanted[sha]) for sha in wanted)


def test_photos_have_the_same_features_bit_for_bit(cache, backbone_file, tmp_path):
    photos = by_content(PHOTOS)
    found = {
        one.sha: one.vector for one in extract(photos, BACKBONE, lambda: backbone_file, cache, engine="ray")
    }
    with FeatureCache(tmp_path / "local.sqlite") as other:
        wanted = {one.sha: one.vector for one in extract(photos, BACKBONE, lambda: backbone_file, other)}
    assert same(found, wanted)


def test_photos_have_the_same_hashes(cache, backbone_file, tmp_path):
    photos = by_content(PHOTOS)
    with HashIndex(tmp_path / "ray.sqlite") as ours, HashIndex(tmp_path / "local.sqlite") as theirs:
        list(extract(photos, BACKBONE, lambda: backbone_file, cache, engine="ray", hashes=ours))
        with FeatureCache(tmp_path / "vectors_2.sqlite") as other:
            list(extract(photos, BACKBONE, lambda: backbone_file, other, hashes=theirs))
        assert ours.get(photos).as_bytes() == theirs.get(photos).as_bytes() and not ours.missing(photos)


def test_what_ray_computed_is_in_the_cache_for_every_engine(cache, backbone_file):
    photos = by_content(PHOTOS)
    list(extract(photos, BACKBONE, lambda: backbone_file, cache, engine="ray"))
    assert all(one.cached for one in extract(photos, BACKBONE, no_model, cache))
    assert all(one.cached for one in extract(photos, BACKBONE, no_model, cache, engine="ray"))


def test_augmented_copies_are_the_same_bit_for_bit(cache, backbone_file, tmp_path):
    photos, augmentation = by_content(PHOTOS[:2]), Augmentation(flip_left_right=True, random_crop=20)
    with FeatureCache(tmp_path / "local.sqlite") as other:
        ours, theirs = (
            {
                one.sha: one.vector
                for one in extract(
                    photos,
                    BACKBONE,
                    lambda: backbone_file,
                    into,
                    augmentation=augmentation,
                    copy=2,
                    engine=engine,
                )
            }
            for into, engine in ((cache, "ray"), (other, "litert"))
        )
    assert same(ours, theirs)


def test_a_bad_picture_has_the_reason_it_has_everywhere(cache, backbone_file, tmp_path):
    (tmp_path / "text.jpg").write_bytes(b"no picture")
    changed = tmp_path / "changed.jpg"
    changed.write_bytes(encoded(picture(1)))
    mixed = by_content([PHOTOS[0], tmp_path / "text.jpg", changed, PHOTOS[1]])
    mixed["0" * 64] = tmp_path / "gone.jpg"
    changed.write_bytes(encoded(picture(2)))
    ray, litert = (
        {
            one.sha: (one.reason, one.decoded)
            for one in extract(mixed, BACKBONE, lambda: backbone_file, cache, engine=e)
        }
        for e in ("ray", "litert")
    )
    assert {sha: outcome for sha, outcome in ray.items() if outcome[0]} == {
        sha: outcome for sha, outcome in litert.items() if outcome[0]
    }
    assert sum(outcome[0] is None for outcome in ray.values()) == 2


def test_a_file_that_a_worker_elsewhere_cannot_see_is_not_taken_for_gone(tmp_path):
    path = tmp_path / "here.jpg"
    path.write_bytes(encoded(picture(1)))
    (sha,) = by_content([path])
    row = {
        "sha": sha,
        "vector": None,
        "hash": None,
        "reason": "does not exist",
        "decoded": False,
        "machine": "far-away",
    }
    assert "on the machine far-away (does not exist): put the pictures where every" in str(
        ray_engine._to_bottleneck(row, path).reason
    )
    assert ray_engine._to_bottleneck(row, tmp_path / "gone.jpg").reason == "does not exist"


def test_batches_are_committed_before_they_are_yielded(pictures, cache, backbone_file):
    stream = extract(pictures, BACKBONE, lambda: backbone_file, cache, engine="ray")
    given = {one.sha for one in islice(stream, 3)}
    stream.close()
    kept = cache.get(pictures, BACKBONE)
    assert given <= set(kept) and len(kept) <= BATCH_SIZE


@pytest.mark.skipif(sys.platform == "win32", reason="Ray's workers have no names of their own on Windows")
def test_workers_that_are_killed_cost_nothing_but_their_batch(pictures, local, cache, backbone_file):
    stream = extract(pictures, BACKBONE, lambda: backbone_file, cache, engine="ray")
    found = [next(stream)]
    killed = [child for child in psutil.Process().children(recursive=True) if is_worker(child)]
    for worker in killed:
        worker.kill()
    found += stream
    assert killed
    assert len(found) == len(pictures)
    assert same({one.sha: one.vector for one in found}, local)


def is_worker(process: psutil.Process) -> bool:
    try:
        return any("_Worker" in word for word in process.cmdline())
    except psutil.Error:
        return False


def test_a_cluster_that_is_not_there_is_one_sentence(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{taken.getsockname()[1]}")
        monkeypatch.setattr("ray.is_initialized", lambda: False)
        with pytest.raises(OptionError, match="^No Ray cluster could be reached at 127.0.0.1:.*RAY_ADDRESS"):
            ray_engine._connected()


def test_a_stop_signal_is_still_the_callers(cache, backbone_file):
    # Ray puts a handler of its own in its place as it starts; a run could not say that it was stopped.
    list(extract(by_content(PHOTOS[:1]), BACKBONE, lambda: backbone_file, cache, engine="ray"))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_demo_folder_is_evaluated_the_same(trained, workspace):
    demo = trained.sample / "demo"
    ours = evaluate(trained.run, demo, workspace, engine="ray").predictions
    theirs = evaluate(trained.run, demo, trained.workspace).predictions
    assert ours.equals(theirs)


def test_a_command_on_ray_prints_its_answer_and_nothing_else(trained, tmp_path):
    photo = next((trained.sample / "demo").rglob("*.jpg"))
    done = run_poet(
        "label_image", PHOTOS[2], photo, "--engine", "ray", "--json", "--workspace", trained.workspace.root
    )
    assert done.returncode == 0, done
    (line,) = done.stdout.splitlines()
    assert len(json.loads(line)["predictions"]) == 2
    assert "ray" not in done.stderr.lower()
