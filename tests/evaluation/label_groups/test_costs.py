"""What answers cost, against a calculation by hand, and how sure that is."""

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.label_groups.costs import MeanCost, compute_costs, evaluation_costs
from poetcore.workspace.label_groups import Cost, LabelGroups
from tests.evaluation.label_groups.drawn import LABELS, drawn, evaluated

MISSED = LabelGroups({"alarm": ("fire", "smoke")}, costs=(Cost("alarm", "misc", 20.0),))

#: True label and probabilities of five pictures: one alarm is missed by the most probable label, and found
#: by the answer that costs the least, which costs one false alarm.
SHARES = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.0, 0.9, 0.1], [0.0, 1.0, 0.0], [0.0, 0.99, 0.01]])
TRUE = ["fire", "fire", "misc", "misc", "misc"]


def test_costs_are_those_of_a_calculation_by_hand():
    found = compute_costs(MISSED, LABELS, SHARES, TRUE)
    assert found.answers == ("fire", "fire", "smoke", "misc", "misc")
    assert (found.usual.value, found.least.value) == (100 * 20 / 5, 100 * 1 / 5)
    assert (found.saved.value, found.changed) == (100 * 19 / 5, 2)


def test_where_probabilities_can_be_believed_no_answers_cost_less_on_average():
    found = compute_costs(MISSED, LABELS, *drawn(4000))
    assert found.least.value < found.usual.value
    assert found.expected == pytest.approx(found.least.value, rel=0.15)
    assert found.saved.interval[0] > 0


def test_the_true_cost_lies_in_the_interval_as_often_as_it_should():
    true_cost = compute_costs(MISSED, LABELS, *drawn(60_000, 7)).least.value
    ends = [compute_costs(MISSED, LABELS, *drawn(150, seed)).least.interval for seed in range(200)]
    assert np.mean([low <= true_cost <= high for low, high in ends]) >= 0.9


def test_a_dear_mistake_that_did_not_occur_leaves_its_doubt():
    shares = np.tile([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], (10, 1))
    found = compute_costs(MISSED, LABELS, shares, ["fire", "misc"] * 10)
    assert found.usual.value == 0.0
    assert found.usual.interval[1] >= 100 * 20 * Accuracy(0, 20).interval[1]


def test_a_missed_alarm_that_did_not_occur_leaves_its_doubt_in_what_is_saved():
    shares = np.array([[0.1, 0.9, 0.0]] * 10 + [[0.0, 1.0, 0.0]] * 30 + [[1.0, 0.0, 0.0]] * 10)
    found = compute_costs(MISSED, LABELS, shares, ["misc"] * 40 + ["fire"] * 10)
    assert (found.changed, found.saved.value) == (10, -20.0)  # ten false alarms, and no alarm to be missed
    low, high = found.saved.interval
    assert low < -20 and high > 0


def test_near_duplicates_make_costs_less_sure():
    narrow, wide = (compute_costs(MISSED, LABELS, *drawn(200), independent=s).usual for s in (1.0, 0.2))
    assert wide.value == narrow.value and wide.interval[1] > narrow.interval[1]


def test_without_pictures_nothing_is_known():
    found = compute_costs(MISSED, LABELS, np.zeros((0, 3)), [])
    assert (found.usual, found.expected, str(found.usual)) == (
        MeanCost(None, None),
        None,
        "not known (no pictures)",
    )


def test_pictures_seen_in_training_cost_nothing_here():
    found = evaluation_costs(MISSED, evaluated(SHARES, TRUE, leaked=[False, True, True, True, True]))
    assert (found.total, found.usual.value) == (1, 0.0)


def test_figures_are_told_with_no_more_digits_than_they_are_worth():
    assert str(MeanCost(8.333, (0.421, 1234.5))) == "8.3 per 100 pictures (95 % interval 0.42 to 1,234)"


def test_several_labels_have_no_costs(pairs_trained):
    from poetcore.evaluation.evaluation import Evaluation

    with pytest.raises(OptionError, match="Costs of mistakes are not offered"):
        evaluation_costs(MISSED, Evaluation.load(pairs_trained.run.evaluation("demo")))
