"""An evaluation of many labels in a terminal: nothing is cut off without a word."""

import numpy as np
import pytest

from poetcore.cli.confusions import confusion_table, label_table
from poetcore.cli.terminal import Terminal
from poetcore.evaluation.metrics import Metrics, per_label_metrics

WHOLE = "with --json"


def metrics_of(matrix: np.ndarray, labels: list[str]) -> Metrics:
    """Return the metrics of a confusion matrix."""
    correct, total = int(matrix.trace()), int(matrix.sum())
    of_labels = per_label_metrics(matrix, labels)
    figures = (correct / total, correct, total, [0.0, 1.0], 0, None, None, 0.5)
    return Metrics("run", "demo", labels, *figures, of_labels, matrix.tolist(), [])


def shown(capsys: pytest.CaptureFixture[str], parts: list) -> str:
    Terminal(False).answer({}, *parts)
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def _eighty(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def many() -> Metrics:
    """60 labels of 10 pictures; of label n the next one gets n % 5, and label 7 gets 9 of label 3."""
    matrix = np.diag([10] * 60)
    for number in range(59):
        matrix[number, number + 1] = number % 5
    matrix[3, 7] = 9
    return metrics_of(matrix, [f"label {number}" for number in range(60)])


def test_a_matrix_that_fits_is_shown_whole(capsys):
    out = shown(capsys, confusion_table(metrics_of(np.array([[3, 1], [0, 5]]), ["ash", "oak"]), WHOLE))
    assert out.startswith("Confusion matrix") and "│ ash │   3 │   1 │" in out


def test_of_a_wider_one_the_ten_largest_confusions_are_shown_and_where_the_whole_is(capsys, many):
    out = shown(capsys, confusion_table(many, WHOLE))
    assert "The largest confusions, 10 of 48" in out
    assert "The whole confusion matrix of 60 labels, which is wider than this terminal: with --json." in out
    first = next(line for line in out.splitlines() if "label 3 " in line)
    assert [cell.strip() for cell in first.strip("│").split("│")] == ["label 3", "label 7", "9", "40.9 %"]


def test_a_wide_one_without_confusions_says_so(capsys):
    metrics = metrics_of(np.diag([2] * 60), [f"label {number}" for number in range(60)])
    assert shown(capsys, confusion_table(metrics, WHOLE)).startswith("No picture was misclassified.")


def test_of_many_labels_the_worst_are_shown_and_how_to_get_all(capsys, many):
    out = shown(capsys, label_table(many))
    assert "the 20 lowest F1 of 60 labels" in out and "and 40 more labels; --json lists them all" in out
    assert "label 3 " in out and "label 55 " not in out


def test_of_some_labels_all_are_shown(capsys):
    labels = [f"label {number}" for number in range(40)]
    out = shown(capsys, label_table(metrics_of(np.diag([2] * 40), labels)))
    assert all(f"{label} " in out for label in labels) and "more labels" not in out
