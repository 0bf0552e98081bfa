"""One label against the rest: the curve, the threshold for a wanted precision or recall, its interval."""

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve

from poetcore.errors import OptionError
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.precision_recall import (
    precision_recall,
    threshold_for_precision,
    threshold_interval,
    wanted_threshold,
)
from poetcore.evaluation.wanted_thresholds import one_label
from tests.conftest import Trained


def drawn(n: int, digits: int = 6) -> tuple[np.ndarray, np.ndarray]:
    """Scores of n pictures, of which those of the label are higher; with few digits many are the same."""
    generator = np.random.default_rng(n)
    has = generator.random(n) < 0.3
    return np.clip(0.35 * has + 0.65 * generator.random(n), 0, 1).round(digits), has


@pytest.mark.parametrize(("n", "digits"), [(200, 6), (200, 1), (7, 6)])
def test_the_curve_is_scikit_learns(n, digits):
    scores, has = drawn(n, digits)
    precision, recall, thresholds = precision_recall_curve(has, scores)
    ours = precision_recall(scores, has)[::-1]
    assert ours["threshold"].tolist() == pytest.approx(thresholds.tolist())
    assert ours["precision"].tolist() == pytest.approx(precision[:-1].tolist())
    assert ours["recall"].tolist() == pytest.approx(recall[:-1].tolist())


def test_of_the_thresholds_with_a_precision_it_is_the_one_with_the_highest_recall():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    has = np.array([True, False, True, True, True, False])
    assert threshold_for_precision(scores, has, 0.8) == 0.5
    assert threshold_for_precision(scores, has, 1.0) == 0.9


def test_where_no_threshold_has_the_precision_there_is_none():
    assert threshold_for_precision(np.array([0.9, 0.8]), np.array([False, True]), 0.9) is None


def test_a_threshold_for_a_recall_keeps_that_share_of_the_pictures():
    scores, has = drawn(2000)
    threshold = wanted_threshold(scores, has, "recall", 0.9)
    assert threshold is not None and (scores[has] >= threshold).mean() == pytest.approx(0.9, abs=0.01)


def test_too_few_pictures_cannot_promise_a_recall():
    with pytest.raises(OptionError, match="cannot be promised for rose"):
        wanted_threshold(np.array([0.9, 0.8]), np.array([True, True]), "recall", 0.95, "rose")


@pytest.mark.parametrize("quantity", ["precision", "recall"])
def test_the_interval_holds_the_threshold_and_narrows_with_the_pictures(quantity):
    widths = []
    for n in (100, 4000):
        scores, has = drawn(n)
        threshold, ends = wanted_threshold(scores, has, quantity, 0.8), None
        ends = threshold_interval(scores, has, quantity, 0.8)
        assert ends is not None and threshold is not None and ends[0] <= threshold <= ends[1]
        widths.append(ends[1] - ends[0])
    assert widths[1] < 0.5 * widths[0]


def test_the_interval_of_a_recall_covers_the_threshold_of_very_many_pictures():
    generator, inside = np.random.default_rng(5), 0
    for _ in range(100):
        scores, has = generator.random(80), np.ones(80, bool)
        ends = threshold_interval(scores, has, "recall", 0.8)
        inside += ends is not None and ends[0] <= 0.2 <= ends[1]
    assert 88 <= inside <= 100


def test_near_duplicates_widen_the_interval():
    scores, has = drawn(400)
    alone, among = (threshold_interval(scores, has, "recall", 0.8, share) for share in (1.0, 0.1))
    assert alone is not None and among is not None and among[1] - among[0] > 1.5 * (alone[1] - alone[0])


def test_thresholds_are_chosen_on_cross_validated_pictures_and_told_on_the_demo_pictures(trained: Trained):
    found = evaluate(trained.run, trained.sample / "demo", trained.workspace)
    one = one_label(trained.run, found)[0]
    assert one.cross_validated and one.chosen_on == len(trained.run.cross_validation())
    at = one.threshold("recall", 0.5)
    rows = found.predictions
    reached = rows[f"p_{one.label}"] >= at.value
    assert (at.recall.correct, at.recall.total) == (
        int((reached & (rows["label"] == one.label)).sum()),
        int((rows["label"] == one.label).sum()),
    )
    assert at.precision.total == int(reached.sum())


def test_without_cross_validation_they_are_chosen_on_the_demo_pictures(trained: Trained):
    found = evaluate(trained.run, trained.sample / "demo", trained.workspace)
    one = one_label(None, found)[0]
    assert not one.cross_validated and one.chosen_on == len(found.predictions)


def test_pictures_that_were_seen_in_training_are_not_counted(trained: Trained):
    found = evaluate(trained.run, trained.sample / "demo", trained.workspace)
    rows = found.predictions.assign(leaked=np.arange(len(found.predictions)) < 5)
    assert len(one_label(None, Evaluation(found.metrics, rows))[0].scores) == len(rows) - 5


def test_why_there_is_no_threshold_is_told(trained: Trained):
    found = evaluate(trained.run, trained.sample / "demo", trained.workspace)
    none = one_label(trained.run, found)[0].threshold("recall", 0.99)
    assert none.value is None and "cannot be promised" in none.reason and none.precision.total == 0


def test_of_chosen_labels_each_is_as_among_all(trained: Trained):
    found = evaluate(trained.run, trained.sample / "demo", trained.workspace)
    last = one_label(trained.run, found)[-1]
    alone = one_label(trained.run, found, [last.label])[0]
    assert alone.threshold("precision", 0.9) == last.threshold("precision", 0.9)
