"""Two evaluations brought together: which pictures count, what is found of them, what is told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.common import compare_evaluations
from poetcore.evaluation.comparison import Comparison, Evaluated
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.metrics import compute_metrics
from poetcore.evaluation.paired import mcnemar
from poetcore.workspace.workspace import Workspace

LABELS = ["cat", "dog", "elk"]


def evaluated(
    predicted: str, *, true: str = "cccdddeeee", labels=LABELS, folder="/demo", first=0, **columns
) -> Evaluated:
    """Make an evaluation of pictures numbered from `first` on, labels by their first letters."""
    name = {label[0].lower(): label for label in labels}
    numbers = range(first, first + len(predicted))
    table = pd.DataFrame(
        {
            "path": [f"{folder}/{number}.jpg" for number in numbers],
            "label": [name[one] for one in true],
            "predicted": [name[one] for one in predicted],
            "confidence": np.linspace(0.9, 0.5, len(predicted)),
            "leaked": False,
            "sha": [f"{number:064x}" for number in numbers],
            "leaked_near": False,
            "twin": "",
        }
        | columns
    )
    table.insert(3, "correct", table["label"] == table["predicted"])
    metrics = compute_metrics(table, list(labels), "run", Path(folder), [])
    return Evaluated("run", "run", Evaluation(metrics, table))


@pytest.fixture
def compared(tmp_path):
    def compare(a: Evaluated, b: Evaluated) -> Comparison:
        return compare_evaluations(a, b, Workspace(tmp_path / "tf_files"))

    return compare


def remark(comparison: Comparison, words: str) -> bool:
    return any(words in one for one in comparison.remarks)


def test_fixed_are_what_b_alone_labels_right(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec"))
    assert found.fixed()["path"].tolist() == ["/demo/1.jpg", "/demo/7.jpg", "/demo/8.jpg"]


def test_broken_are_what_a_alone_labels_right(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec"))
    assert found.broken()["path"].tolist() == ["/demo/5.jpg"]


def test_both_wrong_are_neither(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec"))
    assert found.both_wrong()["path"].tolist() == ["/demo/9.jpg"]


def test_difference_and_p_value_are_those_of_the_pictures(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec"))
    assert (found.difference, found.p_value) == (pytest.approx(0.2), mcnemar(1, 3))


def test_matrices_have_true_labels_as_rows(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec"))
    assert found.matrix("a").tolist() == [[2, 1, 0], [0, 3, 0], [3, 0, 1]]


def test_recalls_are_compared_label_by_label(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec")).per_label().set_index("label")
    assert found.loc["elk", ["support", "fixed", "broken"]].tolist() == [4, 2, 0]
    assert found.loc["dog", "difference"] == pytest.approx(-1 / 3)


def test_pictures_that_either_has_seen_do_not_count(compared):
    seen = [True] + [False] * 9
    found = compared(evaluated("cdcdddeccc", leaked=seen), evaluated("cccddceeec", leaked_near=seen[::-1]))
    assert len(found.pictures) == 8
    assert remark(found, "2 of the 10 pictures were seen in training (1 by A and 1 by B)")


def test_where_half_were_seen_no_difference_is_told(compared):
    found = compared(evaluated("cdcdddeccc", leaked=[True] * 5 + [False] * 5), evaluated("cccddceeec"))
    assert (found.difference, found.interval, found.p_value) == (None, None, None)


def test_where_it_is_not_known_what_a_model_was_trained_with_it_is_told(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec", leaked=None, leaked_near=None))
    assert len(found.pictures) == 10 and remark(found, "Which pictures B was trained with is not known")


def test_pictures_of_one_evaluation_only_are_not_compared(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("ccddceeec", true="ccdddeeee", first=1))
    assert len(found.pictures) == 9 and remark(found, "the 9 pictures that are in both are compared")


def test_other_demo_folders_are_named_and_joined_by_content(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec", folder="/other"))
    assert len(found.pictures) == 10 and remark(found, "B on 10 of /other")


def test_pictures_with_another_label_in_one_evaluation_are_not_compared(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec", true="dccdddeeee"))
    assert len(found.pictures) == 9 and remark(found, "1 picture has another label in one evaluation")


def test_labels_are_compared_as_they_look(compared):
    found = compared(evaluated("cdcdddeccc"), evaluated("cccddceeec", labels=["Cat", "Dog", "Elk"]))
    assert found.labels == ("cat", "dog", "elk") and len(found.pictures) == 10 and not found.remarks


def test_predicting_a_label_that_the_other_does_not_know_is_an_error(compared):
    both = "cccddd"
    found = compared(
        evaluated("ccedde", true=both), evaluated("cccddd", true=both, labels=["dog", "cat", "fox"])
    )
    assert found.labels == ("cat", "dog", "elk", "fox") and len(found.fixed()) == 2
    assert remark(found, "Only A knows elk and only B knows fox: only pictures of the 2 labels")


def test_near_duplicates_are_counted_once(compared):
    same = "0" * 64
    a, b = evaluated("dddd", true="cccc", sha=same), evaluated("cccc", true="cccc", sha=same)
    assert compared(a, b).p_value == mcnemar(0, 1)


def test_without_a_common_picture_it_is_refused(compared):
    with pytest.raises(OptionError, match="on no common picture"):
        compared(evaluated("cdcdddeccc"), evaluated("cccddceeec", first=50))


def test_tables_of_earlier_versions_are_joined_by_path(compared):
    a = evaluated("cdcdddeccc")
    old = Evaluation(a.evaluation.metrics, a.evaluation.predictions.drop(columns=["sha", "leaked_near"]))
    assert len(compared(Evaluated("old", "old", old), evaluated("cccddceeec")).pictures) == 10
