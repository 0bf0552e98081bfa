"""The confusion matrix of the evaluate page: a large one scrolls in its place, is sorted and searched."""

import streamlit as st

from poetcore.charts.confusion import CELL, confusion_chart, pick_cell
from poetcore.charts.style import FEW_LABELS
from poetcore.evaluation.confusions import by_confusion, by_name, confused_with, part_of
from poetcore.evaluation.metrics import Metrics

__all__ = ["draw_matrix"]

#: Labels that are drawn at once; more make the browser slow, and nobody sees them together.
_SHOWN, _MOST = 60, 120

#: Pixels of the place in which a large matrix scrolls.
_HEIGHT = 640


def draw_matrix(metrics: Metrics, key: str) -> tuple[str, str] | None:
    """Draw the confusion matrix and return the cell that was clicked: (true label, predicted label), or None.

    Args:
        metrics: of an evaluation.
        key: tells this matrix from others; another one begins without a selection.
    """
    st.header("Confusion matrix")
    large = len(metrics.labels) > FEW_LABELS
    with st.container(horizontal=True, vertical_alignment="bottom"):
        unit = st.segmented_control(
            "Show", ["counts", "row percentages"], default="counts", required=True, key="matrix_unit"
        )
        places = _pick_labels(metrics, key) if large else by_name(metrics.labels)
    chart = confusion_chart(
        part_of(metrics.confusion_matrix, places),
        [metrics.labels[place] for place in places],
        unit == "row percentages",
        [sum(metrics.confusion_matrix[place]) for place in places],
    )
    shown = str(hash(tuple(places))) if large else ""
    if large:
        with st.container(height=_HEIGHT, key="matrix_box"):
            event = st.altair_chart(chart, width="content", on_select="rerun", key=f"matrix_{key}_{shown}")
    else:
        event = st.altair_chart(chart, width="stretch", on_select="rerun", key=f"matrix_{key}")
    words = "Each row is a true label, each column a predicted one. Click a cell: its pictures are below."
    if len(places) < len(metrics.labels):
        words += f" {len(places):,} of {len(metrics.labels):,} labels are shown."
    st.caption(words)
    return pick_cell(event.selection.get(CELL) or [])


def _pick_labels(metrics: Metrics, key: str) -> list[int]:
    """Draw which labels are shown, and in which order; return their places."""
    labels = metrics.labels
    order = st.segmented_control(
        "Sort",
        ["most confused first", "by name"],
        default="most confused first",
        required=True,
        key="matrix_order",
        persist_state="session",
    )
    wanted = st.selectbox(
        "Find a label",
        [labels[place] for place in by_name(labels)],
        index=None,
        key=f"matrix_label_{key}",
        placeholder="All labels",
        help="Shows a label and those that it is confused with.",
        width=240,
    )
    confused = by_confusion(metrics.confusion_matrix, labels)
    if wanted is not None:
        found = confused_with(metrics.confusion_matrix, labels.index(wanted))[:_MOST]
    else:
        most = len(labels)
        if most > _SHOWN:
            most = st.number_input(
                "Labels shown",
                2,
                min(_MOST, len(labels)),
                _SHOWN,
                step=10,
                key=f"matrix_most_{key}",
                help="Those that are confused most often.",
                width=140,
            )
        found = confused[:most]
    if order == "by name":
        among = set(found)
        return [place for place in by_name(labels) if place in among]
    return found
