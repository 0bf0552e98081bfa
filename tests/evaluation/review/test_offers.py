"""Verdicts of other evaluations: offered by content, the newest, where they hold here."""

from dataclasses import replace

import pytest

from poetcore.evaluation.review.offers import offered_from, offered_verdicts
from poetcore.evaluation.review.progress import ReviewProgress, review_progress
from poetcore.evaluation.review.review import Review, record_verdicts
from poetcore.evaluation.review.sample import random_sample
from poetcore.evaluation.review.verdicts import Verdict
from poetcore.workspace.workspace import Workspace
from tests.evaluation.review.drawn import evaluation, sha, written

FOUND = evaluation(wrong=5, total=10)


@pytest.fixture
def place(tmp_path):
    """A workspace of two runs that were evaluated on the same pictures."""
    workspace = Workspace(tmp_path / "tf_files")
    for name in ("one", "two"):
        written(workspace.create_run(name).evaluation("demo").folder, FOUND)
    return workspace


def folder(place, name):
    return next(run for run in place.all_runs() if run.name == name).evaluation("demo")


def test_a_verdict_is_offered_by_content(place):
    record_verdicts(folder(place, "one"), FOUND, [Verdict(sha(0), "label_wrong", "bee", "sure")])
    moved = FOUND.predictions.assign(path="elsewhere.jpg")
    verdicts, rows = offered_verdicts(replace(FOUND, predictions=moved), folder(place, "two"), place)
    assert verdicts == [Verdict(sha(0), "label_wrong", "bee", "sure")]
    assert rows[["run", "evaluation"]].to_numpy().tolist() == [["one", "demo"]]


def test_its_own_verdicts_are_not_offered_and_neither_what_is_reviewed_here(place):
    for name in ("one", "two"):
        record_verdicts(folder(place, name), FOUND, [Verdict(sha(0), "unusable")])
    assert offered_verdicts(FOUND, folder(place, "two"), place)[0] == []


def test_of_several_the_newest_is_offered(place):
    workspace = place
    written(workspace.create_run("three").evaluation("demo").folder, FOUND)
    record_verdicts(folder(place, "one"), FOUND, [Verdict(sha(0), "unusable")])
    record_verdicts(folder(place, "three"), FOUND, [Verdict(sha(0), "ambiguous")])
    assert offered_from(place, [sha(0)])["verdict"].tolist() == ["ambiguous"]


def test_a_repaired_picture_has_a_correct_label(place):
    record_verdicts(folder(place, "one"), FOUND, [Verdict(sha(0), "label_wrong", "bee")])
    repaired = FOUND.predictions.assign(label=["bee"] + ["ant"] * 9)
    verdicts, _ = offered_verdicts(replace(FOUND, predictions=repaired), folder(place, "two"), place)
    assert verdicts == [Verdict(sha(0), "label_correct")]


def test_a_verdict_on_another_label_or_one_that_the_model_does_not_know_is_not_offered(place):
    record_verdicts(folder(place, "one"), FOUND, [Verdict(sha(0), "label_wrong", "bee")])
    changed = FOUND.predictions.assign(label=["cat"] + ["ant"] * 9)
    fewer = replace(FOUND, metrics=replace(FOUND.metrics, labels=["ant", "cat"]))
    for other in (replace(FOUND, predictions=changed), fewer):
        assert offered_verdicts(other, folder(place, "two"), place)[0] == []


def test_progress_counts_mistakes_and_the_sample_apart(place):
    drawn = random_sample(FOUND.predictions)["sha"]
    verdicts = [Verdict(one, "label_correct") for one in (sha(0), sha(1), drawn.iloc[0], drawn.iloc[2])]
    record_verdicts(folder(place, "one"), FOUND, verdicts)
    found = review_progress(FOUND, Review.of(folder(place, "one")))
    assert found.words == "2 of 5 reviewed, and 1 at random"


@pytest.mark.parametrize(
    ("sampled", "right", "size"), [(0, 200, 30), (29, 200, 30), (30, 200, 60), (100, 200, 200), (3, 20, 20)]
)
def test_a_sample_grows_in_steps(sampled, right, size):
    assert ReviewProgress(0, 0, sampled, right).next_sample == size
