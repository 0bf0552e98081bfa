"""Charts of an evaluation as specifications: valid Vega-Lite that carries the right numbers."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest

from poetcore.charts.confusion import CELL, confusion_chart, pick_cell
from poetcore.charts.evaluation import coverage_chart, reliability_chart

LABELS = ["ant", "bee", "cat"]
#: Rows are true labels; no two cells off the diagonal are alike and no number is its mirror's.
COUNTS = [[5, 1, 0], [3, 2, 4], [0, 6, 8]]

THRESHOLDS = pd.DataFrame({"threshold": [0.0, 1.0], "coverage": [1.0, 0.0], "accuracy": [0.9, None]})
BINS = pd.DataFrame(
    {
        "low": [0.0, 0.5],
        "high": [0.5, 1.0],
        "n": [0, 12],
        "confidence": [np.nan, 0.8],
        "accuracy": [np.nan, 0.75],
    }
)


def cells(chart: alt.LayerChart) -> dict[tuple[str, str], dict[str, Any]]:
    """What a drawn matrix says of each (true label, predicted label)."""
    (rows,) = chart.to_dict()["datasets"].values()
    return {(row["label"], row["predicted"]): row for row in rows}


def params(chart: alt.LayerChart) -> list[dict[str, Any]]:
    return chart.to_dict()["params"]


@pytest.mark.parametrize(
    "chart",
    [
        confusion_chart(COUNTS, LABELS),
        confusion_chart(COUNTS, LABELS, percentages=True),
        coverage_chart(THRESHOLDS),
        reliability_chart(BINS),
    ],
    ids=["confusion", "row percentages", "coverage", "reliability"],
)
def test_a_chart_is_valid_vega_lite(chart):
    chart.to_dict(validate=True)


def test_a_matrix_has_one_selection_of_a_single_cell_by_its_name():
    (selection,) = params(confusion_chart(COUNTS, LABELS))
    assert selection["name"] == CELL == "cell"
    assert (selection["select"]["type"], selection["select"]["toggle"]) == ("point", False)


def test_a_click_in_a_matrix_tells_true_and_predicted_label():
    (selection,) = params(confusion_chart(COUNTS, LABELS))
    assert selection["select"]["fields"] == ["label", "predicted"]


def test_cells_count_the_pictures_of_true_and_predicted_label():
    counted = {pair: cell["pictures"] for pair, cell in cells(confusion_chart(COUNTS, LABELS)).items()}
    assert counted == {(t, p): COUNTS[i][j] for i, t in enumerate(LABELS) for j, p in enumerate(LABELS)}


def test_cells_have_their_share_of_the_row():
    assert cells(confusion_chart(COUNTS, LABELS))["bee", "ant"]["share"] == pytest.approx(3 / 9)


def test_counts_are_written_unless_row_percentages_are_asked_for():
    written = [
        cells(confusion_chart(COUNTS, LABELS, percentages))["bee", "ant"]["text"]
        for percentages in (False, True)
    ]
    assert written == ["3", "33%"]


def test_the_diagonal_is_right_and_the_rest_wrong_where_there_are_pictures():
    kinds = {pair: cell["kind"] for pair, cell in cells(confusion_chart(COUNTS, LABELS)).items()}
    assert kinds == {
        (t, p): "none" if not COUNTS[i][j] else "right" if t == p else "wrong"
        for i, t in enumerate(LABELS)
        for j, p in enumerate(LABELS)
    }


def test_true_labels_run_down_and_predicted_ones_across_in_the_order_of_the_labels():
    layer = confusion_chart(COUNTS, ["cat", "ant", "bee"]).to_dict()["layer"][0]["encoding"]
    axes = [(layer[a]["field"], layer[a]["scale"]["domain"]) for a in ("y", "x")]
    assert axes == [("label", ["cat", "ant", "bee"]), ("predicted", ["cat", "ant", "bee"])]


def test_a_label_without_pictures_has_no_share():
    assert cells(confusion_chart([[0, 0], [1, 2]], ["ant", "bee"]))["ant", "bee"]["share"] == 0


@pytest.mark.parametrize("name", ["pictures", "label", "predicted", "share"])
def test_a_label_may_be_called_what_a_column_is_called(name):
    drawn = cells(confusion_chart(COUNTS, ["ant", name, "cat"]))
    assert drawn[name, "cat"]["pictures"] == 4


def test_a_selected_cell_is_read_as_true_and_predicted_label():
    assert pick_cell([{"predicted": "bee", "label": "ant", "pictures": 3}]) == ("ant", "bee")


@pytest.mark.parametrize("selection", [[], [{}], [{"label": "ant"}]])
def test_without_a_selected_cell_there_is_none(selection):
    assert pick_cell(selection) is None


def test_labels_of_a_cell_are_text_even_if_they_look_like_numbers():
    assert pick_cell([{"label": 1, "predicted": 2}]) == ("1", "2")


def test_a_threshold_that_nothing_reaches_has_no_accuracy_to_draw():
    (rows,) = coverage_chart(THRESHOLDS).to_dict()["datasets"].values()
    assert [row["threshold"] for row in rows if row["quantity"] == "accuracy of the answers"] == [0.0]


def drawn_bins(chart: alt.LayerChart) -> list[dict[str, Any]]:
    """What a reliability diagram says of each bin."""
    return next(rows for rows in chart.to_dict()["datasets"].values() if "n" in rows[0])


def test_a_reliability_diagram_has_the_number_of_pictures_of_every_bin():
    assert [row["n"] for row in drawn_bins(reliability_chart(BINS))] == [0, 12]


def test_a_bin_without_pictures_has_no_bar():
    bars = reliability_chart(BINS).to_dict()["layer"][0]
    assert bars["mark"]["type"] == "bar" and bars["transform"] == [{"filter": "datum.n > 0"}]


def test_a_bar_of_few_pictures_is_pale():
    opacity = reliability_chart(BINS).to_dict()["layer"][0]["encoding"]["opacity"]
    assert opacity["condition"]["test"] == "datum.n < 10"
    assert opacity["condition"]["value"] < opacity["value"]


def test_calibrated_probabilities_lie_on_the_diagonal():
    chart = reliability_chart(BINS).to_dict()
    line = next(rows for rows in chart["datasets"].values() if "n" not in rows[0])
    assert line == [{"confidence": 0.0, "accuracy": 0.0}, {"confidence": 1.0, "accuracy": 1.0}]


# ---------------------------------------------------------------------------------- many labels

MANY = [f"label {number}" for number in range(60)]


def many(correct: int = 3) -> list[list[int]]:
    """Nothing is wrong but one picture of the first label."""
    counts = (np.eye(len(MANY), dtype=int) * correct).tolist()
    counts[0][1] = 1
    return counts


def test_many_labels_have_cells_of_a_size_of_their_own_and_every_name():
    drawn = confusion_chart(many(), MANY).to_dict(validate=True)
    assert drawn["width"] == drawn["height"] == {"step": 26}
    assert drawn["layer"][0]["encoding"]["x"]["axis"]["labelOverlap"] is False


def test_of_many_labels_only_what_was_counted_is_sent():
    assert len(cells(confusion_chart(many(), MANY))) == len(MANY) + 1


def test_the_order_of_labels_is_no_expression():
    """Vega-Lite turns a list to sort by into nested conditions, one in the other: 400 hang a browser."""
    assert "sort" not in confusion_chart(many(), MANY).to_dict()["layer"][0]["encoding"]["x"]


def test_the_percentages_of_a_part_are_of_all_pictures_of_the_label():
    assert (
        cells(confusion_chart([[2, 1], [0, 5]], ["ant", "bee"], supports=[10, 5]))["ant", "ant"]["share"]
        == 0.2
    )
