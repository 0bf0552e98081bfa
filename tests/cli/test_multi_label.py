"""Several labels a picture on the command line: what is printed, in words and as JSON."""

from pathlib import Path

import pytest

from poetcore.data.multi_label import scan_label_sets
from tests.cli.inside import Terminal, call
from tests.conftest import Trained


@pytest.fixture(scope="module")
def say(pairs_trained: Trained):
    """Runs a command on the workspace of that run; returns what it prints."""
    return Terminal(pairs_trained.workspace.root).say


@pytest.fixture(scope="module")
def answer(pairs_trained: Trained):
    """Likewise, with --json."""
    return Terminal(pairs_trained.workspace.root).answer


@pytest.fixture(scope="module")
def pictures(pairs_trained) -> list[Path]:
    return sorted((pairs_trained.sample / "demo" / "daisy").iterdir())


def test_an_evaluation_prints_thresholds_and_co_occurrence(say, pairs_trained):
    said = say("evaluate", pairs_trained.sample / "demo", "--run", "pairs")
    assert "threshold" in said and "Co-occurrence" in said and "Confusion" not in said


def test_the_json_of_an_evaluation_has_no_accuracy_but_the_subset_accuracy(answer, pairs_trained):
    found = answer("evaluate", pairs_trained.sample / "demo", "--run", "pairs")
    assert found["accuracy"] is None and 0 <= found["subset_accuracy"] <= 1
    assert 0 <= found["per_label"]["daisy"]["threshold"] <= 1


def test_one_picture_is_told_with_all_labels_over_their_thresholds(say, pictures):
    assert "Labels over their thresholds: " in say("label_image", pictures[0], "--run", "pairs")


def test_json_has_the_labels_over_their_thresholds(answer, pairs_trained, pictures):
    thresholds = dict(
        zip(pairs_trained.run.labels(), pairs_trained.run.record().multi_label["thresholds"], strict=True)
    )
    for one in answer("label_image", *pictures, "--run", "pairs")["predictions"]:
        over = {score["label"] for score in one["scores"] if score["score"] >= thresholds[score["label"]]}
        assert set(one["labels"]) == over and one["unsure"] is False


def test_labels_of_a_csv_file_are_read_again(say, pairs_trained, pictures, tmp_path):
    say("label_image", *pictures, "--run", "pairs", "--output_csv", tmp_path / "found.csv")
    with pairs_trained.workspace.file_index() as index:
        assert set(scan_label_sets(tmp_path / "found.csv", index).labels) <= set(pairs_trained.run.labels())


def test_an_overview_finds_no_conflict_where_one_says_so(answer, pairs_trained):
    folder = pairs_trained.sample / "demo"
    counts = {
        name: answer("overview", folder, *more)["counts"]
        for name, more in {"plain": (), "several": ("--multi_label",)}.items()
    }
    assert "two_labels" in counts["plain"] and "two_labels" not in counts["several"]


@pytest.mark.parametrize("arguments", [("learning_curve", "--run", "pairs"), ("calibrate", "--run", "pairs")])
def test_what_is_not_offered_is_refused_in_one_sentence(pairs_trained, arguments):
    done = call(*arguments, "--workspace", pairs_trained.workspace.root)
    assert done.status == 2 and "several labels" in " ".join(done.stderr.split())


def test_suspects_are_refused(pairs_trained):
    folder = pairs_trained.sample / "demo"
    done = call(
        "overview", folder, "--suspects", "--multi_label", "--workspace", pairs_trained.workspace.root
    )
    assert done.status == 2 and "several labels" in " ".join(done.stderr.split())
