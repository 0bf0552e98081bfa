"""Exports of a run of several labels a picture: sigmoid outputs, and thresholds in the note."""

import pytest

from poetcore.export.export import export

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("form", ["tflite", "frozen_graph"])
def test_an_export_has_the_probabilities_of_the_app_and_names_the_thresholds(pairs_trained, tmp_path, form):
    name = {"tflite": "model.tflite", "frozen_graph": "graph.pb"}[form]
    made = export(pairs_trained.run, pairs_trained.workspace, form, tmp_path / name)
    assert made.parity.pictures and made.parity.max_abs_diff < 1e-4
    note = " ".join((tmp_path / f"{made.path.stem}_README.txt").read_text("utf-8").split())
    for label, least in pairs_trained.run.record().thresholds.items():
        assert f"{label} {least:.2f}" in note
