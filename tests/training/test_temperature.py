"""Calibrating a run: only where it is worth it, with a way back, and in every export."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import RunError
from poetcore.evaluation.calibration import apply_temperature
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import export
from poetcore.training.temperature import calibrate
from poetcore.workspace.run import Run
from tests.conftest import Trained


def copy_of(trained: Trained, folder: Path, offered: bool, error: float = 0.12) -> Run:
    """A copy of the run whose cross validation found it to be off."""
    run = Run(folder / "off")
    run.folder.mkdir()
    record = trained.run.record()
    figures = {"error": error, "noise": 0.05, "temperature": 2.5, "cross_entropy_calibrated": 0.3}
    validated = {**(record.cross_validation or {}), "cross_entropy": 0.4}
    run.write_record(
        replace(
            record,
            name=run.name,
            cross_validation=validated | {"calibration": figures | {"offered": offered}},
        )
    )
    run.write_model(trained.run.labels(), trained.run.head())
    run.write_split(trained.run.split())
    return run


def predicted(run: Run, trained: Trained) -> np.ndarray:
    found = Classifier(run, trained.workspace).classify([Path(path) for path in run.split()["path"][:6]])
    return np.stack([one.probabilities for one in found])


@pytest.fixture
def off(trained, tmp_path) -> Run:
    return copy_of(trained, tmp_path, offered=True)


def test_the_app_predicts_with_the_temperature(off, trained):
    before = predicted(off, trained)
    done = calibrate(off)
    assert done.temperature == off.temperature() == 2.5
    assert np.allclose(predicted(off, trained), apply_temperature(before, 2.5), atol=1e-5)


def test_the_sentence_has_the_figures_and_what_to_make_again(off):
    assert calibrate(off).sentence == (
        "The probabilities were off by 12.0 % on average (noise 5.0 %); with the temperature 2.5 the"
        " cross-validated log loss is 0.300 instead of 0.400. Evaluations and exports made before keep their"
        " probabilities: make them again."
    )


def test_twice_is_once(off, trained):
    calibrate(off)
    before = predicted(off, trained)
    assert "made before" not in calibrate(off).sentence
    assert np.array_equal(predicted(off, trained), before)


def test_undoing_restores_the_probabilities(off, trained):
    before = predicted(off, trained)
    calibrate(off)
    assert calibrate(off, undo=True).temperature == 1
    assert np.array_equal(predicted(off, trained), before)


@pytest.mark.parametrize(
    ("error", "why"), [(0.04, "no more than the noise of 5.0 %"), (0.2, "a temperature lowers no log loss")]
)
def test_what_is_not_offered_is_not_done(trained, tmp_path, error, why):
    run = copy_of(trained, tmp_path, offered=False, error=error)
    assert why in calibrate(run).sentence
    assert run.temperature() == 1


def test_a_run_of_an_earlier_version_is_told_to_train_again(off):
    off.write_record(replace(off.record(), cross_validation=None))
    with pytest.raises(RunError, match="no cross validation .*train it again"):
        calibrate(off)


@pytest.mark.slow
def test_an_export_predicts_with_the_temperature_and_its_note_says_so(off, trained, tmp_path):
    calibrate(off)
    made = export(off, trained.workspace, "tflite", tmp_path / "out")
    assert made.parity.max_abs_diff < 1e-4
    (note,) = (tmp_path / "out").glob("*_README.txt")
    assert "temperature of 2.5 is part of the weights" in " ".join(note.read_text("utf-8").split())
