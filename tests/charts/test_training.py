"""Charts of a training as specifications: valid Vega-Lite that carries the right numbers."""

from typing import Any

import altair as alt
import pandas as pd
import pytest

from poetcore.charts.training import curve_spec, learning_curve_chart, overlaid_spec

COLUMNS = ["pictures", "accuracy", "low", "high", "kind"]
MEASURED = [(100, 0.80, 0.76, 0.84, "measured"), (200, 0.85, 0.82, 0.88, "measured")]
FORECAST = [(400, 0.88, 0.83, 0.93, "forecast"), (800, 0.90, 0.82, 0.96, "forecast")]


@pytest.mark.parametrize("quantity", ["accuracy", "cross_entropy"])
def test_a_curve_is_valid_vega_lite_once_it_has_data(quantity):
    table = pd.DataFrame(
        {"step": [10], "split": ["training"], quantity: [0.5], f"{quantity}_smooth": [0.5]}
    ).to_dict("records")
    alt.LayerChart.from_dict(curve_spec(quantity, 100, (0, 1)) | {"data": {"values": table}}, validate=True)


def test_a_curve_carries_no_data_of_its_own():
    spec = curve_spec("accuracy", 100, (0, 1))
    assert not {"data", "datasets"} & set(spec) and not any("data" in layer for layer in spec["layer"])


def test_a_curve_has_room_for_all_steps_from_the_start():
    spec = curve_spec("accuracy", 4000, (0.5, 1))
    assert all(layer["encoding"]["x"]["scale"]["domain"] == [0, 4000] for layer in spec["layer"])


@pytest.mark.parametrize("quantity", ["accuracy", "cross_entropy"])
def test_curves_over_each_other_are_valid_vega_lite_once_they_have_data(quantity):
    values = [{"run": "a", "step": 10, "split": "training", quantity: 0.5}]
    spec = overlaid_spec(quantity, ["a", "b"], 100, (0, 1))
    alt.LayerChart.from_dict(spec | {"data": {"values": values}}, validate=True)


def test_curves_over_each_other_have_a_colour_a_run_and_a_dash_a_split():
    lines = overlaid_spec("accuracy", ["a", "b"], 100, (0, 1))["layer"][0]["encoding"]
    assert (lines["color"]["field"], lines["color"]["scale"]["domain"]) == ("run", ["a", "b"])
    assert lines["strokeDash"]["field"] == "split"


def lines(chart: alt.LayerChart, kind: str) -> list[dict[str, Any]]:
    """The points that the line of a kind goes through."""
    tables = chart.to_dict()["datasets"].values()
    return [row for row in max(tables, key=len) if row["kind"] == kind]


@pytest.mark.parametrize("rows", [MEASURED, MEASURED + FORECAST], ids=["measured", "with a forecast"])
def test_a_learning_curve_is_valid_vega_lite(rows):
    learning_curve_chart(pd.DataFrame(rows, columns=COLUMNS)).to_dict(validate=True)


def test_the_forecast_goes_on_from_the_last_measured_point():
    chart = learning_curve_chart(pd.DataFrame(MEASURED + FORECAST, columns=COLUMNS))
    assert [row["pictures"] for row in lines(chart, "forecast")] == [200, 400, 800]


def test_the_axis_of_a_learning_curve_names_each_number_of_pictures():
    chart = learning_curve_chart(pd.DataFrame(MEASURED + FORECAST, columns=COLUMNS)).to_dict()
    assert chart["layer"][0]["encoding"]["x"]["axis"]["values"] == [100, 200, 400, 800]
