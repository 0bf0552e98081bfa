"""Charts of an evaluation as specifications: valid Vega-Lite that carries the right numbers."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest

from poetcore.charts.evaluation import coverage_chart, reliability_chart

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


@pytest.mark.parametrize(
    "chart",
    [
        coverage_chart(THRESHOLDS),
        reliability_chart(BINS),
    ],
    ids=["coverage", "reliability"],
)
def test_a_chart_is_valid_vega_lite(chart):
    chart.to_dict(validate=True)


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
    assert bars["mark"]["type"] == "bar" and bars["transform"][0] == {"filter": "datum.n > 0"}


def test_a_bar_of_few_pictures_is_pale():
    opacity = reliability_chart(BINS).to_dict()["layer"][0]["encoding"]["opacity"]
    assert opacity["condition"]["test"] == "datum.n < 10"
    assert opacity["condition"]["value"] < opacity["value"]


def test_calibrated_probabilities_lie_on_the_diagonal():
    chart = reliability_chart(BINS).to_dict()
    line = next(rows for rows in chart["datasets"].values() if "n" not in rows[0])
    assert line == [{"confidence": 0.0, "accuracy": 0.0}, {"confidence": 1.0, "accuracy": 1.0}]
