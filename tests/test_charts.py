"""Charts as specifications: valid Vega-Lite that carries the right numbers."""

from typing import Any

import altair as alt
import pandas as pd
import pytest

from poetcore.charts import (
    CELL,
    confusion_chart,
    counts_chart,
    coverage_chart,
    curve_spec,
    pick_cell,
    sizes_chart,
)

LABELS = ["ant", "bee", "cat"]
#: Rows are true labels; no two cells off the diagonal are alike and no number is its mirror's.
COUNTS = [[5, 1, 0], [3, 2, 4], [0, 6, 8]]


def cells(chart: alt.LayerChart) -> dict[tuple[str, str], dict[str, Any]]:
    """What a drawn matrix says of each (true label, predicted label)."""
    (rows,) = chart.to_dict()["datasets"].values()
    return {(row["label"], row["predicted"]): row for row in rows}


def params(chart: alt.LayerChart) -> list[dict[str, Any]]:
    return chart.to_dict()["params"]


def charts() -> dict[str, alt.Chart | alt.LayerChart]:
    counts = pd.DataFrame([("ant", "training", 8), ("ant", "testing", 1)])
    counts.columns = ["label", "part", "pictures"]
    sizes = pd.DataFrame([("a.jpg", "ant", 320, 240)], columns=["name", "label", "width", "height"])
    thresholds = pd.DataFrame({"threshold": [0.0, 1.0], "coverage": [1.0, 0.0], "accuracy": [0.9, None]})
    return {
        "counts": counts_chart(counts),
        "sizes": sizes_chart(sizes),
        "confusion": confusion_chart(COUNTS, LABELS),
        "confusion as row percentages": confusion_chart(COUNTS, LABELS, percentages=True),
        "coverage": coverage_chart(thresholds),
    }


@pytest.mark.parametrize("name", charts())
def test_a_chart_is_valid_vega_lite(name):
    charts()[name].to_dict(validate=True)


@pytest.mark.parametrize("quantity", ["accuracy", "cross_entropy"])
def test_a_curve_is_valid_vega_lite_once_it_has_data(quantity):
    table = pd.DataFrame(
        {"step": [10], "split": ["training"], quantity: [0.5], f"{quantity}_smooth": [0.5]}
    ).to_dict("records")
    alt.LayerChart.from_dict(curve_spec(quantity, 100) | {"data": {"values": table}}, validate=True)


def test_a_curve_carries_no_data_of_its_own():
    spec = curve_spec("accuracy", 100)
    assert not {"data", "datasets"} & set(spec) and not any("data" in layer for layer in spec["layer"])


def test_a_curve_has_room_for_all_steps_from_the_start():
    spec = curve_spec("accuracy", 4000)
    assert all(layer["encoding"]["x"]["scale"]["domain"] == [0, 4000] for layer in spec["layer"])


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
    axes = [(layer[a]["field"], layer[a]["sort"]) for a in ("y", "x")]
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
    (rows,) = charts()["coverage"].to_dict()["datasets"].values()
    assert [row["threshold"] for row in rows if row["quantity"] == "accuracy of the answers"] == [0.0]


def test_sizes_of_very_many_pictures_are_drawn_for_a_part_of_them():
    many = pd.DataFrame({"name": "a.jpg", "label": "ant", "width": range(5000), "height": 240})
    (rows,) = sizes_chart(many).to_dict()["datasets"].values()
    assert len(rows) == 2000
