"""Verdicts: what is refused, which of them count, how pictures are chosen by them."""

import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.review.review import Review, record_verdicts, reviewed, rows_by_verdict
from poetcore.evaluation.review.verdicts import VERDICTS, Verdict
from tests.evaluation.review.drawn import evaluation, sha, written

FOUND = evaluation(wrong=5, total=10)


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path / "demo", FOUND)


def say(folder, number: int, verdict: str, right: str = "", comment: str = "") -> None:
    record_verdicts(folder, FOUND, [Verdict(sha(number), verdict, right, comment)])


def test_verdicts_are_read_again(folder):
    say(folder, 0, "label_wrong", "bee", "a bee, surely")
    say(folder, 9, "label_correct")
    table = Review.of(folder).verdicts
    assert table["verdict"].tolist() == ["label_wrong", "label_correct"]
    assert table.loc[0, ["label", "predicted", "right_label", "comment"]].tolist() == [
        "ant",
        "bee",
        "bee",
        "a bee, surely",
    ]


def test_an_empty_verdict_takes_it_back(folder):
    say(folder, 0, "unusable")
    say(folder, 0, "")
    assert Review.of(folder).verdicts.empty


def test_a_comment_needs_no_verdict(folder):
    say(folder, 3, "", comment="ask Ann")
    said = reviewed(FOUND.predictions, Review.of(folder))
    assert said.loc[3, ["verdict", "comment"]].tolist() == ["", "ask Ann"]


@pytest.mark.parametrize(
    ("verdict", "right", "words"),
    [
        ("wrong", "", "label_correct, label_wrong, ambiguous, unusable"),
        ("label_wrong", "", "needs the right label"),
        ("label_wrong", "dog", "is no label of this model: choose one of ant, bee, cat"),
        ("label_wrong", "ant", "say label_correct"),
    ],
)
def test_an_impossible_verdict_is_refused_and_nothing_written(folder, verdict, right, words):
    with pytest.raises(OptionError, match=words):
        record_verdicts(folder, FOUND, [Verdict(sha(1), "unusable"), Verdict(sha(0), verdict, right)])
    assert not folder.review_file.exists()


def test_a_picture_of_another_evaluation_is_refused(folder):
    with pytest.raises(OptionError, match="No picture of this evaluation"):
        say(folder, 77, "unusable")


def test_the_right_label_is_written_as_the_model_writes_it(folder):
    say(folder, 0, "label_wrong", " Bee")
    assert Review.of(folder).verdicts["right_label"].tolist() == ["bee"]


def test_evaluating_again_keeps_the_review(folder):
    say(folder, 0, "unusable")
    written(folder.folder, FOUND)
    assert len(Review.of(folder).verdicts) == 1


def test_a_verdict_holds_after_the_label_was_repaired(folder):
    say(folder, 0, "label_wrong", "bee")
    repaired = FOUND.predictions.assign(label=["bee"] + ["ant"] * 9)
    (first, *_) = reviewed(repaired, Review.of(folder)).to_dict("records")
    assert (first["verdict"], first["truth"], first["outdated"]) == ("label_wrong", "bee", False)


def test_a_verdict_on_a_label_that_was_changed_otherwise_does_not_count(folder):
    say(folder, 0, "label_wrong", "bee")
    changed = FOUND.predictions.assign(label=["cat"] + ["ant"] * 9)
    (first, *_) = reviewed(changed, Review.of(folder)).to_dict("records")
    assert (first["verdict"], first["truth"], first["outdated"]) == ("", "cat", True)


def test_that_a_picture_is_not_usable_holds_under_any_label(folder):
    say(folder, 0, "unusable")
    changed = FOUND.predictions.assign(label=["cat"] + ["ant"] * 9)
    assert reviewed(changed, Review.of(folder))["verdict"].iloc[0] == "unusable"


def test_pictures_are_chosen_by_verdict(folder):
    for number, verdict in enumerate(VERDICTS):
        say(folder, number, verdict, "bee" if verdict == "label_wrong" else "")
    review, rows = Review.of(folder), FOUND.predictions
    assert [len(rows_by_verdict(rows, review, one)) for one in VERDICTS] == [1, 1, 1, 1]
    counts = {one: len(rows_by_verdict(rows, review, one)) for one in ("all", "unreviewed", "reviewed")}
    assert counts == {"all": 10, "unreviewed": 6, "reviewed": 4}


def test_an_evaluation_without_contents_has_no_verdicts(folder):
    say(folder, 0, "unusable")
    old = FOUND.predictions.drop(columns="sha")
    assert (reviewed(old, Review.of(folder))["verdict"] == "").all()
