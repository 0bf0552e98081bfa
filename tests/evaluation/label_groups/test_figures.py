"""How well groups of labels are told: against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_score, recall_score

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.label_groups.figures import (
    figures_json,
    group_accuracy,
    group_figures,
    group_results,
    group_truth,
)
from poetcore.evaluation.label_groups.summary import summarise
from poetcore.workspace.label_groups import LabelGroups
from tests.evaluation.label_groups.drawn import LABELS, drawn, evaluated

ALARM = LabelGroups({"alarm": ("fire", "smoke")})
CAREFUL = LabelGroups({"alarm": ("fire", "smoke")}, {"alarm": 0.2})


def test_figures_are_those_of_scikit_learn():
    draw = np.random.default_rng(3)
    truth, said = draw.random(80) < 0.3, draw.random(80) < 0.4
    found = group_figures(truth, said)
    assert found.recall.value == pytest.approx(recall_score(truth, said))
    assert found.precision.value == pytest.approx(precision_score(truth, said))
    assert found.false_alarms.value == pytest.approx(1 - recall_score(~truth, ~said))
    assert found.accuracy.value == pytest.approx(accuracy_score(truth, said))


def test_a_group_without_pictures_has_no_recall():
    found = group_figures(np.zeros(5, bool), np.zeros(5, bool))
    assert (found.recall.value, found.precision.value, found.false_alarms.value) == (None, None, 0.0)
    assert figures_json(found)["recall"] == {"value": None, "interval": None, "correct": 0, "total": 0}


def test_near_duplicates_make_the_figures_less_sure():
    truth = np.arange(100) < 50
    wide, narrow = (group_figures(truth, truth, share).recall.interval for share in (0.2, 1.0))
    assert wide[0] < narrow[0] == Accuracy(50, 50).interval[0]


def test_a_label_with_a_bar_in_its_name_is_one_label():
    groups = LabelGroups({"alarm": ("fire|smoke",)})
    assert group_truth(groups, ["fire|smoke", "misc"], ["fire|smoke"]).tolist() == [[True]]
    assert group_truth(ALARM, LABELS, ["fire|misc", "misc", ""], several=True).ravel().tolist() == [
        True,
        False,
        False,
    ]


def test_a_group_is_evaluated_without_and_with_its_threshold():
    shares = np.array([[0.9, 0.1, 0.0], [0.1, 0.7, 0.2], [0.2, 0.75, 0.05], [0.0, 1.0, 0.0]])
    (found,) = group_results(CAREFUL, evaluated(shares, ["smoke", "fire", "misc", "misc"]))
    assert (found.usual.recall.correct, found.usual.recall.total) == (1, 2)
    assert found.figures.recall.value == 1.0
    assert (found.figures.precision.correct, found.figures.precision.total) == (2, 3)
    assert (found.figures.false_alarms.correct, found.figures.false_alarms.total) == (1, 2)


def test_pictures_seen_in_training_do_not_count():
    shares, true = drawn(20)
    (found,) = group_results(ALARM, evaluated(shares, true, leaked=[True] * 5 + [False] * 15))
    assert found.usual.accuracy.total == 15


def test_a_mistake_within_a_group_counts_as_right():
    shares = np.array([[0.6, 0.1, 0.3], [0.6, 0.4, 0.0], [0.1, 0.9, 0.0]])
    found = group_accuracy(ALARM, evaluated(shares, ["smoke", "misc", "misc"]))
    assert (found.correct, found.total) == (2, 3)


def test_thresholds_for_other_probabilities_than_those_evaluated_are_told():
    found = evaluated(*drawn(20))
    calibrated = LabelGroups(ALARM.groups, {"alarm": 0.2}, temperature=2.0)
    assert any("was calibrated between" in remark for remark in summarise(calibrated, found).remarks)
    assert not any("was calibrated" in remark for remark in summarise(CAREFUL, found).remarks)
