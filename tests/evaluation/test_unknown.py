"""What an evaluation tells of pictures unlike the training pictures, and the words for it."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.slides import deck, slide_notes
from poetcore.evaluation.unknown import caught_sentence, demo_sentence, least_probability, novelty_figures
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill
from tests.records import change_record


@pytest.fixture(scope="module")
def older(trained, tmp_path_factory):
    """The shared run as an earlier version left it, in a workspace of its own, and its evaluation."""
    place = Workspace(tmp_path_factory.mktemp("older") / "tf_files")
    shutil.copytree(trained.workspace.root, place.root, ignore=shutil.ignore_patterns("evaluations"))
    run = place.run(trained.run.name)
    change_record(run.folder / "run.json", novelty={})
    (run.folder / "novelty.npy").unlink()
    demo = fill(place.root / "demo", {"daisy": 3, "rose": 3})  # noise: no flowers at all
    return run, evaluate(run, demo, place)


@pytest.mark.parametrize(("temperature", "least"), [(1.0, 0.5), (1.3, 0.4), (2.0, None)])
def test_an_export_calls_unknown_what_has_too_small_a_probability_at_its_temperature(
    trained, temperature, least
):
    known = {"least_probability": 0.5, "temperature": 1.3, "least_probability_calibrated": 0.4}
    record = replace(trained.run.record(), novelty=known)
    assert least_probability(record, temperature) == least


def test_of_a_run_of_an_earlier_version_no_least_probability_is_known(trained):
    assert least_probability(replace(trained.run.record(), novelty={}), 1.0) is None


FIGURES = {"pictures": 200, "unknown": 12, "wrong": 5, "expected": 0.05, "caught": {}}


def test_an_evaluation_adds_the_threshold_to_a_run_of_an_earlier_version(trained, older):
    assert older[0].record().novelty["threshold"] == pytest.approx(
        trained.run.record().novelty["threshold"], abs=1e-4
    )


def test_an_evaluation_counts_unknown_pictures_and_the_wrong_ones_among_them(older):
    table, told = older[1].predictions, older[1].metrics.novelty
    assert (told["pictures"], told["unknown"]) == (6, table["unknown"].sum())
    assert told["wrong"] == (table["unknown"].astype(bool) & ~table["correct"]).sum()


def test_what_is_written_of_novelty_is_read_again(older):
    run, evaluation = older
    again = Evaluation.load(run.evaluation("demo"))
    assert again.metrics.novelty == evaluation.metrics.novelty
    pd.testing.assert_series_equal(again.predictions["novelty"], evaluation.predictions["novelty"])
    assert again.predictions["unknown"].tolist() == evaluation.predictions["unknown"].tolist()


def test_unknown_pictures_are_noted_on_their_slides(older):
    predictions = older[1].predictions.assign(unknown=[True] + [False] * 5, leaked=[True, True] + [False] * 4)
    assert slide_notes(deck(predictions), predictions)[:3] == [
        "seen in training, unlike the training pictures",
        "seen in training",
        "",
    ]


def test_where_it_is_not_known_of_every_picture_nothing_is_counted(trained):
    table = pd.DataFrame({"correct": [True, False], "unknown": [True, None]})
    assert novelty_figures(table, trained.run.record()) is None


def test_the_share_of_the_demo_pictures_stands_beside_what_is_expected():
    assert demo_sentence(FIGURES) == (
        "Of 200 pictures of its labels that were not seen in training, 12 (6.0 %, 3 to 10 %) are called"
        " unknown, 5 of them misclassified; about 5 % are expected."
    )


def test_no_more_is_told_than_was_measured():
    caught = {"ant": {"n": 50, "caught": 0.1, "auc": 0.7}, "bee": {"n": 50, "caught": 0.3, "auc": 0.8}}
    sentence = caught_sentence(FIGURES | {"caught": caught, "caught_mean": np.mean([0.1, 0.3])})
    assert "20.0 % of their pictures are called unknown: from 10.0 % of ant to 30.0 % of bee" in sentence
    assert sentence.endswith("things are found was not measured.")


def test_what_was_not_measured_is_not_known():
    assert "is not known" in caught_sentence(FIGURES)
