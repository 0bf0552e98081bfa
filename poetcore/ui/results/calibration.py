"""How far the probabilities can be believed: reliability diagram, and its two figures."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from poetcore.charts.evaluation import reliability_chart
from poetcore.evaluation.headline import calibration_pictures
from poetcore.evaluation.metrics import Metrics

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
    st.altair_chart(reliability_chart(pd.DataFrame(found["bins"])), width="stretch")
    st.caption(
        "Pictures are put together by the confidence that they got; a bar shows how many of them are right."
        " Where probabilities can be believed, the bars end at the dashed line. The numbers on top count the"
        " pictures; a pale bar is of fewer than 10."
    )
    st.markdown(
        f"**Expected calibration error {100 * found['error']:.1f} percentage points**: so far apart, on"
        f" average, are the confidence and the share that is right. {_against_chance(found, metrics)}"
    )
    if found["log_loss"] is not None:
        st.markdown(
            f"**Log loss {found['log_loss']:.3f}**: small where the true label gets a high probability, large"
            f" where the model is sure and wrong. 0 is perfect; giving each of the {len(metrics.labels)}"
            f" labels the same probability has {math.log(max(len(metrics.labels), 1)):.2f}."
        )


def _against_chance(found: dict[str, Any], metrics: Metrics) -> str:
    pictures = calibration_pictures(metrics)
    which = " that were not seen in training" if pictures < metrics.total else ""
    noise = f"With the {pictures:,} pictures{which} chance alone makes up to {100 * found['noise']:.1f}"
    if found["off"]:
        return f"{noise}, so the probabilities are off."
    return f"{noise}, so these pictures do not show that the probabilities are off."
