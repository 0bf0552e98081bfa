"""The figures of an evaluated folder, against numbers worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.evaluation.evaluate import Evaluation
from poetcore.evaluation.metrics import Metrics, compute_metrics, confusion_matrix, threshold_table

LABELS = ["ant", "bee", "cat", "dog"]

#: (true label, predicted label, pictures, of which leaked); "cat" is never predicted, "dog" does not
#: occur either.
PAIRS = [
    ("ant", "ant", 5, 2),
    ("ant", "bee", 1, 0),
    ("bee", "ant", 3, 1),
    ("bee", "bee", 2, 0),
    ("cat", "bee", 2, 0),
]


def table(pairs: list[tuple[str, str, int, int]] = PAIRS) -> pd.DataFrame:
    rows = []
    for true, predicted, count, leaked in pairs:
        for i in range(count):
            confidence = 0.5 + len(rows) / 100
            rows.append((f"{len(rows)}.jpg", true, predicted, true == predicted, confidence, i < leaked))
    return pd.DataFrame(rows, columns=["path", "label", "predicted", "correct", "confidence", "leaked"])


@pytest.fixture(scope="module")
def by_hand() -> Metrics:
    return compute_metrics(
        table(), LABELS, "run", Path("/demo"), [{"path": "x", "reason": "is empty (0 bytes)"}]
    )


def test_correct_and_total(by_hand):
    assert (by_hand.correct, by_hand.total) == (7, 13)


def test_accuracy(by_hand):
    assert by_hand.accuracy == pytest.approx(7 / 13)


def test_accuracy_comes_with_its_wilson_interval(by_hand):
    assert by_hand.interval == pytest.approx([0.2914, 0.7679], abs=1e-4)


def test_confusion_matrix_has_true_labels_as_rows(by_hand):
    assert by_hand.confusion_matrix == [[5, 1, 0, 0], [3, 2, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]]


def test_precision_recall_and_f1(by_hand):
    wanted = {"precision": 5 / 8, "recall": 5 / 6, "f1": 5 / 7, "support": 6}
    assert by_hand.per_label["ant"] == pytest.approx(wanted)


def test_a_label_that_is_never_predicted_has_no_precision(by_hand):
    assert by_hand.per_label["cat"] == {"precision": None, "recall": 0.0, "f1": 0.0, "support": 2}


def test_of_a_label_that_does_not_occur_nothing_is_known(by_hand):
    assert by_hand.per_label["dog"] == {"precision": None, "recall": None, "f1": None, "support": 0}


def test_macro_f1_is_over_the_labels_that_occur(by_hand):
    assert by_hand.macro_f1 == pytest.approx((5 / 7 + 2 / 5 + 0) / 3)
    assert by_hand.macro_f1_labels == 3


def test_leaked_pictures_are_counted(by_hand):
    assert by_hand.leaked == 3


def test_accuracy_without_the_leaked_pictures(by_hand):
    assert by_hand.accuracy_without_leaked == pytest.approx(5 / 10)


def test_accuracy_without_leaked_is_unknown_where_all_are():
    metrics = compute_metrics(table([("ant", "ant", 3, 3)]), LABELS, "run", Path("/demo"), [])
    assert (metrics.accuracy_without_leaked, metrics.interval_without_leaked) == (None, None)


def test_skipped_files_are_passed_on(by_hand):
    assert by_hand.skipped == [{"path": "x", "reason": "is empty (0 bytes)"}]


def test_a_confusion_matrix_counts_as_scikit_learn_does():
    from sklearn.metrics import confusion_matrix as wanted

    draw = np.random.default_rng(0)
    for labels in (["b", "c", "a"], [f"label{i}" for i in range(30)]):
        true, predicted = draw.choice(
            labels[:-1], (2, 40)
        ).tolist()  # the last neither occurs nor is predicted
        counted = confusion_matrix(true, predicted, labels)
        assert counted.tolist() == wanted(true, predicted, labels=labels).tolist()


def test_per_class_figures_are_those_of_scikit_learn():
    from sklearn.metrics import precision_recall_fscore_support

    labels = [f"label{i}" for i in range(12)]
    draw = np.random.default_rng(1)
    true, predicted = draw.choice(labels[:-1], 60), draw.choice(labels[1:], 60)
    predictions = pd.DataFrame({"label": true, "predicted": predicted}).assign(
        correct=true == predicted, leaked=False, confidence=0.5
    )
    found = compute_metrics(predictions, labels, "run", Path("/demo"), []).per_label
    wanted = precision_recall_fscore_support(true, predicted, labels=labels, zero_division=np.nan)
    occurring = [(i, label) for i, label in enumerate(labels) if label in true]
    for name, values in zip(("precision", "recall", "f1", "support"), wanted, strict=True):
        values = [None if np.isnan(values[i]) else values[i] for i, _ in occurring]
        assert [found[label][name] for _, label in occurring] == pytest.approx(values)


def test_a_confusion_matrix_keeps_the_order_of_the_labels():
    counted = confusion_matrix(["a", "b", "b"], ["b", "b", "b"], ["b", "c", "a"])
    assert counted.tolist() == [[2, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_a_confusion_matrix_of_no_pictures_is_zero():
    assert confusion_matrix([], [], ["a", "b"]).tolist() == [[0, 0], [0, 0]]


def test_misclassified_pictures_come_most_confident_first(by_hand):
    found = Evaluation(by_hand, table()).misclassified()["path"].tolist()
    assert found == ["12.jpg", "11.jpg", "8.jpg", "7.jpg", "6.jpg", "5.jpg"]


def test_most_confused_pairs_come_with_the_most_frequent_first(by_hand):
    pairs = Evaluation(by_hand, table()).most_confused()
    assert pairs == [("bee", "ant", 3), ("cat", "bee", 2), ("ant", "bee", 1)]


def test_most_confused_leaves_out_what_is_rarer_than_asked(by_hand):
    assert Evaluation(by_hand, table()).most_confused(minimum=3) == [("bee", "ant", 3)]


def test_without_misclassified_pictures_nothing_is_confused():
    right = table([("ant", "ant", 2, 0)])
    assert Evaluation(compute_metrics(right, LABELS, "run", Path("/demo"), []), right).most_confused() == []


def test_thresholds_say_how_many_are_answered_and_how_many_of_these_right():
    given = pd.DataFrame({"confidence": [0.9, 0.6, 0.5, 0.3], "correct": [True, False, True, False]})
    found = threshold_table(given, steps=4)
    assert found["threshold"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found["coverage"].tolist() == [1, 1, 0.75, 0.25, 0]
    assert found["accuracy"].tolist() == pytest.approx([0.5, 0.5, 2 / 3, 1, float("nan")], nan_ok=True)


# ----------------------------------------------------------------------- accuracy against coverage

#: (confidence, right)
CONFIDENCES = [(1.0, True), (0.9, True), (0.6, False), (0.3, True)]


@pytest.fixture(scope="module")
def thresholds() -> pd.DataFrame:
    rows = threshold_table(pd.DataFrame(CONFIDENCES, columns=["confidence", "correct"]), steps=10)
    return rows.set_index(rows["threshold"].round(2))


def test_thresholds_run_from_0_to_1_in_even_steps(thresholds):
    assert list(thresholds.index) == [i / 10 for i in range(11)]


def test_at_0_everything_is_answered(thresholds):
    assert tuple(thresholds.loc[0.0, ["coverage", "accuracy"]]) == (1.0, 0.75)


@pytest.mark.parametrize(
    ("threshold", "coverage", "accuracy"), [(0.4, 0.75, 2 / 3), (0.7, 0.5, 1.0), (1.0, 0.25, 1.0)]
)
def test_only_the_surer_answers_count(thresholds, threshold, coverage, accuracy):
    assert tuple(thresholds.loc[threshold, ["coverage", "accuracy"]]) == pytest.approx((coverage, accuracy))


def test_a_confidence_that_is_the_threshold_is_answered():
    rows = threshold_table(pd.DataFrame({"confidence": [0.5], "correct": [True]}), steps=2)
    assert list(rows["coverage"]) == [1.0, 1.0, 0.0]


def test_where_nothing_is_answered_the_accuracy_is_missing():
    rows = threshold_table(pd.DataFrame({"confidence": [0.5], "correct": [True]}), steps=2)
    assert list(rows["accuracy"].isna()) == [False, False, True]


def test_without_predictions_nothing_is_answered():
    empty = pd.DataFrame({"confidence": pd.Series(dtype=float), "correct": pd.Series(dtype=bool)})
    assert not threshold_table(empty)["coverage"].any()


# ---------------------------------------------------------------------------------------- the largest losses


@pytest.fixture
def three() -> Evaluation:
    """Three pictures whose true labels got 0.9, 0.25 and nothing."""
    predictions = pd.DataFrame(
        [
            ("a", "ant", "ant", 0.9, 0.9, 0.1),
            ("b", "bee", "ant", 0.75, 0.75, 0.25),
            ("c", "ant", "bee", 1.0, 0.0, 1.0),
        ],
        columns=["path", "label", "predicted", "confidence", "p_ant", "p_bee"],
    ).assign(correct=[True, False, False], leaked=False)
    metrics = compute_metrics(predictions, ["ant", "bee"], "run", Path("/demo"), [])
    return Evaluation(metrics, predictions)


def test_the_largest_losses_come_first(three):
    assert list(three.top_losses()["path"]) == ["c", "b", "a"]


def test_a_loss_is_the_negative_logarithm_of_the_true_labels_probability(three):
    losses = three.top_losses().set_index("path")["loss"]
    assert (losses["a"], losses["b"]) == (pytest.approx(-np.log(0.9)), pytest.approx(-np.log(0.25)))


def test_no_loss_is_infinite(three):
    assert np.isfinite(three.top_losses()["loss"]).all()


def test_as_many_losses_are_listed_as_asked(three):
    assert len(three.top_losses(2)) == 2


def test_an_error_as_large_as_chance_makes_it_is_not_off():
    wrong = table([("ant", "bee", 2, 0)]).assign(confidence=0.02)
    found = compute_metrics(wrong, LABELS, "run", Path("/demo"), []).calibration
    assert found is not None and found["error"] == pytest.approx(found["noise"]) and not found["off"]
