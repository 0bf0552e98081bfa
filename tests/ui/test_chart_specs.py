"""Specifications of charts, made once for all sessions."""

from pathlib import Path

import altair as alt
import pandas as pd
import pytest
from altair.utils.schemapi import SchemaValidationError

from poetcore.ui.chart_specs import chart_spec

ROOT = Path(__file__).parents[2]


def bars(table: pd.DataFrame, colour: object = "red") -> alt.Chart:
    return alt.Chart(table).mark_bar(color=colour).encode(x="n:Q")


@pytest.mark.parametrize("count", (0, 2, 6000))  # the last is more than Altair itself takes
def test_a_chart_has_the_figures_that_it_was_given(count: int):
    (table,) = chart_spec(bars, pd.DataFrame({"n": range(count)}))["datasets"].values()
    assert len(table) == count


def test_other_arguments_are_another_chart():
    colours = [chart_spec(bars, pd.DataFrame({"n": [1]}), colour=one)["mark"]["color"] for one in "ab"]
    assert colours == ["a", "b"]


def test_a_mistake_in_a_chart_is_found():
    with pytest.raises(SchemaValidationError):
        chart_spec(bars, pd.DataFrame({"n": [1]}), colour=["no", "colour"])


def test_every_page_draws_charts_this_way():
    files = [file for folder in ("poetcore/ui", "pages") for file in (ROOT / folder).rglob("*.py")]
    assert not [file for file in files if "altair_chart(" in file.read_text(encoding="utf-8")]
