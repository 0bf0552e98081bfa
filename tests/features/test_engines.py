"""Engines: the same features from each of them, and one sentence where one cannot run."""

import inspect
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.evaluate import evaluate
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.engines import BATCH_SIZE, ENGINES, ExtractBatches, check_engine
from poetcore.features.extraction import extract
from poetcore.training.config import RunConfig
from poetcore.training.jobs import Jobs
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from tests.conftest import ROOT, fill, run_poet
from tests.features.conftest import by_content, no_model
from tests.features.test_litert import PHOTOS, furthest

pytestmark = pytest.mark.slow

BACKBONE = find(DEFAULT)
QUANTIZED = find(f"{DEFAULT}_quantized")

#: A command on a machine on which Ray is not installed.
WITHOUT_RAY = "import sys; sys.modules['ray'] = None; from poetcore.cli.app import main; main()"


def test_an_unknown_engine_is_refused_with_the_choices():
    with pytest.raises(
        OptionError,
        match="Unknown engine 'gpu': choose auto, litert, openvino, keras, keras_tensorflow, keras_jax,"
        " keras_torch, ray.",
    ):
        check_engine("gpu", BACKBONE)


def test_keras_cannot_run_a_quantized_backbone():
    with pytest.raises(OptionError, match=f"cannot run {QUANTIZED.name}.* architecture {DEFAULT}\\.$"):
        check_engine("keras", QUANTIZED)


def test_ray_that_is_not_installed_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(OptionError, match=r'pip install "ray\[data\]"'):
        check_engine("ray", BACKBONE)


def test_litert_is_always_there_for_any_backbone():
    check_engine("litert", BACKBONE)
    check_engine("litert", QUANTIZED)


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_has_the_common_interface(name):
    wanted = list(inspect.signature(ExtractBatches.__call__).parameters)[1:]
    assert list(inspect.signature(ENGINES[name].load()).parameters) == wanted


def test_a_run_with_an_impossible_engine_leaves_no_folder(workspace, tmp_path):
    folder = fill(tmp_path / "pictures", {"ash": 4, "oak": 4})
    with pytest.raises(OptionError):
        retrain(RunConfig(folder, engine="gpu"), workspace)
    assert workspace.all_runs() == []


def test_a_classifier_refuses_an_impossible_engine_at_once(trained):
    with pytest.raises(OptionError):
        Classifier(trained.run, trained.workspace, engine="gpu")


