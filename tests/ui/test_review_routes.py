"""The route of a review: what it adds, what it refuses, and that what was answered is on the disk."""

import json
from pathlib import Path

import pytest

from poetcore.evaluation.review.review import Review
from poetcore.ui.review.routes import REVIEW_ROUTES
from poetcore.workspace.workspace import Workspace
from tests.evaluation.review.drawn import evaluation, sha, written
from tests.ui.routes import OWN, Answer, ask

HERE = "/poet/review/first/my demo"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The evaluation of a run that counts as finished."""
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    run = Workspace(tmp_path / "tf_files").create_run("first")
    monkeypatch.setattr(
        Workspace, "run", lambda self, name: next(r for r in self.all_runs() if r.name == name)
    )
    return written(run.evaluation("my demo").folder, evaluation(wrong=5, total=10))


def post(headers=OWN, **verdict: str) -> Answer:
    return ask(REVIEW_ROUTES, "POST", HERE, json.dumps(verdict), headers)


def test_a_review_begins_empty():
    answer = ask(REVIEW_ROUTES, "GET", HERE).json()
    assert (answer["verdicts"], answer["words"]) == ({}, "0 of 5 reviewed")


def test_a_verdict_that_was_answered_is_on_the_disk(folder):
    answer = post(sha=sha(0), verdict="label_wrong", right_label="bee", comment="sure")
    assert (answer.status, answer.json()["words"]) == (200, "1 of 5 reviewed")
    assert Review.of(folder).verdicts["verdict"].tolist() == ["label_wrong"]


def test_undo_takes_it_back():
    post(sha=sha(0), verdict="unusable")
    assert post(sha=sha(0), verdict="").json()["verdicts"] == {}


def test_a_page_of_another_site_may_not_review(folder):
    assert post({"sec-fetch-site": "cross-site"}, sha=sha(0), verdict="unusable").status == 403
    assert not folder.review_file.exists()


@pytest.mark.parametrize(
    ("verdict", "words"),
    [({"verdict": "maybe"}, "A verdict is one of"), ({"verdict": "label_wrong"}, "needs the right label")],
)
def test_an_impossible_verdict_is_answered_with_a_sentence(verdict, words):
    answer = post(sha=sha(0), **verdict)
    assert answer.status == 400 and words in answer.json()["error"]


@pytest.mark.parametrize("content", ["", "[]", "nonsense", "[" * 5000])
def test_what_cannot_be_read_is_answered_with_a_sentence(content):
    answer = ask(REVIEW_ROUTES, "POST", HERE, content)
    assert answer.status == 400 and "cannot be read" in answer.json()["error"]


def test_a_comment_without_end_is_refused():
    assert post(sha=sha(0), verdict="unusable", comment="x" * 100_000).status == 400


def test_where_it_cannot_be_written_asking_again_may_help(folder):
    folder.review_file.mkdir()
    assert post(sha=sha(0), verdict="unusable").status == 503


def test_no_other_folder_than_that_of_an_evaluation_is_found():
    for name in ("..", "%2e%2e", "gone"):
        assert ask(REVIEW_ROUTES, "GET", f"/poet/review/first/{name}").status in (400, 404)
