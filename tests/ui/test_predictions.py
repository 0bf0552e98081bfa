"""The parts of the predict page."""

import shutil
from dataclasses import replace

import numpy as np

from poetcore.ui.use.predictions import predict
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run


def test_a_run_that_was_trained_again_under_its_name_predicts_anew(full, tmp_path):
    run = Run(shutil.copytree(full.run.folder, tmp_path / "run"))
    photo = ("rose.jpg", next((full.sample / "demo" / "rose").iterdir()).read_bytes())
    (before,) = predict(run, [photo])
    labels, head = run.labels(), run.head()
    others = np.roll(np.arange(len(labels)), 1)
    run.write_model(labels, Head(head.kernel[:, others], head.bias[others]))
    run.write_record(replace(run.record(), created="2026-01-02T03:04:05+00:00"))
    (after,) = predict(run, [photo])
    assert after.label == labels[(labels.index(before.label) + 1) % len(labels)]