@pytest.mark.parametrize("command", ["retrain", "evaluate", "label_image"])
def test_a_command_refuses_an_unknown_engine_with_the_choices(command, trained):
    demo = trained.sample / "demo"
    given = [f"--image_dir={demo}"] if command == "retrain" else [demo]
    done = run_poet(command, *given, "--engine", "nonsense", "--workspace", trained.workspace.root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == f"Error: Unknown engine 'nonsense': choose {', '.join(ENGINES)}."


@pytest.mark.parametrize("command", ["retrain", "evaluate", "label_image"])
def test_a_command_says_what_to_install_for_ray(command, trained):
    demo = trained.sample / "demo"
    given = [f"--image_dir={demo}"] if command == "retrain" else [demo]
    arguments = [command, *given, "--engine", "ray", "--workspace", trained.workspace.root]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_RAY, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert 'pip install "ray[data]"' in done.stderr.splitlines()[-1]


def test_a_frozen_graph_has_no_engine(tmp_path):
    done = run_poet("evaluate", tmp_path, "--graph", tmp_path / "g.pb", "--engine", "keras")
    assert done.returncode == 2
    assert "omit --engine" in done.stderr.splitlines()[-1]


def test_a_job_with_an_unknown_engine_is_refused(workspace, tmp_path):
    folder = fill(tmp_path / "pictures", {"ash": 4, "oak": 4})
    with pytest.raises(OptionError, match="Unknown engine 'nonsense'"):
        Jobs(workspace).start_training(RunConfig(folder, engine="nonsense"))


def test_keras_gives_the_same_features_as_litert_on_photos(cache, backbone_file):
    pictures = by_content(PHOTOS)
    keras = list(extract(pictures, BACKBONE, no_model, cache, engine="keras"))
    litert = list(extract(pictures, BACKBONE, lambda: backbone_file, cache))
    assert [one.sha for one in keras] == [one.sha for one in litert] == list(pictures)
    for found, wanted in zip(keras, litert, strict=True):
        assert furthest(found.vector, wanted.vector) < 1e-3


def test_keras_gives_the_same_features_as_litert_on_augmented_copies(cache, backbone_file):
    pictures, augmentation = by_content(PHOTOS[:2]), Augmentation(flip_left_right=True, random_crop=20)
    keras, litert = (
        list(
            extract(
                pictures,
                BACKBONE,
                lambda: backbone_file,
                cache,
                augmentation=augmentation,
                copy=3,
                engine=engine,
            )
        )
        for engine in ("keras", "litert")
    )
    for found, wanted in zip(keras, litert, strict=True):
        assert furthest(found.vector, wanted.vector) < 1e-3


def test_keras_features_are_cached_apart_so_that_no_result_depends_on_history(cache, backbone_file):
    pictures = by_content(PHOTOS[:2])
    list(extract(pictures, BACKBONE, no_model, cache, engine="keras"))
    assert cache.get(pictures, BACKBONE) == {}
    again = list(extract(pictures, BACKBONE, no_model, cache, engine="keras"))
    assert [one.cached for one in again] == [True, True]


def test_keras_skips_a_bad_picture_as_litert_does(cache, backbone_file, tmp_path):
    (tmp_path / "text.jpg").write_bytes(b"no picture")
    (tmp_path / "half.jpg").write_bytes(PHOTOS[3].read_bytes()[:9000])
    first, last = PHOTOS[0], PHOTOS[1]
    pictures = by_content([first, tmp_path / "text.jpg", tmp_path / "half.jpg", last])
    pictures["0" * 64] = tmp_path / "gone.jpg"
    keras = list(extract(pictures, BACKBONE, no_model, cache, engine="keras"))
    litert = list(extract(pictures, BACKBONE, lambda: backbone_file, cache))
    assert [(one.sha, one.reason, one.decoded) for one in keras] == [
        (one.sha, one.reason, one.decoded) for one in litert
    ]
    assert [one.vector is None for one in keras] == [False, True, True, False, True]
    assert furthest(keras[3].vector, litert[3].vector) < 1e-3


def test_keras_keeps_the_order_and_commits_batch_by_batch(cache, tmp_path):
    pictures = by_content(sorted(fill(tmp_path / "many", {"rose": 2 * BATCH_SIZE + 6}).rglob("*.jpg")))
    stream = extract(pictures, BACKBONE, no_model, cache, engine="keras")
    given = [one.sha for one in islice(stream, 3)]
    stream.close()
    assert len(cache.get(pictures, BACKBONE, "+keras")) == BATCH_SIZE
    rest = list(extract(pictures, BACKBONE, no_model, cache, engine="keras"))
    assert [one.sha for one in rest] == list(pictures) and given == list(pictures)[:3]
    assert sum(one.cached for one in rest) == BATCH_SIZE


def test_a_whole_run_on_keras_predicts_as_one_on_litert(trained, workspace):
    options = TrainingOptions(how_many_training_steps=300, seed=1)
    config = RunConfig(
        trained.sample / "train", training=options, demo_dir=trained.sample / "demo", engine="keras"
    )
    run = retrain(config, workspace)
    assert run.record().options["engine"] == "keras_tensorflow"
    ours = evaluate(run, trained.sample / "demo", workspace, engine="keras").predictions
    theirs = evaluate(trained.run, trained.sample / "demo", trained.workspace).predictions
    columns = [name for name in ours if name.startswith("p_")]
    assert np.abs(ours[columns].to_numpy() - theirs[columns].to_numpy()).max() < 1e-3
