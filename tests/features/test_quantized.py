"""Quantized backbones: calibrated on the user's own pictures, kept with the run, cached apart."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import BackboneError
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import export
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.litert import calibrate, model_file
from poetcore.system.checksums import write_checked
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained, fill
from tests.features.test_litert import PHOTOS, seen

pytestmark = pytest.mark.slow

NAME = f"{DEFAULT}_quantized"


@pytest.fixture(scope="module")
def quantized(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A finished run on a quantized backbone."""
    place = Workspace(tmp_path_factory.mktemp("quantized") / "tf_files")
    config = RunConfig(
        trained.sample / "train", NAME, TrainingOptions(how_many_training_steps=300, seed=1), name="rounded"
    )
    return Trained(place, trained.sample, retrain(config, place))


def pictures(count: int) -> dict[str, Path]:
    return {f"{i:064x}": Path(f"{i}.jpg") for i in range(count)}


def keep(folder: Path, calibration: str, shown: list[str]) -> None:
    """Put a calibrated model into a `models` folder, as an earlier training would have left it."""
    write_checked(folder / f"{NAME}-{calibration}.tflite", b"calibrated before")
    (folder / f"{NAME}-{calibration}.json").write_text(json.dumps(shown))


@pytest.mark.parametrize("name", ["efficientnet_lite0", "inception_v3", "mobilenet_0.50_128"])
def test_every_network_has_a_quantized_form_that_is_cached_apart(name):
    whole, rounded = find(name), find(f"{name}_quantized")
    assert rounded.network == whole.name and rounded.quantized and not whole.quantized
    assert (rounded.input_size, rounded.vector_length) == (whole.input_size, whole.vector_length)
    assert rounded.weight_file == whole.weight_file and rounded.megabytes < whole.megabytes
    assert len({b.cache_key for b in (whole, find(rounded.name, "one"), find(rounded.name, "two"))}) == 3


def test_a_shorter_spelling_is_understood_with_quantized_too():
    assert find("mobilenet_0.5_224_quantized").name == "mobilenet_0.50_224_quantized"


def test_its_features_point_where_the_exact_ones_do(quantized, backbone_file):
    rounded, exact = FeatureExtractor(quantized.run.network_file()), FeatureExtractor(backbone_file)
    for photo in PHOTOS:
        a, b = rounded.extract(seen(photo, 224)), exact.extract(seen(photo, 224))
        assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) > 0.95


def test_it_is_a_third_of_the_size_at_most(quantized, backbone_file):
    assert quantized.run.network_file().stat().st_size < backbone_file.stat().st_size / 3


def test_a_run_records_its_calibration(quantized):
    record = quantized.run.record()
    assert record.backbone == NAME and record.calibration
    shown = json.loads((quantized.workspace.models / f"{NAME}-{record.calibration}.json").read_text())
    split = quantized.run.split()
    assert set(shown) <= set(split[split["split"] == "training"]["sha"])


def test_a_run_still_predicts_when_the_models_folder_is_gone(quantized, tmp_path):
    elsewhere = Workspace(tmp_path)
    shutil.copytree(quantized.run.folder, elsewhere.runs / "rounded")
    classifier = Classifier(elsewhere.run("rounded"), elsewhere)
    paths = sorted((quantized.sample / "demo").rglob("*.jpg"))[:3]
    assert paths and all(one.probabilities is not None for one in classifier.classify(paths))


def test_training_again_computes_no_features_again(quantized):
    config = RunConfig(quantized.sample / "train", NAME, TrainingOptions(how_many_training_steps=20))
    again = retrain(config, quantized.workspace).record()
    assert again.bottlenecks["computed"] == 0
    assert again.calibration == quantized.run.record().calibration


@pytest.mark.parametrize("form", ["tflite", "tflite_int8"])
def test_its_exports_may_differ_and_say_by_how_much(form, quantized, tmp_path):
    made = export(quantized.run, quantized.workspace, form, tmp_path / "model.tflite")
    assert made.parity.same_top1 is not None and made.parity.same_top1 > 0.8
    assert made.parity.max_abs_diff is not None and made.parity.max_abs_diff > 0


@pytest.mark.parametrize("gone", [0, 10])
def test_a_calibration_is_reused_while_nearly_all_its_pictures_are_there(gone, tmp_path):
    keep(tmp_path, "before", [*pictures(100)])
    there = dict(list(pictures(300).items())[gone:])
    assert calibrate(find(NAME), there, tmp_path).calibration == "before"


def test_pictures_that_none_can_be_used_are_one_sentence(tmp_path):
    keep(tmp_path, "before", [*pictures(100)])
    others = {f"{i:064x}": tmp_path / f"{i}.jpg" for i in range(1000, 1100)}
    with pytest.raises(BackboneError, match=f"none of them can be used: choose {DEFAULT}"):
        calibrate(find(NAME), others, tmp_path)


def test_a_picture_that_cannot_be_used_does_not_stop_the_calibration(tmp_path):
    folder = fill(tmp_path / "photos", {"a": 3})
    (folder / "a" / "a_000.jpg").write_bytes(b"no picture")
    shown = {f"{i:064x}": path for i, path in enumerate(sorted(folder.rglob("*.jpg")))}
    made = calibrate(find(NAME), shown, tmp_path / "models")
    assert FeatureExtractor(model_file(made, tmp_path / "models")).extract(seen(PHOTOS[0], 224)).shape == (
        1280,
    )


def test_a_calibrated_model_that_is_gone_is_one_sentence(tmp_path):
    with pytest.raises(BackboneError, match="no longer in .*: train again"):
        model_file(find(NAME, "gone"), tmp_path)
