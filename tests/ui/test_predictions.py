"""The parts of the predict page."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.label_groups.recall import set_label_groups
from poetcore.ui.gallery.card import Card
from poetcore.ui.label_groups.predicted import decision_words, decisions_of
from poetcore.ui.use.predictions import predict, prediction_card, table_of
from poetcore.workspace.head import Head
from poetcore.workspace.label_groups import Cost, LabelGroups
from poetcore.workspace.run import Run


def test_a_run_that_was_trained_again_under_its_name_predicts_anew(full, tmp_path):
    run = Run(shutil.copytree(full.run.folder, tmp_path / "run"))
    photo = ("rose.jpg", next((full.sample / "demo" / "rose").iterdir()).read_bytes())
    (before,) = predict(run, [photo])
    labels, head = run.labels(), run.head()
    others = np.roll(np.arange(len(labels)), 1)
    run.write_model(labels, Head(head.kernel[:, others], head.bias[others]))
    run.write_record(replace(run.record(), created="2026-01-02T03:04:05+00:00", checksums={}))
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


def test_groups_and_the_answer_that_costs_the_least_stand_below_a_prediction(own):
    rose = next((own.sample / "demo" / "rose").iterdir()).read_bytes()
    found = predict(own.run, [("rose.jpg", rose)])
    assert decision_words(decisions_of(own.run, found)[0]) == ()
    groups = LabelGroups({"garden": ("rose", "tulip")}, costs=(Cost("rose", "daisy", 5.0),))
    set_label_groups(own.run, groups)  # changed after the prediction, which is kept
    decisions = decisions_of(own.run, predict(own.run, [("rose.jpg", rose)]))
    first, second = decision_words(decisions[0])
    assert first.startswith("Groups: garden ")
    assert second.startswith(f"Least expected cost: {decisions[0].label} (")
    (row,) = table_of(found, decisions).to_dict("records")
    assert (row["groups"], row["least_cost"]) == ("garden", decisions[0].label)


def test_a_picture_unlike_the_training_pictures_is_unknown_in_the_headline():
    one = Prediction(Path("a.jpg"), ("ant", "bee"), np.array([0.9, 0.1], np.float32), unknown=True)
    found = prediction_card(one, "5" * 64)
    assert found.title == "Unknown"
    assert found.lines[1].startswith("It is unlike the training pictures")


def test_the_table_says_which_pictures_are_unknown_where_that_is_known():
    known = Prediction(Path("a.jpg"), ("ant", "bee"), np.array([0.9, 0.1], np.float32), unknown=True)
    assert list(table_of([known])) == ["file", "label", "confidence", "unknown", "p_ant", "p_bee"]
    assert "unknown" not in table_of([replace(known, unknown=None)])
