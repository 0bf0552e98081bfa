"""The section Confidence of the evaluate page: can probabilities be believed, and what are they for."""

from collections.abc import Callable

import streamlit as st

from poetcore.evaluation.evaluation import Evaluation
from poetcore.system.figures import count
from poetcore.ui.freshness import Checked
from poetcore.ui.glossary import term
from poetcore.ui.results.calibration import draw_calibration
from poetcore.ui.results.coverage import draw_coverage
from poetcore.ui.results.temperature import draw_temperature
from poetcore.ui.results.thresholds import draw_thresholds
from poetcore.ui.results.unknown import draw_unknown
from poetcore.workspace.run import Run

__all__ = ["draw_confidence"]


def draw_confidence(run: Run, evaluation: Evaluation, found: Checked, again: Callable[[], None]) -> None:
    """Draw calibration beside accuracy against coverage, and thresholds of the labels.

    Args:
        run: that was evaluated.
        evaluation: of it on a demo folder.
        found: what is known of the evaluation now.
        again: evaluates once more, where the run's probabilities were changed.
    """
    metrics, accuracy = evaluation.metrics, found.headline.accuracy
    beside = st.grid(2, min_column_width=340, gap="large")
    with beside.cell():
        st.header("Can the probabilities be believed?", help=term("calibration"))
        draw_calibration(metrics)
        draw_temperature(run, again)
    with beside.cell():
        st.header("Accuracy against coverage", help=term("coverage"))
        if accuracy is None:
            st.caption("Most of these pictures were seen in training, so that it would show the memory only.")
        else:
            draw_coverage(evaluation.predictions)
            if seen := metrics.total - accuracy.total:
                st.caption(
                    f"Of all {count(metrics.total)} pictures, the {count(seen)} seen in training included."
                )
    draw_unknown(run, evaluation)
    if accuracy is not None:
        draw_thresholds(run, evaluation)
