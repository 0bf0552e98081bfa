"""How far the probabilities can be believed: reliability diagram, and its two figures."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from poetcore.charts.evaluation import reliability_chart
from poetcore.evaluation.headline import calibration_pictures
from poetcore.evaluation.metrics import Metrics
from poetcore.system.figures import count, interval, percent
from poetcore.ui.chart_specs import chart_spec

__all__ = ["draw_calibration"]


def draw_calibration(metrics: Metrics) -> None:
    """Draw the reliability diagram, the calibration error and the log loss, each with its explanation."""
    found = metrics.calibration
    if not found:
        st.caption(
            "No picture is left that was not seen in training."
            if metrics.state
            else "This evaluation was made by an earlier version of Poet: evaluate again to see it."
        )
        return
    table = pd.DataFrame(found["bins"])
    spec = chart_spec(reliability_chart, table)
    st.vega_lite_chart(spec, width="stretch", alt=_in_words(found))
    st.caption(
        "Pictures are put together by the confidence that they got; a bar shows how many of them are right."
        " Where probabilities can be believed, the bars end at the dashed line. The numbers on top count the"
        " pictures; a pale bar is of fewer than 10."
    )
    _draw_table(table[table["n"] > 0])
    st.markdown(
        f"**Expected calibration error {percent(found['error'])}**: so far apart, on"
        f" average, are the confidence and the share that is right. {_against_chance(found, metrics)}"
    )
    if found["log_loss"] is not None:
        st.markdown(
            f"**Log loss {found['log_loss']:.3f}**: small where the true label gets a high probability, large"
            f" where the model is sure and wrong. 0 is perfect; giving each of the {len(metrics.labels)}"
            f" labels the same probability has {math.log(max(len(metrics.labels), 1)):.2f}."
        )


def _in_words(found: dict[str, Any]) -> str:
    """Return the text alternative of the diagram."""
    pictures = max(sum(one["n"] for one in found["bins"]), 1)
    sure = [one for one in found["bins"] if one["low"] >= 0.9 - 1e-9 and one["n"]]
    words = "Reliability diagram: the accuracy of the pictures of each range of confidence."
    for one in sure:
        words += (
            f" {percent(one['n'] / pictures)} of the pictures have a confidence of"
            f" {percent(one['low'], 0)} or more, and {percent(one['accuracy'])} of them are right."
        )
    return words


def _draw_table(bins: pd.DataFrame) -> None:
    with st.expander("As a table", icon=":material/table_rows:"):
        shown = {
            "confidence": [interval(low, high) for low, high in zip(bins["low"], bins["high"], strict=True)],
            "pictures": bins["n"].map(count),
            "mean confidence": bins["confidence"].map(percent),
            "accuracy": bins["accuracy"].map(percent),
        }
        st.table(pd.DataFrame(shown), hide_index=True)


def _against_chance(found: dict[str, Any], metrics: Metrics) -> str:
    pictures = calibration_pictures(metrics)
    which = " that were not seen in training" if pictures < metrics.total else ""
    noise = f"With the {count(pictures)} pictures{which} chance alone makes up to {percent(found['noise'])}"
    if found["off"]:
        return f"{noise}, so the probabilities are off."
    return f"{noise}, so these pictures do not show that the probabilities are off."
