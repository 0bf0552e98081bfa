"""Per-label thresholds on the evaluate page: one label against the rest, for a wanted precision or recall."""

from typing import get_args

import pandas as pd
import streamlit as st

from poetcore.charts.precision_recall import precision_against_recall_chart, threshold_curves_chart
from poetcore.charts.style import FEW_LABELS
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.precision_recall import Quantity
from poetcore.evaluation.wanted_thresholds import LabelThreshold, OneLabel, one_label
from poetcore.system.figures import interval, percent
from poetcore.system.names import natural_key
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.ui.labels import pick_label
from poetcore.ui.text import counted, in_sentence, plain
from poetcore.workspace.run import Run

__all__ = ["draw_thresholds"]

#: Of more labels than this there is no table: one is looked at by itself.
_MOST = 100


@st.fragment
def draw_thresholds(run: Run, evaluation: Evaluation) -> None:
    """Draw which threshold each label needs for a wanted precision or recall, and the curves of one label.

    Args:
        run: that was evaluated.
        evaluation: of it on a demo folder, of one label a picture.
    """
    st.header("Thresholds for each label", help=term("one label against the rest"))
    names = sorted(evaluation.metrics.labels, key=natural_key)
    many = len(names) > _MOST
    labels = one_label(run, evaluation, names[:1] if many else names)
    st.caption(
        "A picture may be taken to have a label only where the label's probability reaches a threshold: a"
        " high one for few false alarms (precision), a low one to miss few (recall). " + _chosen_on(labels[0])
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        quantity: Quantity = st.segmented_control(
            "Wanted", get_args(Quantity), default="precision", required=True, key="threshold_quantity"
        )
        wanted = 0.01 * st.number_input("At least, in percent", 50, 99, 95, key="threshold_wanted", width=180)
    if not many:
        _draw_table({one.label: one.threshold(quantity, wanted) for one in labels})
    label = pick_label(names, "threshold_label")
    known = [one for one in labels if one.label == label]
    _draw_label((known or one_label(run, evaluation, [label]))[0], quantity, wanted)


def _chosen_on(one: OneLabel) -> str:
    """Return on which pictures thresholds are chosen, and what that means."""
    if one.cross_validated:
        return (
            f"Thresholds are chosen on {counted(one.chosen_on, 'training picture')}, as cross-validated;"
            " beside them stands what they give on the demo pictures. A precision holds where labels are as"
            " frequent as here."
        )
    return (
        f"This run has no cross-validated predictions: thresholds are chosen on these"
        f" {counted(one.chosen_on, 'demo picture')} themselves, so that on new ones they give a little less."
    )


def _draw_table(found: dict[str, LabelThreshold]) -> None:
    rows = [
        (
            label,
            one.value,
            100 * one.precision.value if one.precision.total and one.precision.value is not None else None,
            100 * one.recall.value if one.value is not None and one.recall.value is not None else None,
        )
        for label, one in found.items()
    ]
    table = pd.DataFrame(rows, columns=["label", "threshold", "precision", "recall"])
    table["threshold"] = 100 * table["threshold"].astype(float)
    column = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content" if len(table) <= FEW_LABELS else "auto",
        placeholder="–",
        column_config={
            "threshold": column(format="%.1f %%", help=term("one label against the rest")),
            "precision": column(format="%.1f %%", help=term("precision")),
            "recall": column(format="%.1f %%", help=term("recall")),
        },
    )


def _draw_label(one: OneLabel, quantity: Quantity, wanted: float) -> None:
    """Draw the curves of a label, and its threshold with all intervals in words."""
    found = one.threshold(quantity, wanted)
    name = f"**{plain(in_sentence(one.label))}**"
    if found.value is None:
        st.markdown(
            f"{name} has no threshold for a {quantity} of {percent(wanted, 0)}: {plain(found.reason)}"
        )
    else:
        ends = one.interval(quantity, wanted)
        doubt = f"95 % interval {interval(*ends)}" if ends else "how sure that is cannot be told"
        st.markdown(
            f"{name}: the threshold for a {quantity} of {percent(wanted, 0)} is {percent(found.value)}"
            f" ({doubt}). On the demo pictures it has a precision of {found.precision} and a recall of"
            f" {found.recall}."
        )
    if not one.has.any():
        st.caption("No demo picture has this label, so that there are no curves.")
        return
    curve = one.curve
    point = None
    if found.value is not None and found.precision.value is not None and found.recall.value is not None:
        point = (found.recall.value, found.precision.value)
    beside = st.grid(2, min_column_width=340, gap="large")
    with beside.cell():
        st.vega_lite_chart(
            chart_spec(threshold_curves_chart, curve, found.value),
            width="stretch",
            alt=f"Precision and recall of {one.label} against its threshold. {_in_words(curve)}",
        )
    with beside.cell():
        st.vega_lite_chart(
            chart_spec(precision_against_recall_chart, curve, point),
            width="stretch",
            alt=f"Precision of {one.label} against its recall. {_in_words(curve)}",
        )


def _in_words(curve: pd.DataFrame) -> str:
    """Return some points of the curves."""
    told = []
    for threshold in (0.5, 0.9):
        reached = curve[curve["threshold"] >= threshold]
        if len(reached):
            last = reached.iloc[-1]
            told.append(
                f"From {percent(threshold, 0)} on the precision is {percent(float(last['precision']))}, the"
                f" recall {percent(float(last['recall']))}."
            )
    return " ".join(told)
