"""Runs on two networks side by side: trained, predicting, exported and quantized as on one."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from poetcore.analysis.embedding import features_of
from poetcore.data import images
from poetcore.data.dataset import scan
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import export
from poetcore.features.backbones import DEFAULT, build, find
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import Bottleneck
from poetcore.features.extraction import extract_features
from poetcore.features.feature_extractor import PictureExtractor
from poetcore.system.progress import Progress
from poetcore.system.tensorflow import tensorflow
from poetcore.training.config import RunConfig
from poetcore.training.learning_curve import learning_curve
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained
from tests.features.conftest import by_content

pytestmark = pytest.mark.slow

SMALL = "mobilenet_0.25_160"
BOTH = f"{DEFAULT}+{SMALL}"
OPTIONS = TrainingOptions(how_many_training_steps=300, seed=1)


@pytest.fixture(scope="module", autouse=True)
def small_weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Random weights of a small network where Keras would download the real ones to."""
    home = tmp_path_factory.mktemp("keras")
    tensorflow()
    import keras

    keras.utils.set_random_seed(1)
    network = keras.applications.MobileNet(
        (160, 160, 3), 0.25, include_top=False, weights=None, pooling="avg"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(home))
        patch.setattr("keras.src.backend.config._KERAS_DIR", str(home))
        file = find(SMALL).weight_file
        assert file is not None
        file.parent.mkdir()
        with warnings.catch_warnings(action="ignore"):  # of keras, as it saves
            network.save(file)
        yield


@pytest.fixture(scope="module")
def combined(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A finished run on both, in a workspace that has the features of the default network alone."""
    place = Workspace(tmp_path_factory.mktemp("combined") / "tf_files")
    shutil.copytree(trained.workspace.models, place.models)
    shutil.copytree(trained.workspace.bottlenecks, place.bottlenecks)
    return Trained(place, trained.sample, retrain(RunConfig(trained.sample / "train", BOTH, OPTIONS), place))


def demo(of: Trained) -> list[Path]:
    return sorted((of.sample / "demo").glob("*/*"))


def test_a_run_has_its_accuracy_and_says_which_networks_it_is_on(combined):
    record = combined.run.record()
    assert (record.backbone, record.input_size, record.networks) == (BOTH, 224, {})
    assert record.cross_validation["n"] == sum(record.splits.values()) and record.bottlenecks["computed"]
    assert combined.run.head().kernel.shape[0] == 1280 + 256


def test_features_of_the_network_alone_are_not_computed_again(combined, trained):
    name = "efficientnet_lite0.tflite"
    (combined.workspace.models / name).rename(combined.workspace.models / "away")
    try:
        config = RunConfig(combined.sample / "train", DEFAULT, name="again")
        assert retrain(config, combined.workspace).record().bottlenecks["computed"] == 0
    finally:
        (combined.workspace.models / "away").rename(combined.workspace.models / name)


def test_a_picture_that_is_no_file_is_predicted_as_one_that_is(combined):
    classifier, path = Classifier(combined.run, combined.workspace), demo(combined)[0]
    (of_file,), of_bytes = classifier.classify([path]), classifier.classify_bytes("x", path.read_bytes())
    assert np.allclose(of_file.probabilities, of_bytes.probabilities, atol=1e-5)


def test_a_picture_that_cannot_be_used_has_its_reason_and_spoils_no_other(combined, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(demo(combined)[0].read_bytes()[:200])
    found = Classifier(combined.run, combined.workspace).classify([bad, *demo(combined)[:2]])
    assert [one.reason is None for one in found] == [False, True, True]


def test_progress_counts_each_picture_once_by_each_network(combined, tmp_path):
    told: list[Progress] = []
    pictures = by_content(demo(combined)[:3])
    with combined.workspace.file_index() as index, FeatureCache(tmp_path / "vectors.sqlite") as cache:
        models = models_of(combined.run, combined.workspace)
        found = extract_features(pictures, find(BOTH), models, cache, index, on_progress=told.append)
        again = extract_features(pictures, find(BOTH), models, cache, index)
    assert (found.computed, found.cached, again.cached) == (3, 0, 3)
    assert sorted({one.done for one in told}) == list(range(7)) and {one.total for one in told} == {6}
    assert SMALL in told[-1].message and DEFAULT in told[0].message


def test_a_preview_is_of_the_first_network_alone(combined, tmp_path):
    watched: list[Bottleneck] = []
    pictures = by_content(demo(combined)[:2])
    with combined.workspace.file_index() as index, FeatureCache(tmp_path / "vectors.sqlite") as cache:
        models = models_of(combined.run, combined.workspace)
        extract_features(pictures, find(BOTH), models, cache, index, watch=watched.append)
    assert [one.sha for one in watched] == list(pictures)
    assert {one.vector.shape for one in watched} == {(find(DEFAULT).vector_length,)}


def test_the_keras_model_has_the_vectors_of_the_litert_files(combined):
    pixels = np.stack([images.to_square(path.read_bytes(), 224) for path in demo(combined)[:3]])
    wanted = np.asarray(build(find(BOTH))(pixels.astype(np.float32)))
    extractor = PictureExtractor(find(BOTH), models_of(combined.run, combined.workspace))
    assert np.abs(np.stack([extractor.extract(one) for one in pixels]) - wanted).max() < 1e-3


def test_the_engine_keras_gives_the_same_features_and_caches_each_network_apart(combined, tmp_path):
    pictures = by_content(demo(combined)[:2])
    with combined.workspace.file_index() as index, FeatureCache(tmp_path / "vectors.sqlite") as cache:
        models = models_of(combined.run, combined.workspace)
        ours = extract_features(pictures, find(BOTH), models, cache, index).vectors
        theirs = extract_features(pictures, find(BOTH), models, cache, index, engine="keras").vectors
        assert len(cache.get(pictures, find(f"{SMALL}@224"), "+keras")) == 2
    assert all(np.abs(ours[sha] - theirs[sha]).max() < 1e-3 for sha in pictures)


@pytest.mark.parametrize(("form", "same"), [("tflite", 1), ("frozen_graph", 1), ("tflite_int8", 0.9)])
def test_an_export_is_one_file_that_predicts_as_the_app(combined, form, same):
    made = export(combined.run, combined.workspace, form)
    assert made.parity.pictures and made.parity.same_top1 >= same and made.path.is_file()


def test_learning_curve_and_map_use_the_vectors_side_by_side(combined):
    assert learning_curve(combined.run, combined.workspace).points
    with combined.workspace.file_index() as index:
        dataset = scan(combined.sample / "demo", index)
    vectors = features_of(dataset, find(BOTH), combined.workspace)
    assert {vector.shape for vector in vectors.values()} == {(1536,)}


def test_a_part_alone_may_be_quantized_and_is_kept_with_the_run(combined):
    name = f"{DEFAULT}+{SMALL}_quantized"
    config = RunConfig(combined.sample / "train", name, OPTIONS, name="part")
    run = retrain(config, combined.workspace)
    first, second = backbone_of(run).parts
    assert (
        first == find(DEFAULT) and second.quantized and run.record().calibration == f"+{second.calibration}"
    )
    assert run.network_file(1).is_file() and not run.network_file().is_file()
    for file in combined.workspace.models.glob(f"{SMALL}*"):
        file.unlink()
    predicted = Classifier(run, combined.workspace).classify_bytes("x", demo(combined)[0].read_bytes())
    assert predicted.reason is None
