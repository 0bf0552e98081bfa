"""The specifications of charts, each made once for the same figures: Altair takes 20 to 70 ms for one."""

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

__all__ = ["chart_spec"]

Chart = alt.TopLevelMixin | dict[str, Any]


def chart_spec(make: Callable[..., Chart], *given: object, **named: object) -> dict[str, Any]:
    """Return what `st.vega_lite_chart` draws of a chart; all sessions share it.

    `st.altair_chart` would make it anew for everybody who opens the page. It also tells Altair, for all
    threads, to leave out the data meanwhile, so that who made a specification then would get one without.

    Args:
        make: a function of `poetcore.charts`.
        *given: its arguments, with a value that tells them apart (`st.cache_data` hashes it).
        **named: likewise.
    """
    return _spec(f"{make.__module__}.{make.__qualname__}", given, named, make)


@st.cache_data(max_entries=128, show_spinner=False)
def _spec(
    name: str, given: tuple[object, ...], named: dict[str, object], _make: Callable[..., Chart]
) -> dict[str, Any]:
    alt.data_transformers.disable_max_rows()  # of rows that are written out; here they are sent as a table
    chart = _make(*given, **named)
    spec = chart if isinstance(chart, dict) else chart.to_dict()
    tables = {key: pd.DataFrame(rows) for key, rows in spec.get("datasets", {}).items()}
    return {**spec, "datasets": tables} if tables else spec
