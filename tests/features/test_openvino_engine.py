"""OpenVINO extracts the features that LiteRT does, where it is here and can; LiteRT does where not."""

import platform
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from poetcore.data import images
from poetcore.errors import OptionError
from poetcore.features import auto_engine, openvino_engine
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import BATCH_SIZE, Bottleneck, check_engine, resolve, usable_again
from poetcore.features.extraction import extract, extract_features
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill
from tests.features.conftest import by_content, no_model
from tests.features.test_litert import PHOTOS, furthest

BACKBONE = find(DEFAULT)

needs_openvino = pytest.mark.skipif(resolve("auto") != "openvino", reason="OpenVINO is not here")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two batches and a bit."""
    folder = fill(tmp_path_factory.mktemp("pictures"), {"rose": 2 * BATCH_SIZE + 6})
    return by_content(sorted(folder.rglob("*.jpg")))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenVINO goes on after one batch."""
    monkeypatch.setattr(auto_engine, "PREPARED_AFTER", BATCH_SIZE)
    monkeypatch.setattr(auto_engine, "MEANWHILE", 0)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenVINO has no plug-in for this processor."""

    def fail(*_: object) -> None:
        raise RuntimeError("Exception from src/core.cpp:1:\nDevice CPU is not registered.\n")

    monkeypatch.setattr(openvino_engine, "_compile", fail)


def engines(found: list[Bottleneck]) -> list[str]:
    return [one.engine for one in found]


@needs_openvino
def test_openvino_gives_the_features_of_litert_and_shares_its_cache(cache, backbone_file, tmp_path):
    photos = by_content(PHOTOS)
    ours = list(extract(photos, BACKBONE, lambda: backbone_file, cache, engine="openvino"))
    assert engines(ours) == ["openvino"] * len(photos)
    with FeatureCache(tmp_path / "another.sqlite") as other:
        theirs = list(extract(photos, BACKBONE, lambda: backbone_file, other, engine="litert"))
    assert all(furthest(one.vector, two.vector) < 1e-4 for one, two in zip(ours, theirs, strict=True))
    again = list(extract(photos, BACKBONE, no_model, cache, engine="litert"))
    assert all(one.cached for one in again) and engines(again) == [""] * len(photos)


@needs_openvino
def test_openvino_gives_a_picture_the_same_features_whatever_it_is_computed_with(backbone_file):
    extractor = openvino_engine.OpenVinoNetwork(backbone_file, BACKBONE, 1).extractors.of_thread()
    pixels = [images.to_square(path.read_bytes(), BACKBONE.input_size) for path in PHOTOS[:2]]
    both = extractor.extract_some(pixels)
    assert np.array_equal(both[::-1], extractor.extract_some(pixels[::-1]))
    assert np.array_equal(both[1], extractor.extract_some(pixels[1:])[0])


@needs_openvino
def test_auto_leaves_few_pictures_to_litert(cache, backbone_file, monkeypatch):
    monkeypatch.setattr(openvino_engine, "OpenVinoNetwork", no_model)
    found = list(extract(by_content(PHOTOS), BACKBONE, lambda: backbone_file, cache))
    assert set(engines(found)) == {"litert"}


@needs_openvino
def test_auto_goes_on_with_openvino_in_order(cache, backbone_file, pictures, at_once, tmp_path):
    found = list(extract(pictures, BACKBONE, lambda: backbone_file, cache))
    assert [one.sha for one in found] == list(pictures)
    assert engines(found) == ["litert"] * BATCH_SIZE + ["openvino"] * (BATCH_SIZE + 6)
    with FeatureCache(tmp_path / "another.sqlite") as other:
        wanted = list(extract(pictures, BACKBONE, lambda: backbone_file, other, engine="litert"))
    assert all(furthest(one.vector, two.vector) < 1e-4 for one, two in zip(found, wanted, strict=True))


def test_auto_goes_on_with_litert_where_openvino_fails(
    workspace: Workspace, backbone_file, pictures, at_once, broken, monkeypatch
):
    monkeypatch.setattr(auto_engine, "resolve", lambda *_: "openvino")
    with workspace.feature_cache() as cache, workspace.file_index() as index:
        found = extract_features(pictures, BACKBONE, lambda _: backbone_file, cache, index)
    assert found.engines == {"litert": len(pictures)} and found.engine == "litert"


@pytest.mark.parametrize("reason", ["Device CPU is not registered", "computes other numbers than LiteRT"])
def test_openvino_that_fails_is_told_in_one_sentence(cache, backbone_file, pictures, reason, request):
    if "numbers" in reason:
        pytest.importorskip("openvino")
        request.getfixturevalue("monkeypatch").setattr(openvino_engine, "_TOLERANCE", -1.0)
    else:
        request.getfixturevalue("broken")
    with pytest.raises(OptionError, match=f"^OpenVINO cannot run {DEFAULT} .*{reason}.*: choose the engine"):
        list(extract(pictures, BACKBONE, lambda: backbone_file, cache, engine="openvino"))
    assert cache.get(pictures, BACKBONE) == {}


@needs_openvino
def test_openvino_that_fails_in_the_middle_is_told_in_one_sentence(backbone_file, monkeypatch):
    def infer(*_, **__):
        raise RuntimeError("Exception from src/inference.cpp:\nCannot allocate memory.")

    extractor = openvino_engine.OpenVinoNetwork(backbone_file, BACKBONE, 1).extractors.of_thread()
    monkeypatch.setattr(extractor, "_request", SimpleNamespace(infer=infer))
    with pytest.raises(OptionError, match=r"Cannot allocate memory\): choose the engine litert\.$"):
        extractor.extract_some([np.zeros((BACKBONE.input_size, BACKBONE.input_size, 3), np.uint8)])


def test_auto_is_litert_without_openvino_on_other_processors_and_for_quantized_networks(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert resolve("auto") == "litert"
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    assert resolve("auto", find(f"{DEFAULT}_quantized")) == "litert"
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert resolve("auto") == "litert"
    with pytest.raises(OptionError, match="pip install openvino"):
        check_engine("openvino", BACKBONE)


def test_what_a_record_says_is_found_again_wherever_it_ran():
    assert [usable_again(name) for name in ("openvino", "litert", "ray", "of tomorrow")] == ["auto"] * 4
    assert usable_again("keras") == "keras_tensorflow"  # of before other backends could run it


def test_a_run_records_which_engine_ran(trained):
    assert trained.run.record().options["engine"] == "litert"  # of few pictures


def test_numbers_that_are_not_finite_are_no_others(monkeypatch, backbone_file):
    """NaN is no number near another."""
    pytest.importorskip("openvino")
    strange = [np.full(BACKBONE.vector_length, np.nan)] * openvino_engine.AT_ONCE
    monkeypatch.setattr(openvino_engine.OpenVinoExtractor, "extract_some", lambda *_: strange)
    with pytest.raises(OptionError, match="other numbers"):
        openvino_engine.OpenVinoNetwork(backbone_file, BACKBONE)
