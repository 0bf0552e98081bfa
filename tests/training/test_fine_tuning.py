"""Fine-tuning: what a run is afterwards, how it is stopped, and what is refused."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.evaluate import evaluate
from poetcore.export.export import export
from poetcore.training.checks import check_config
from poetcore.training.config import RunConfig
from poetcore.training.fine_tuning.brought import about_fine_tuning
from poetcore.training.fine_tuning.child import run_job
from poetcore.training.fine_tuning.options import FineTuning
from poetcore.training.fine_tuning.tuned import maps_file
from poetcore.training.learning_curve import learning_curve
from poetcore.training.retrain import retrain
from poetcore.training.temperature import calibrate
from poetcore.training.train import TrainingOptions
from poetcore.workspace.backbones import backbone_of, before_tuning
from poetcore.workspace.reference import Reference
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained

OPTIONS = FineTuning(True, fine_tune_epochs=2, fine_tune_rate=5e-4)


@pytest.fixture(scope="module")
def tuned(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A run that was fine-tuned from a last layer that is hardly trained, so that it can improve."""
    place = Workspace(tmp_path_factory.mktemp("fine_tuned") / "tf_files")
    shutil.copytree(trained.workspace.models, place.models)
    shutil.copytree(trained.workspace.bottlenecks, place.bottlenecks)
    options = TrainingOptions(how_many_training_steps=1, testing_percentage=20, validation_percentage=20)
    config = RunConfig(trained.sample / "train", name="tuned", training=options, fine_tuning=OPTIONS)
    return Trained(place, trained.sample, retrain(config, place))


@pytest.mark.slow
def test_the_run_keeps_a_network_of_its_own(tuned):
    record, backbone = tuned.run.record(), backbone_of(tuned.run)
    assert record.fine_tuning["best"] > 0
    assert backbone.digest and backbone.source.lite.parent == tuned.run.folder
    assert before_tuning(tuned.run).digest == ""


@pytest.mark.slow
def test_its_record_compares_it_with_the_network_as_it_was(tuned):
    record = tuned.run.record().fine_tuning
    assert (record["on"], record["pictures"]) == ("test", tuned.run.record().splits["testing"])
    assert record["tuned"]["cross_entropy"] < record["frozen"]["cross_entropy"]
    assert "test pictures" in about_fine_tuning(record) and about_fine_tuning(record) in (
        tuned.run.status().message
    )


@pytest.mark.slow
def test_its_probabilities_are_calibrated(tuned):
    assert tuned.run.temperature() == tuned.run.record().fine_tuning["temperature"] != 1
    with pytest.raises(OptionError, match="fine-tuned and calibrated"):
        calibrate(tuned.run)


@pytest.mark.slow
def test_its_accuracies_are_of_held_out_pictures_only(tuned):
    record = tuned.run.record()
    assert record.cross_validation is None
    assert record.metrics["final_test_count"] == record.splits["testing"]
    with pytest.raises(OptionError, match="no learning curve"):
        learning_curve(tuned.run, tuned.workspace)


@pytest.mark.slow
def test_its_training_pictures_are_kept_as_its_own_network_sees_them(tuned):
    found = Reference.of(tuned.run, tuned.workspace)
    assert found is not None and len(found) == len(tuned.run.split())
    with tuned.workspace.feature_cache() as cache:
        (vector,) = cache.get(found.shas[:1], backbone_of(tuned.run)).values()
    np.testing.assert_allclose(found.vectors[0], vector / np.linalg.norm(vector), atol=1e-6)


@pytest.mark.slow
def test_it_is_evaluated_by_its_own_network(tuned):
    demo = tuned.sample / "demo"
    assert evaluate(tuned.run, demo, tuned.workspace).metrics.total > 0
    picture = next(demo.rglob("*.jpg"))
    from_file = Classifier(tuned.run, tuned.workspace).classify([picture])[0].probabilities
    live = Classifier(tuned.run, tuned.workspace).classify_bytes("a.jpg", picture.read_bytes()).probabilities
    np.testing.assert_allclose(from_file, live, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["tflite", "frozen_graph"])
def test_its_exports_predict_as_the_app_does(tuned, tmp_path: Path, form):
    parity = export(tuned.run, tuned.workspace, form, tmp_path / "model").parity
    assert parity.same_top1 == 1 and parity.max_abs_diff < 1e-3 and parity.pictures


@pytest.mark.slow
def test_what_was_computed_before_is_not_computed_again(tuned):
    file = maps_file(tuned.workspace)
    before = file.stat().st_size
    options = replace(OPTIONS, fine_tune_epochs=1)
    config = RunConfig(tuned.sample / "train", fine_tuning=options, training=TrainingOptions(seed=3))
    seen: list[str] = []
    run = retrain(config, tuned.workspace, lambda now: seen.append(now.message))
    assert not any("Dividing" in message for message in seen)
    assert file.stat().st_size == before and run.record().fine_tuning


@pytest.fixture
def stand_in(monkeypatch, tmp_path: Path) -> Path:
    """A process in place of the one that fine-tunes: it reports until the file `stop` is there."""
    package = tmp_path / "standing_in.py"
    package.write_text(
        "import json, sys, time, pathlib\n"
        "folder = pathlib.Path(sys.argv[2])\n"
        "while not (folder / 'stop').exists():\n"
        "    print(json.dumps({'done': 1, 'total': 2, 'message': 'on'}), flush=True)\n"
        "    time.sleep(0.05)\n"
        "(folder / 'ended').touch()\n"
        "sys.exit((folder / 'fails').exists() and 'Error: no room')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("poetcore.training.fine_tuning.child._MODULE", "standing_in")
    return tmp_path


def test_a_first_interruption_ends_fine_tuning_with_the_best_so_far(stand_in):
    interrupted = []

    def once(_: object) -> None:
        if not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt

    run_job(stand_in, stand_in / "stop", once)
    assert (stand_in / "ended").exists()


def test_a_second_interruption_ends_the_run(stand_in):
    def always(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_job(stand_in, stand_in / "elsewhere", always)
    assert (stand_in / "elsewhere").exists() and not (stand_in / "ended").exists()


def test_why_the_process_failed_is_told_in_a_sentence(stand_in):
    (stand_in / "fails").touch()
    (stand_in / "stop").touch()
    with pytest.raises(Exception, match="^no room$"):
        run_job(stand_in, stand_in / "stop", print)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"architecture": "efficientnet_lite0_quantized"}, "tflite_int8"),
        ({"multi_label": True}, "several labels"),
    ],
)
def test_what_cannot_be_fine_tuned_is_refused(tmp_path: Path, values, why):
    with pytest.raises(OptionError, match=why):
        check_config(RunConfig(tmp_path, fine_tuning=FineTuning(True), **values), Workspace(tmp_path / "ws"))


def test_how_to_fine_tune_without_fine_tuning_is_refused():
    with pytest.raises(OptionError, match="fine_tune_epochs is for fine-tuning only"):
        FineTuning(fine_tune_epochs=3)


def test_a_scaling_for_a_network_that_has_its_own_is_refused(tmp_path: Path):
    with pytest.raises(OptionError, match="input_scaling is for a network of your own"):
        check_config(RunConfig(tmp_path, input_scaling="0,255"), Workspace(tmp_path / "ws"))


def test_a_network_that_got_no_better_is_told(tmp_path: Path):
    assert "no better" in about_fine_tuning({"best": 0, "epochs": 3})


def test_options_are_kept_with_a_run(trained):
    assert json.loads((trained.run.folder / "run.json").read_text())["options"]["fine_tune"] is False
