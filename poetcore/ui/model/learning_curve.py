"""Would more pictures help? The learning curve of a run, computed on demand, and what it says."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from poetcore.charts.training import learning_curve_chart
from poetcore.errors import PoetError
from poetcore.system.names import natural_key
from poetcore.training.forecast import Curve, Forecast, Point
from poetcore.training.learning_curve import LearningCurve, learning_curve, why_no_learning_curve
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.ui.model.run_table import sortable
from poetcore.ui.state import explain, progress_bar, workspace
from poetcore.ui.text import plain
from poetcore.workspace.not_offered import NOT_OFFERED
from poetcore.workspace.run import Run

__all__ = ["draw_learning_curve"]


def draw_learning_curve(run: Run) -> None:
    """Show the learning curve with its forecast and its advice, or the button that computes it."""
    st.header("Would more pictures help?", help=term("learning curve"))
    if run.record().multi_label:
        st.caption(NOT_OFFERED["learning_curve"])
        return
    if why := why_no_learning_curve(run.record()):
        st.caption(why)
        return
    try:
        found = LearningCurve.load(run) or _compute(run)
    except PoetError as error:
        explain(error)
        return
    if found is None:
        return
    st.markdown(f"**{plain(found.advice)}**")
    st.vega_lite_chart(
        chart_spec(learning_curve_chart, found.table()),
        width="stretch",
        key=f"learning_{run.name}",
        alt=f"Accuracy against the number of training pictures. {found.advice}",
    )
    st.caption(
        "Solid: measured, each picture by models that were not trained on it, so on four fifths of all at the"
        " most. Dashed: forecast for twice and"
        " four times as many pictures of the same kind. The true accuracy is expected in the band 19 times"
        " out of 20. These pictures do not show what others, of another kind, would bring."
    )
    with st.expander("Per label", icon=":material/label:"):
        st.dataframe(_labels(found.per_label), hide_index=True, width="stretch", placeholder="–")
        st.caption(
            "The share of each label's pictures that are labelled right, when all labels grow together."
        )


def _compute(run: Run) -> LearningCurve | None:
    """Draw the button that computes the curve; None until it was clicked."""
    st.markdown(
        "Trains again on an eighth, a quarter and half of the pictures, several times each, and tells from"
        " how the accuracy grew what twice and four times as many would bring. The features are there"
        " already: with 1,000 pictures this takes about 20 seconds."
    )
    if not st.button("Compute the learning curve", icon=":material/show_chart:", key="learning_curve"):
        return None
    with progress_bar() as show:
        learning_curve(run, workspace(), on_progress=show)
    st.rerun()


def _labels(per_label: Mapping[str, Curve]) -> pd.DataFrame:
    """Return a table of labels: pictures trained on, the figure now, and the forecast for more."""
    rows = []
    for label, curve in sorted(per_label.items(), key=lambda one: natural_key(one[0])):
        row: dict[str, object] = {"label": label}
        if curve.points:
            row |= {"trained on": curve.points[-1].pictures, "now": _told(curve.points[-1])}
        rows.append(row | {f"{one.factor} times as many": _told(one) for one in curve.forecast})
    return pd.DataFrame(rows)


def _told(point: Point | Forecast) -> str | None:
    return sortable(point.accuracy, (point.low, point.high))
