"""Verdicts as repairs: what is moved, verified, left alone, and undone."""

from pathlib import Path

import pytest

from poetcore.curation.repair import Repairs
from poetcore.curation.review_changes import review_changes
from poetcore.data.file_index import sha_of
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.review import Review, record_verdicts
from poetcore.evaluation.review.verdicts import Verdict
from tests.conftest import fill
from tests.evaluation.review.drawn import evaluation, written


@pytest.fixture
def demo(tmp_path) -> Path:
    return fill(tmp_path / "demo", {"ant": 5, "bee": 1})


@pytest.fixture
def found(demo) -> Evaluation:
    """The five ants, predicted to be bees."""
    data = evaluation(wrong=5, total=5, folder=demo)
    files = sorted((demo / "ant").iterdir())
    shas = [sha_of(file.read_bytes()) for file in files]
    return Evaluation(data.metrics, data.predictions.assign(path=[str(file) for file in files], sha=shas))


def changes(tmp_path, found, *verdicts, verified=()):
    place = written(tmp_path / "evaluation", found)
    given = [Verdict(found.predictions["sha"][number], *rest) for number, *rest in verdicts]
    record_verdicts(place, found, given)
    return review_changes(found, Review.of(place), verified)


def test_verdicts_become_changes(tmp_path, found):
    asked = changes(
        tmp_path,
        found,
        (0, "label_wrong", "bee", "six legs, striped"),
        (1, "unusable"),
        (2, "label_correct"),
        (3, "ambiguous"),
    )
    assert [(one.path.name, one.action, one.label) for one in asked] == [
        ("ant_000.jpg", "relabel", "bee"),
        ("ant_001.jpg", "quarantine", ""),
        ("ant_002.jpg", "fine", ""),
    ]
    assert asked[0].reason == "review: label wrong, predicted label bee; six legs, striped"


def test_they_are_applied_in_one_step_and_undone_in_one(tmp_path, found, demo):
    asked = changes(tmp_path, found, (0, "label_wrong", "bee"), (1, "unusable"))
    repairs = Repairs(demo)
    assert repairs.propose(asked) == 2
    step = repairs.apply()
    assert (demo / "bee" / "ant_000.jpg").exists() and (demo / "quarantine" / "ant" / "ant_001.jpg").exists()
    repairs.undo(step.id)
    assert len(list((demo / "ant").iterdir())) == 5


def test_what_is_done_already_is_not_asked_for_again(tmp_path, found, demo):
    verdicts = [(0, "label_wrong", "bee"), (1, "label_correct")]
    asked = changes(tmp_path, found, *verdicts)
    repairs = Repairs(demo)
    repairs.propose(asked)
    repairs.apply()
    again = review_changes(found, Review.of(written(tmp_path / "evaluation", found)), repairs.verified())
    assert again == []
