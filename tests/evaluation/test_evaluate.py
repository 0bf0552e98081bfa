"""The figures of a judged folder, against numbers worked out by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.evaluation.evaluate import (
    Evaluation,
    Metrics,
    compute_metrics,
    confusion_table,
    pick_cell,
    threshold_table,
)

LABELS = ["ant", "bee", "cat", "dog"]

#: (truth, prediction, pictures, of which leaked); "cat" is never predicted, "dog" neither occurs nor is.
PAIRS = [
    ("ant", "ant", 5, 2),
    ("ant", "bee", 1, 0),
    ("bee", "ant", 3, 1),
    ("bee", "bee", 2, 0),
    ("cat", "bee", 2, 0),
]


def table(pairs: list[tuple[str, str, int, int]] = PAIRS) -> pd.DataFrame:
    rows = []
    for truth, predicted, count, leaked in pairs:
        for i in range(count):
            confidence = 0.5 + len(rows) / 100
            rows.append((f"{len(rows)}.jpg", truth, predicted, truth == predicted, confidence, i < leaked))
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


def test_confusion_matrix_has_the_truth_as_rows(by_hand):
    assert by_hand.confusion_matrix == [[5, 1, 0, 0], [3, 2, 0, 0], [0, 2, 0, 0], [0, 0, 0, 0]]


def test_the_figures_of_labels_are_those_of_scikit_learn():
    from sklearn.metrics import precision_recall_fscore_support

    draw = np.random.default_rng(0)
    for labels in (LABELS, LABELS[:2], [f"label{i}" for i in range(30)]):
        known, size = labels[: max(2, len(labels) - 1)], 40  # one label may neither occur nor be predicted
        pairs = zip(draw.choice(known, size).tolist(), draw.choice(known, size).tolist(), strict=True)
        found = table([(truth, predicted, 1, 0) for truth, predicted in pairs])
        wanted = precision_recall_fscore_support(
            found["label"], found["predicted"], labels=labels, zero_division=0.0
        )
        given = compute_metrics(found, labels, "run", Path("/demo"), []).per_label
        for name, figures in zip(("precision", "recall", "f1", "support"), wanted, strict=True):
            assert [given[label][name] for label in labels] == pytest.approx(list(figures))


def test_precision_recall_and_f1(by_hand):
    wanted = {"precision": 5 / 8, "recall": 5 / 6, "f1": 5 / 7, "support": 6}
    assert by_hand.per_label["ant"] == pytest.approx(wanted)


def test_a_label_that_is_never_predicted_scores_zero(by_hand):
    assert by_hand.per_label["cat"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 2}


def test_a_label_that_does_not_occur_scores_zero(by_hand):
    assert by_hand.per_label["dog"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}


def test_macro_f1_is_over_the_labels_that_occur(by_hand):
    assert by_hand.macro_f1 == pytest.approx((5 / 7 + 2 / 5 + 0) / 3)


def test_leaked_pictures_are_counted(by_hand):
    assert by_hand.leaked == 3


def test_accuracy_without_the_leaked_pictures(by_hand):
    assert by_hand.accuracy_without_leaked == pytest.approx(5 / 10)


def test_accuracy_without_leaked_is_unknown_where_all_are():
    metrics = compute_metrics(table([("ant", "ant", 3, 3)]), LABELS, "run", Path("/demo"), [])
    assert (metrics.accuracy_without_leaked, metrics.interval_without_leaked) == (None, None)


def test_skipped_files_are_passed_on(by_hand):
    assert by_hand.skipped == [{"path": "x", "reason": "is empty (0 bytes)"}]


def test_confusion_table_keeps_the_order_of_the_labels():
    found = confusion_table(pd.Series(["a", "b", "b"]), pd.Series(["b", "b", "b"]), ["b", "c", "a"])
    assert found.to_numpy().tolist() == [[2, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_mistakes_come_with_the_surest_first(by_hand):
    found = Evaluation(by_hand, table()).mistakes()["path"].tolist()
    assert found == ["12.jpg", "11.jpg", "8.jpg", "7.jpg", "6.jpg", "5.jpg"]


def test_most_confused_pairs_come_with_the_most_frequent_first(by_hand):
    pairs = Evaluation(by_hand, table()).most_confused()
    assert pairs == [("bee", "ant", 3), ("cat", "bee", 2), ("ant", "bee", 1)]


def test_most_confused_leaves_out_what_is_rarer_than_asked(by_hand):
    assert Evaluation(by_hand, table()).most_confused(minimum=3) == [("bee", "ant", 3)]


def test_without_mistakes_nothing_is_confused():
    right = table([("ant", "ant", 2, 0)])
    assert Evaluation(compute_metrics(right, LABELS, "run", Path("/demo"), []), right).most_confused() == []


def test_thresholds_say_how_many_are_answered_and_how_many_of_these_right():
    given = pd.DataFrame({"confidence": [0.9, 0.6, 0.5, 0.3], "correct": [True, False, True, False]})
    found = threshold_table(given, steps=4)
    assert found["threshold"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found["answered"].tolist() == [1, 1, 0.75, 0.25, 0]
    assert found["accuracy"].tolist() == pytest.approx([0.5, 0.5, 2 / 3, 1, float("nan")], nan_ok=True)


def test_a_selected_cell_is_read_as_truth_and_prediction():
    assert pick_cell([{"predicted": "bee", "label": "ant", "pictures": 3}]) == ("ant", "bee")


@pytest.mark.parametrize("selection", [[], [{}], [{"label": "ant"}]])
def test_without_a_selected_cell_there_is_none(selection):
    assert pick_cell(selection) is None
