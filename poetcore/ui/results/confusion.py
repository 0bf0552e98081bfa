"""The confusion matrix of the evaluate page: a large one scrolls in its place, is sorted and searched.

Which of its cells is chosen stands in the two fields for a true and a predicted label (`draw_cell_fields`),
so that matrix, fields and links always agree.
"""

from functools import partial

import streamlit as st

from poetcore.charts.style import FEW_LABELS
from poetcore.evaluation.confusions import by_confusion, by_name, confused_with
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.matrix_table import matrix_table
from poetcore.evaluation.metrics import Metrics
from poetcore.system.figures import confidence, count
from poetcore.ui.components.jump import ask_to_jump
from poetcore.ui.components.matrix import Cell, matrix
from poetcore.ui.glossary import term
from poetcore.ui.labels import filter_label
from poetcore.ui.text import brief, plain

__all__ = ["PICTURES", "draw_cell_fields", "draw_confusions", "draw_matrix", "labels_chosen"]

#: Labels that are drawn at once; more make the browser slow, and nobody sees them together.
_SHOWN, _MOST = 60, 120

#: Confusions that are listed.
_LISTED = 10

#: Anchor of the heading of the pictures.
PICTURES = "pictures"


def draw_matrix(metrics: Metrics, key: str) -> None:
    """Draw the confusion matrix; the cell that is chosen in it, or cleared, goes into the fields.

    Args:
        metrics: of an evaluation.
        key: tells this matrix from others; another one begins without a choice.
    """
    st.header("Confusion matrix", help=term("confusion matrix"))
    large = len(metrics.labels) > FEW_LABELS
    with st.container(horizontal=True, vertical_alignment="bottom"):
        unit = st.segmented_control(
            "Show", ["counts", "row percentages"], default="counts", required=True, key="matrix_unit"
        )
        places = _pick_labels(metrics, key) if large else by_name(metrics.labels)
    true, predicted = labels_chosen(key)
    chosen = (true, predicted) if true is not None and predicted is not None else None
    matrix(
        matrix_table(metrics.confusion_matrix, metrics.labels, places, unit == "row percentages"),
        [metrics.labels[place] for place in places],
        chosen,
        partial(_choose, key),
        key=f"{key}_{hash(tuple(places))}" if large else key,
    )
    words = "Each row is a true label, each column a predicted one; blue is right, orange wrong."
    if len(places) < len(metrics.labels):
        words += f" {count(len(places))} of {count(len(metrics.labels))} labels are shown."
    if chosen:
        n = metrics.confusion_matrix[metrics.labels.index(chosen[0])][metrics.labels.index(chosen[1])]
        words += f" Chosen: {plain(brief(chosen[0]))}, predicted {plain(brief(chosen[1]))}. "
        words += f"[See {'its picture' if n == 1 else f'its {count(n)} pictures'} below](#{PICTURES})"
        words += ", or press Escape to clear it."
    else:
        words += " Choose a cell, with the mouse or with Tab, arrows and Enter: its pictures are below."
    st.caption(words)


def draw_confusions(evaluation: Evaluation, key: str) -> None:
    """List which labels are confused most often, each a link to its pictures.

    Args:
        evaluation: of a run on a demo folder.
        key: of the matrix.
    """
    confused = evaluation.most_confused()[:_LISTED]
    if not confused:
        return
    st.markdown("**Most confused**: true label → predicted label, pictures, their share of the true label")
    with st.grid(4, min_column_width=220, gap=None):
        for true, predicted, n in confused:
            share = confidence(n / evaluation.metrics.per_label[true]["support"])
            st.button(
                f":primary[{plain(brief(true))} → {plain(brief(predicted))}]: {count(n)} ({share})",
                key=f"confusion_{key}_{true}_{predicted}",
                type="tertiary",
                on_click=_show_pictures,
                args=(key, (true, predicted)),
            )


def labels_chosen(key: str) -> tuple[str | None, str | None]:
    """Return the true and the predicted label whose pictures are wanted; None for any."""
    return st.session_state.get(f"true_{key}"), st.session_state.get(f"said_{key}")


def draw_cell_fields(labels: list[str], key: str) -> None:
    """Draw the fields for a true and a predicted label, which hold the chosen cell, and what clears them."""
    filter_label("True label", labels, f"true_{key}")
    filter_label("Predicted label", labels, f"said_{key}")
    st.button(
        "Clear",
        key=f"clear_{key}",
        icon=":material/close:",
        disabled=labels_chosen(key) == (None, None),
        on_click=_choose,
        args=(key, None),
    )


def _show_pictures(key: str, cell: Cell) -> None:
    _choose(key, cell)
    ask_to_jump(PICTURES)


def _choose(key: str, cell: Cell | None) -> None:
    st.session_state[f"true_{key}"], st.session_state[f"said_{key}"] = cell or (None, None)


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
