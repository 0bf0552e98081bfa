"""Charts of a tuning: every trial at its figures, those that are told apart marked."""

from typing import Any

import altair as alt
import pandas as pd
import pytest

from poetcore.charts.tuning import BEST, COSTS, SIMPLEST, cost_chart, settings_chart

SETTINGS = {"architecture": "backbone", "learning_rate": "learning rate"}


@pytest.fixture
def trials() -> pd.DataFrame:
    """Four trials: of two backbones, one of which has no known work."""
    rows = [
        ("lite0", 0.01, 0.88, 407, SIMPLEST),
        ("lite0", 0.1, 0.86, 407, ""),
        ("lite0+lite2", 0.1, 0.91, 1260, BEST),
        ("own", 0.1, 0.80, None, ""),
    ]
    table = pd.DataFrame(rows, columns=["architecture", "learning_rate", "accuracy", "multiply_adds", "mark"])
    table["low"], table["high"] = table["accuracy"] - 0.02, table["accuracy"] + 0.02
    table["megabytes"], table["pictures_per_second"] = 18.6, 95.0
    for name in SETTINGS:
        table[name] = table[name].astype(str).astype("category")
    return table.assign(number=range(1, 5), settings="learning rate")


def rows_of(chart: alt.LayerChart) -> list[dict[str, Any]]:
    """The largest table of a chart."""
    return max(chart.to_dict()["datasets"].values(), key=len)


@pytest.mark.parametrize("cost", COSTS)
def test_accuracy_against_any_cost_is_valid_vega_lite(trials, cost):
    cost_chart(trials, cost).to_dict(validate=True)


def test_trials_of_one_cost_stand_beside_each_other_by_their_accuracy(trials):
    places = {row["number"]: row["place"] for row in rows_of(cost_chart(trials, "multiply_adds"))}
    assert places[2] < 407 < places[1] < places[3] == 1260


def test_a_trial_whose_cost_is_not_known_is_not_drawn(trials):
    assert [row["number"] for row in rows_of(cost_chart(trials, "multiply_adds"))] == [1, 2, 3]


def test_the_interval_of_every_trial_is_drawn(trials):
    rule = cost_chart(trials, "megabytes").to_dict()["layer"][0]
    assert (rule["mark"]["type"], rule["encoding"]["y"]["field"], rule["encoding"]["y2"]["field"]) == (
        "rule", "low", "high",
    )  # fmt: skip


def test_before_the_first_trial_there_is_nothing_to_draw_and_no_error(trials):
    cost_chart(trials.iloc[:0], "megabytes").to_dict(validate=True)


def test_parallel_coordinates_are_valid_vega_lite(trials):
    settings_chart(trials, SETTINGS).to_dict(validate=True)


def test_each_trial_is_a_line_over_all_settings_to_its_accuracy(trials):
    rows = [row for row in rows_of(settings_chart(trials, SETTINGS)) if row.get("number") == 3]
    assert [(row["axis"], row["place"]) for row in rows] == [
        ("backbone", 0.5), ("learning rate", 1.0), ("accuracy", 1.0),
    ]  # fmt: skip


def test_parallel_coordinates_of_trials_that_are_all_alike_stand_in_the_middle(trials):
    rows = rows_of(settings_chart(trials.iloc[:1], SETTINGS))
    assert {row["place"] for row in rows} == {0.5}
