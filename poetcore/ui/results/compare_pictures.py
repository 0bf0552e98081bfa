"""The pictures behind a comparison: both confusion matrices, their difference, and galleries."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from poetcore.charts.style import FEW_LABELS
from poetcore.evaluation.comparison import Comparison
from poetcore.evaluation.confusions import by_confusion, by_name
from poetcore.evaluation.matrix_table import difference_table, matrix_table
from poetcore.system.figures import confidence, count
from poetcore.ui.components.matrix import Cell, matrix
from poetcore.ui.gallery.pictures import Card, gallery, shas
from poetcore.ui.glossary import term
from poetcore.ui.results.compare_figures import draw_difference, draw_labels
from poetcore.ui.text import brief, counted, isolated, plain

__all__ = ["draw_comparison"]

#: Labels of a large matrix that are drawn; the most confused.
_SHOWN = 60

#: Which matrix is drawn.
_DIFFERENCE, _OF_A, _OF_B = "difference", "A", "B"

#: Pictures of a gallery at the most; nobody looks at more pages.
_MOST = 2000

_PICTURES = "compared-pictures"


def draw_comparison(found: Comparison, key: str) -> None:
    """Draw how two models differ: the figures, both matrices, the labels, the pictures.

    Args:
        found: what was found of them.
        key: tells it from other comparisons.
    """
    draw_difference(found)
    beside = st.grid(2, min_column_width=340, gap="large")
    with beside.cell():
        draw_matrices(found, key)
    with beside.cell():
        if found.told:
            draw_labels(found)
    draw_pictures(found, key)


def draw_matrices(found: Comparison, key: str) -> None:
    """Draw the difference of the confusion matrices, or one of them; the cells can be chosen.

    Args:
        found: the comparison.
        key: tells it from others; another one begins without a choice.
    """
    st.header("Confusion matrices", help=term("confusion matrix"))
    which = st.segmented_control(
        "Show",
        [_DIFFERENCE, _OF_A, _OF_B],
        default=_DIFFERENCE,
        required=True,
        key="compare_matrix",
        format_func=lambda one: "B less A" if one == _DIFFERENCE else f"of {one}",
    )
    counts = {side: found.matrix(side) for side in "ab"}
    labels = list(found.labels)
    # Labels without a picture that nobody predicted either say nothing.
    used = np.flatnonzero(sum(one.sum(axis=0) + one.sum(axis=1) for one in counts.values()))
    places = [place for place in by_name(labels) if place in set(used.tolist())]
    if len(places) > FEW_LABELS:
        both = (counts["a"] + counts["b"]).tolist()
        places = [place for place in by_confusion(both, labels) if place in set(places)][:_SHOWN]
    html = (
        difference_table(counts["a"].tolist(), counts["b"].tolist(), labels, places)
        if which == _DIFFERENCE
        else matrix_table(counts[str(which).lower()].tolist(), labels, places)
    )
    chosen = _cell(key)
    matrix(
        html, [labels[place] for place in places], chosen, partial(_choose, key), key=f"compare_{key}_{which}"
    )
    words = (
        "How many more pictures, or fewer, B puts into each cell; blue is better, orange worse."
        if which == _DIFFERENCE
        else "Each row is a true label, each column a predicted one; blue is right, orange wrong."
    )
    if len(places) < len(used):
        words += f" {count(len(places))} of {count(len(used))} labels are shown."
    words += (
        f" [See the pictures of the chosen cell](#{_PICTURES}), or press Escape to clear it."
        if chosen
        else " Choose a cell, with the mouse or with Tab, arrows and Enter: its pictures are below."
    )
    st.caption(words)


def draw_pictures(found: Comparison, key: str) -> None:
    """Show the pictures that one model alone labels right or that both label wrong, or those of a cell."""
    cell = _cell(key)
    if cell is not None:
        _draw_cell(found, cell, key)
        return
    st.header("Pictures", anchor=_PICTURES)
    parts = {
        f"Fixed ({count(len(found.fixed()))})": (found.fixed(), "B labels these right, A wrong."),
        f"Broken ({count(len(found.broken()))})": (found.broken(), "A labels these right, B wrong."),
        f"Both wrong ({count(len(found.both_wrong()))})": (found.both_wrong(), "Neither labels these right."),
    }
    usual = next((name for name, (rows, _) in parts.items() if len(rows)), next(iter(parts)))
    state = f"compare_part_{key}"
    if st.session_state.get(state) not in parts:
        st.session_state[state] = usual
    picked = st.segmented_control(
        "Pictures", list(parts), required=True, key=state, label_visibility="collapsed"
    )
    rows, words = parts[str(picked)]
    if rows.empty:
        st.info("There are none.", icon=":material/info:")
        return
    st.caption(words)
    _draw_gallery(rows, f"{key}_{picked}")


def _draw_cell(found: Comparison, cell: Cell, key: str) -> None:
    """Show the pictures of a true label to which A, B or both give the predicted label."""
    true, predicted = cell
    own = found.pictures[found.pictures["label"] == true]
    by_a, by_b = own["predicted_a"] == predicted, own["predicted_b"] == predicted
    rows = pd.concat([own[by_b & ~by_a], own[by_a & ~by_b], own[by_a & by_b]])  # what changed comes first
    name, other = plain(brief(true)), plain(brief(predicted))
    st.header(f"{name}, predicted {other}: {counted(len(rows), 'picture')}", anchor=_PICTURES)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Clear", key=f"compare_clear_{key}", icon=":material/close:", on_click=_choose, args=(key, None)
        )
        st.caption(
            f"By B alone {count(int((by_b & ~by_a).sum()))}, by A alone {count(int((by_a & ~by_b).sum()))},"
            f" by both {count(int((by_a & by_b).sum()))}."
        )
    if rows.empty:
        st.info("Neither model predicts it for a picture of this label.", icon=":material/info:")
        return
    _draw_gallery(rows, f"{key}_{true}_{predicted}")


def _draw_gallery(rows: pd.DataFrame, key: str) -> None:
    records = rows.head(_MOST).to_dict("records")
    found = shas(tuple(str(row["path"]) for row in records))
    gallery(
        [_card(sha, row) for sha, row in zip(found, records, strict=True) if sha], f"compare_gallery_{key}"
    )
    if len(rows) > _MOST:
        st.caption(f"The first {count(_MOST)} of {count(len(rows))} can be leafed through.")
    if moved := sum(not sha for sha in found):
        st.caption(f"Moved since the evaluation, and not shown: {count(moved)}.")


def _card(sha: str, row: Mapping[Any, Any]) -> Card:
    lines = tuple(
        f"{side.upper()} {'✓' if row[f'correct_{side}'] else '✗'} {isolated(str(row[f'predicted_{side}']))}"
        f" {confidence(row[f'confidence_{side}'])}"
        for side in "ab"
    )
    label, path = str(row["label"]), str(row["path"])
    return Card(sha, isolated(label), (*lines, Path(path).name), path=path, true=label)


def _cell(key: str) -> Cell | None:
    cell: Cell | None = st.session_state.get(f"compare_cell_{key}")
    return cell


def _choose(key: str, cell: Cell | None) -> None:
    st.session_state[f"compare_cell_{key}"] = cell
