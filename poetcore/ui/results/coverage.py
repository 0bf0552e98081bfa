"""What a model does that only answers above a confidence threshold: the chart, in words, as a table."""

import pandas as pd
import streamlit as st

from poetcore.charts.evaluation import coverage_chart
from poetcore.evaluation.metrics import threshold_table
from poetcore.system.figures import percent
from poetcore.ui.chart_specs import chart_spec

__all__ = ["draw_coverage"]

#: Rows of the table, of which the chart has five times as many.
_EVERY = 5

#: The thresholds that are told in the chart's text alternative.
_TOLD = (0.5, 0.8, 0.9)


def draw_coverage(predictions: pd.DataFrame) -> None:
    """Draw accuracy against coverage, with a text alternative and, folded away, its table."""
    table = threshold_table(predictions)
    st.vega_lite_chart(chart_spec(coverage_chart, table), width="stretch", alt=_in_words(table))
    st.caption(
        "What if the model only answered above a confidence threshold? Move along the lines to one: the"
        " dashed line is the share of pictures that would get an answer, the solid line how many of those"
        " answers are right."
    )
    with st.expander("As a table", icon=":material/table_rows:"):
        rows = table.iloc[::_EVERY]
        shown = {
            "confidence threshold": rows["threshold"].map(lambda share: percent(share, 0)),
            "coverage": rows["coverage"].map(percent),
            "accuracy": rows["accuracy"].astype(object).where(rows["accuracy"].notna(), None).map(percent),
        }
        st.table(pd.DataFrame(shown), hide_index=True)


def _in_words(table: pd.DataFrame) -> str:
    """Return the text alternative of the chart."""
    told = table[table["threshold"].round(3).isin(_TOLD) & (table["coverage"] > 0)]
    parts = [
        f" Above {percent(threshold, 0)} the model answers for {percent(answered)} of the pictures,"
        f" {percent(right)} of them right."
        for threshold, answered, right in told[["threshold", "coverage", "accuracy"]].to_numpy(float).tolist()
    ]
    return "Accuracy and coverage against the confidence threshold." + "".join(parts)
