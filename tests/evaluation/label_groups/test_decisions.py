"""What is answered in groups of labels, and the answer that costs the least."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.label_groups.decisions import (
    GroupCall,
    cost_matrix,
    decide,
    decide_predictions,
    group_probabilities,
    group_words,
    least_costs,
    predicted_groups,
)
from poetcore.evaluation.label_groups.slide_groups import slide_groups
from poetcore.workspace.label_groups import Cost, LabelGroups
from tests.evaluation.label_groups.drawn import LABELS, drawn, evaluated

ALARM = LabelGroups({"alarm": ("fire", "smoke")})
PATHS = ["0.jpg", "1.jpg", "2.jpg"]
CAREFUL = LabelGroups({"alarm": ("fire", "smoke")}, {"alarm": 0.2})


def test_the_probability_of_a_group_is_the_sum_of_its_labels():
    shares = np.array([[0.3, 0.4, 0.3]])
    assert group_probabilities(ALARM, LABELS, shares) == pytest.approx(np.array([[0.6]]))


def test_of_several_labels_it_is_that_of_the_most_probable_one():
    shares = np.array([[0.7, 0.4, 0.9]])
    assert group_probabilities(ALARM, LABELS, shares, several=True) == pytest.approx(np.array([[0.9]]))


def test_without_a_threshold_the_most_probable_label_decides():
    shares = np.array([[0.3, 0.4, 0.3], [0.6, 0.4, 0.0]])
    assert predicted_groups(ALARM, LABELS, shares).ravel().tolist() == [False, True]


def test_with_a_threshold_the_probability_of_the_group_decides():
    shares = np.array([[0.1, 0.8, 0.1], [0.1, 0.85, 0.05]])
    assert predicted_groups(CAREFUL, LABELS, shares).ravel().tolist() == [True, False]


def test_of_several_labels_a_predicted_one_decides():
    shares, thresholds = np.array([[0.3, 0.9, 0.1], [0.3, 0.9, 0.4]]), np.array([0.5, 0.5, 0.4])
    assert predicted_groups(ALARM, LABELS, shares, thresholds).ravel().tolist() == [False, True]


def test_the_cost_of_fewer_kinds_counts_whatever_the_order():
    costs = (Cost("fire", "misc", 9.0), Cost("alarm", "misc", 50.0), Cost("alarm", "alarm", 0.0))
    for given in itertools.permutations(costs):
        found = cost_matrix(LabelGroups({"alarm": ("fire", "smoke")}, costs=given), LABELS)
        assert found.tolist() == [[0, 9, 0], [1, 0, 1], [0, 50, 0]]


def test_the_answer_is_the_one_that_costs_the_least():
    costs = cost_matrix(LabelGroups(costs=(Cost("fire", "misc", 10.0),)), LABELS)
    answers, expected = least_costs(costs, np.array([[0.2, 0.8, 0.0], [0.05, 0.95, 0.0]]))
    assert [LABELS[one] for one in answers] == ["fire", "misc"]
    assert expected[0] == pytest.approx([0.8, 2.0, 1.0])


def test_no_other_answers_cost_less_by_the_probabilities():
    draw = np.random.default_rng(1)
    costs, (probabilities, _) = draw.random((3, 3)) * 10, drawn(40)
    answers, expected = least_costs(costs, probabilities)
    every = np.array([[row @ costs[:, answer] for answer in range(3)] for row in probabilities])
    assert expected == pytest.approx(every)
    assert every[np.arange(40), answers] == pytest.approx(every.min(axis=1))


def test_of_answers_that_cost_the_same_the_most_probable_one_is_given():
    costs = np.zeros((3, 3))
    assert least_costs(costs, np.array([[0.2, 0.3, 0.5]]))[0].tolist() == [2]


def test_a_prediction_is_decided_in_groups_and_by_costs():
    groups = LabelGroups(CAREFUL.groups, CAREFUL.thresholds, costs=(Cost("alarm", "misc", 10.0),))
    (found,) = decide(groups, LABELS, np.array([[0.05, 0.75, 0.2]]))
    assert found.groups == (GroupCall("alarm", pytest.approx(0.25), 0.2, True),)
    assert (found.label, found.cost, found.usual) == ("smoke", pytest.approx(0.8), pytest.approx(2.5))


def test_several_labels_have_groups_but_no_costs():
    groups = LabelGroups(ALARM.groups, costs=(Cost("alarm", "misc", 10.0),))
    (found,) = decide(groups, LABELS, np.array([[0.9, 0.9, 0.1]]), np.full(3, 0.5))
    assert (found.groups[0].predicted, found.label) == (True, None)


def test_a_picture_that_cannot_be_used_is_not_decided():
    usable = Prediction(Path("a.jpg"), tuple(LABELS), np.array([0.9, 0.1, 0.0]))
    damaged = Prediction(Path("b.jpg"), tuple(LABELS), None, reason="is empty")
    assert [len(one.groups) for one in decide_predictions(ALARM, [damaged, usable])] == [0, 1]
    assert [len(one.groups) for one in decide_predictions(ALARM, [damaged])] == [0]


def test_a_slide_without_confidence_tells_no_probability():
    found = slide_groups(ALARM, evaluated(np.eye(3), LABELS), ["0.jpg"], confidence=False)
    assert found == {"0.jpg": "alarm"}


def test_no_predicted_group_is_said_to_be_none():
    assert group_words([GroupCall("alarm", 0.1, None, False)]) == "none"


def test_a_slide_tells_the_groups_that_are_predicted_and_where_that_is_wrong():
    shares = np.array([[0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.0, 1.0, 0.0]])
    found = slide_groups(ALARM, evaluated(shares, ["smoke", "fire", "misc"]), PATHS)
    assert list(found.values()) == ["alarm 90 %", "no group (true: alarm)", "no group"]


def test_a_slide_tells_the_answer_that_costs_the_least_where_it_is_another():
    shares = np.array([[0.2, 0.8, 0.0], [0.0, 1.0, 0.0]])
    groups = LabelGroups(costs=(Cost("fire", "misc", 10.0),))
    found = slide_groups(groups, evaluated(shares, ["misc", "misc"]), PATHS)
    assert list(found.values()) == ["least cost: fire", ""]


def test_a_run_without_groups_has_nothing_on_its_slides():
    assert not slide_groups(LabelGroups(), evaluated(np.eye(3), LABELS), PATHS)
