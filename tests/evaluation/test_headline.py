"""Which figure may stand as the accuracy, and what is said beside it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from poetcore.evaluation.freshness import Difference
from poetcore.evaluation.headline import Headline, calibration_sentence, headline, label_doubt, leak_counts
from poetcore.evaluation.metrics import Metrics, compute_metrics

TEN = pd.DataFrame(
    {
        "label": ["ant", "bee"] * 5,
        "predicted": ["ant", "bee"] * 4 + ["bee", "ant"],
        "confidence": 0.8,
        "leaked": False,
    }
).assign(correct=lambda table: table["label"] == table["predicted"], leaked_near=False)


def metrics(leaked: int = 0, near: int = 0, **others: Any) -> Metrics:
    """Ten pictures, the first eight correct, of which the first so many are leaked."""
    rows = [(i < leaked, leaked <= i < leaked + near) for i in range(10)]
    table = TEN.assign(leaked=[one for one, _ in rows], leaked_near=[two for _, two in rows])
    return replace(compute_metrics(table, ["ant", "bee"], "run", Path("/demo"), []), **others)


def figures(told: Headline) -> tuple[int, int] | None:
    return None if told.accuracy is None else (told.accuracy.correct, told.accuracy.total)


def test_pictures_that_were_not_seen_need_no_words():
    told = headline(metrics())
    assert (figures(told), told.mark, told.remarks) == ((8, 10), "", ())


def test_some_seen_pictures_are_left_out():
    told = headline(metrics(2, 1))
    assert (figures(told), told.mark) == ((5, 7), "")
    assert told.remarks == (
        "3 of these 10 pictures were seen in training (2 exactly, 1 as a near duplicate) and excluded"
        " from the accuracy; with them it is 80.0 %.",
    )


@pytest.mark.parametrize(("leaked", "near"), [(5, 0), (0, 5), (3, 2), (10, 0), (0, 10)])
def test_where_half_or_more_were_seen_there_is_no_accuracy(leaked, near):
    told = headline(metrics(leaked, near))
    assert (told.accuracy, told.mark) == (None, "seen in training")
    assert "so there is no accuracy to tell" in told.remarks[0]


def test_just_less_than_half_leaves_an_accuracy():
    assert figures(headline(metrics(4, 0))) == (4, 6)


def test_what_is_not_known_of_a_model_is_said():
    unknown = TEN.assign(leaked=None, leaked_near=None)
    told = headline(compute_metrics(unknown, ["ant", "bee"], "graph", Path("/demo"), []))
    assert (figures(told), told.mark) == ((8, 10), "")
    assert "is not known" in told.remarks[0]


@pytest.mark.parametrize(
    ("leaked", "near", "words"),
    [
        (1, 3, "1 exact, 3 near duplicates"),
        (0, None, "0 exact, near duplicates not known"),
        (None, None, "not known"),
    ],
)
def test_both_kinds_of_leaks_are_counted_apart(leaked, near, words):
    assert leak_counts(replace(metrics(), leaked=leaked, leaked_near=near)) == words


def test_near_duplicates_that_are_not_known_are_said():
    told = headline(metrics(leaked_near=None))
    assert told.remarks == ("Whether near duplicates of these pictures were trained on is not known.",)


def test_near_duplicates_that_are_known_do_not_count_while_others_are_not():
    table = TEN.assign(leaked=[True] + [False] * 9, leaked_near=[False, True, True] + [None] * 7)
    found = compute_metrics(table, ["ant", "bee"], "run", Path("/demo"), [])
    assert (found.leaked, found.leaked_near, found.unseen) == (1, None, 7)
    told = headline(found)
    assert figures(told) == (5, 7)
    assert "(1 exactly, 2 as near duplicates)" in told.remarks[0] and "Whether more near" in told.remarks[1]


def test_removed_pictures_that_cannot_be_predicted_are_counted():
    told = headline(metrics(removed=3, accuracy_before=0.75, correct_before=9, total_before=12))
    assert "75.0 % (9 of 12, without 1 that cannot be predicted any more)" in told.remarks[0]


def test_labels_without_a_demo_picture_are_said():
    told = headline(compute_metrics(TEN, ["ant", "bee", "cat"], "run", Path("/demo"), []))
    assert told.remarks[0].startswith("The demo pictures are of 2 of the 3 labels only")


def test_changed_labels_stand_beside_the_accuracy_before():
    told = headline(metrics(relabelled=3, accuracy_before=0.5, correct_before=5, total_before=10))
    assert (figures(told), told.mark) == ((8, 10), "3 labels changed: 50.0 % before")
    assert told.remarks == (
        "3 labels were changed after a model had been evaluated here: on the folder as it was the accuracy"
        " is 50.0 % (5 of 10).",
    )


def test_removed_pictures_alone_are_marked_as_such():
    assert headline(metrics(removed=1, total_before=0)).mark == "1 picture removed"


def test_figures_that_are_out_of_date_say_so():
    difference = Difference(added=1)
    told = headline(metrics(), difference)
    assert (told.mark, told.remarks) == ("out of date", (difference.sentence,))


def test_training_pictures_that_are_others_now_are_said():
    told = headline(metrics(), Difference(training=Difference(added=2)))
    assert told.mark == "" and "the model was trained on are others now (2 added)" in told.remarks[-1]


def test_what_cannot_be_compared_is_said():
    told = headline(metrics(), Difference(known=False))
    assert (told.mark, told.remarks) == (
        "",
        ("Whether the demo folder still holds these pictures is not known.",),
    )


def test_all_marks_stand_side_by_side():
    told = headline(metrics(10, relabelled=1), Difference(removed=1))
    assert told.mark == "seen in training; 1 label changed; out of date"
    assert (told.sentence, len(told.remarks)) == (f"no accuracy ({told.mark})", 3)


def test_many_near_duplicates_among_the_pictures_are_said():
    told = headline(metrics(independent=2.0))
    assert len(told.remarks) == 1 and told.remarks[0].endswith("they tell as much as 2 that differ.")


# ------------------------------------------------------------------------------------------ figures per label


def test_the_lowest_recall_has_its_interval():
    assert label_doubt(metrics()).endswith("the recall of ant, 4 of 5, has the 95 % interval 38 to 96 %.")


def test_near_duplicates_make_a_recall_less_sure():
    assert "26 to 98 %" in label_doubt(metrics(independent=5.0))


def test_of_pictures_that_were_mostly_seen_no_recall_has_an_interval():
    assert label_doubt(metrics(5)) == ""


# ------------------------------------------------------------------------------------------------ calibration


def test_calibration_says_whether_chance_explains_the_error():
    assert metrics().calibration is not None
    text = calibration_sentence(metrics())
    assert (
        text.startswith("The confidences of the 10 pictures are off by 0.0 % on average")
        and "no more than chance" in text
    )


def test_calibration_says_that_seen_pictures_are_left_out():
    assert calibration_sentence(metrics(2)).startswith(
        "The confidences of the 8 pictures not seen in training"
    )


def test_calibration_is_that_of_pictures_that_were_not_seen():
    found = metrics(2).calibration
    assert found is not None and sum(one["n"] for one in found["bins"]) == 8


def test_bins_without_pictures_have_no_accuracy():
    found = metrics().calibration
    assert found is not None
    assert {one["accuracy"] for one in found["bins"] if not one["n"]} == {None}


def test_where_all_pictures_were_seen_calibration_is_not_known():
    assert (metrics(10).calibration, calibration_sentence(metrics(10))) == (None, "")


def test_labels_that_were_not_chosen_are_named_as_far_as_a_sentence_can():
    excluded = {"x" * 250: 1} | {f"label {number}": 2 for number in range(11)}
    (remark,) = headline(metrics(excluded=excluded)).remarks
    assert remark.startswith("23 pictures are excluded, of 12 labels") and remark.endswith(
        "label 8 and 2 more."
    )
    assert "x" * 25 not in remark
