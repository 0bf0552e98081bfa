"""The parts of the predict page."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from poetcore.evaluation.classifier import Prediction
from poetcore.ui.gallery.card import Card
from poetcore.ui.use.predictions import predict, prediction_card
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


def card(*shares: float) -> Card:
    """The card of a prediction with these probabilities."""
    labels = tuple(f"label {i}" for i in range(len(shares)))
    return prediction_card(Prediction(Path("a.jpg"), labels, np.array(shares, np.float32)), "5" * 64)


def test_a_sure_prediction_is_the_headline():
    assert card(0.9, 0.06, 0.04).title == "label 0 · 90 %"


def test_an_unsure_prediction_says_so_in_the_headline():
    found = card(0.45, 0.4, 0.15)
    assert found.title == "Not sure"
    assert found.lines[1].startswith("Most probable is label 0, with 45 %.")
