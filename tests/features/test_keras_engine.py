"""The engine keras on each backend of Keras, and before a card that is only pretended."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from poetcore.features import keras_engine
from poetcore.features.augmentation import NO_AUGMENTATION
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.engines import ENGINES, Loaded, View, check_engine, concrete, usable_again
from poetcore.features.extraction import extract
from poetcore.features.keras_engine import extract_with
from poetcore.features.keras_network import Compiled
from tests.conftest import ROOT, fill, run_poet
from tests.features.conftest import by_content
from tests.features.test_litert import PHOTOS

#: Extracts the features of photos with the engine keras, as a command would.
EXTRACT = """
import json, pathlib, sys
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import check_engine, concrete
from poetcore.features.extraction import extract
from tests.features.conftest import by_content
check_engine("keras", find(DEFAULT))
pictures = by_content([pathlib.Path(path) for path in sys.argv[2:]])
with FeatureCache(pathlib.Path(sys.argv[1])) as cache:
    vectors = [one.vector.tolist() for one in extract(pictures, find(DEFAULT), None, cache, engine="keras")]
imported = [name for name in ("tensorflow", "jax", "torch") if name in sys.modules]
print(json.dumps({"engine": concrete("keras"), "imported": imported, "vectors": vectors}))
"""

VIEW = View(32, NO_AUGMENTATION, 0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "backend",
    [
        pytest.param(
            name, marks=pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed")
        )
        for name in ("jax", "torch")
    ],
)
def test_a_backend_gives_the_features_of_litert_without_tensorflow(backend, cache, backbone_file, tmp_path):
    pictures = by_content(PHOTOS[:3])
    done = subprocess.run(
        [sys.executable, "-c", EXTRACT, str(tmp_path / "own.sqlite"), *map(str, pictures.values())],
        cwd=ROOT,
        env=os.environ | {"KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    wanted = [one.vector for one in extract(pictures, find(DEFAULT), lambda: backbone_file, cache)]
    assert np.abs(np.array(found["vectors"]) - wanted).max() < 1e-4
    assert found["engine"] == f"keras_{backend}"
    assert backend in found["imported"] and "tensorflow" not in found["imported"]


def test_the_engine_is_recorded_and_cached_by_its_backend(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    for backend, suffix in {"tensorflow": "+keras", "jax": "+keras_jax", "torch": "+keras_torch"}.items():
        monkeypatch.setenv("KERAS_BACKEND", backend)
        engine = f"keras_{backend}"
        assert concrete("keras") == usable_again(engine) == engine
        assert ENGINES[engine].cache_suffix == suffix
        # By the name alone an earlier version meant TensorFlow, whatever is set now.
        assert concrete(usable_again("keras")) == "keras_tensorflow"


def test_another_engine_is_what_its_name_says(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert [concrete(name) for name in ("litert", "keras_torch")] == ["litert", "keras_torch"]


@pytest.mark.slow
def test_a_command_refuses_an_unknown_backend_before_any_work(monkeypatch, tmp_path):
    fill(tmp_path / "pictures", {"ash": 4, "oak": 4})
    monkeypatch.setenv("KERAS_BACKEND", "cntk")
    done = run_poet(
        "retrain", f"--image_dir={tmp_path / 'pictures'}", "--engine=keras", f"--workspace={tmp_path / 'w'}"
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: Unknown backend 'cntk' of Keras")
    assert not list((tmp_path / "w").glob("runs/*"))


def test_a_backend_that_is_not_there_is_refused_by_the_check_of_the_engine(monkeypatch):
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    for name in ("keras", "keras_torch"):
        with pytest.raises(Exception, match="torch, which is not installed"):
            check_engine(name, find(DEFAULT))


@pytest.mark.slow
@pytest.mark.parametrize("on_card", [False, True])
def test_bottlenecks_come_in_the_order_of_the_batches_with_processes_too(on_card, monkeypatch, tmp_path):
    monkeypatch.setattr(keras_engine, "_MANY", 30)
    monkeypatch.setattr(keras_engine, "_CORES", 1)
    (tmp_path / "text.jpg").write_bytes(b"no picture")
    files = [*fill(tmp_path / "many", {"rose": 40}).rglob("*.jpg"), tmp_path / "text.jpg"]
    pictures = list(by_content(files).items())
    batches = [[], pictures[:5], [], pictures[5:29], pictures[29:]]
    network = Compiled(lambda pixels: pixels, lambda pixels: pixels.mean(axis=(1, 2)), on_card)
    found = list(extract_with(lambda: network, iter(batches), VIEW, 2))
    assert [[one.sha for one in batch] for batch in found] == [[sha for sha, _ in batch] for batch in batches]
    for batch, given in zip(found, batches, strict=True):
        for one, (sha, path) in zip(batch, given, strict=True):
            loaded = VIEW.load(sha, path)
            if isinstance(loaded, Loaded):
                assert np.allclose(one.vector, loaded.pixels.mean(axis=(0, 1)))
                assert one.hash == loaded.hash
            else:
                assert one == loaded


def test_what_waits_does_not_grow_where_most_pictures_are_in_the_cache(tmp_path):
    ((sha, path),) = by_content(list(fill(tmp_path / "one", {"rose": 1}).rglob("*.jpg"))).items()
    taken = 0

    def batches():
        nonlocal taken
        for number in range(400):
            taken += 1
            yield [(sha, path)] if number % 2 else []

    network = Compiled(lambda pixels: pixels, lambda pixels: pixels.mean(axis=(1, 2)))
    stream = extract_with(lambda: network, batches(), VIEW, 1)
    assert next(stream) == []  # nothing is missing in it
    assert [one.sha for one in next(stream)] == [sha]
    assert taken < 200
    assert len(list(stream)) == 398


def test_without_a_picture_no_network_is_built():
    assert list(extract_with(lambda: pytest.fail("built"), iter([[], []]), VIEW, 1)) == [[], []]
