"""What pages show of a run of several labels a picture: metrics of each label, co-occurrence, mistakes."""

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from poetcore.charts.style import FEW_LABELS
from poetcore.data.label_sets import has_label, split_set
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.leaks import seen_pictures
from poetcore.evaluation.metrics import Metrics
from poetcore.evaluation.slides import Filter, Slide, deck
from poetcore.system.figures import count, percent, score
from poetcore.system.names import natural_key
from poetcore.ui.freshness import Checked
from poetcore.ui.gallery.about import about_evaluation
from poetcore.ui.gallery.pictures import Card, gallery, shas
from poetcore.ui.glossary import term
from poetcore.ui.headline import draw_remarks, metric, two_pairs
from poetcore.ui.labels import filter_label
from poetcore.ui.results.evaluation import draw_label_table
from poetcore.ui.results.leaks import leak_words
from poetcore.ui.text import isolated, plain
from poetcore.workspace.not_offered import NOT_OFFERED

__all__ = ["draw_label_figures", "draw_label_set_headline", "draw_label_sets", "draw_wrong_sets"]

#: Pictures of a gallery at the most; nobody looks at more pages.
_MOST = 2000


def draw_label_set_headline(metrics: Metrics, known: Checked) -> None:
    """Show the figures of an evaluation of a run of several labels a picture, and what was excluded."""
    found = metrics.multi_label or {}
    first, second = two_pairs()
    draw_label_figures(first, metrics.macro_f1, found["subset_accuracy"], found["pictures"])
    labels = f"{count(len(metrics.labels))} labels"
    metric(second, "Demo pictures", count(metrics.total), labels, term("demo pictures"))
    seen = count(metrics.total - (metrics.unseen or 0))
    metric(second, "Seen in training", seen, leak_words(metrics), term("leak"))
    if known.changes.any:
        draw_remarks(known.headline)
    else:
        st.caption(" ".join(map(plain, known.headline.remarks)))
    if metrics.skipped:
        with st.expander(f"Files excluded: {count(len(metrics.skipped))}", icon=":material/warning:"):
            st.dataframe(pd.DataFrame(metrics.skipped), hide_index=True, width="stretch")


def draw_label_sets(evaluation: Evaluation, key: str) -> None:
    """Show each label's metrics, which labels occur together, and the pictures with a wrong label.

    Args:
        evaluation: of a run of several labels a picture.
        key: of the widgets.
    """
    metrics = evaluation.metrics
    beside = st.grid(2, min_column_width=340, gap="large")
    with beside.cell():
        st.header("Per-class metrics")
        draw_label_table(metrics.per_label)
        st.caption(NOT_OFFERED["unknown"])
    with beside.cell():
        _draw_cooccurrence(metrics)
    _draw_wrong(evaluation, key)


def draw_label_figures(place: Any, mean: float | None, subset: float | None, pictures: int) -> None:
    """Draw the two figures over all labels.

    Args:
        place: where they are drawn.
        mean: macro F1.
        subset: share of the pictures with every label right and no other, 0 to 1.
        pictures: that they are of.
    """
    below = f"n = {count(pictures)}"
    metric(place, "Macro F1", score(mean), below, f"{term('macro F1')} 1 is perfect.")
    metric(place, "All labels right", percent(subset), below, term("subset accuracy"))


def _draw_cooccurrence(metrics: Metrics) -> None:
    """Show how many pictures have two labels, and how many are predicted to have them."""
    st.header("Labels that occur together", help=term("co-occurrence"))
    found, labels = metrics.multi_label or {}, metrics.labels
    places = sorted(range(len(labels)), key=lambda place: natural_key(labels[place]))
    true, predicted = found["cooccurrence"], found["predicted_cooccurrence"]
    names = [labels[place] for place in places]
    cells = [[f"{true[i][j]} ({predicted[i][j]})" for j in places] for i in places]
    table = pd.DataFrame(cells, columns=names)
    table.insert(0, "", names)
    st.dataframe(
        table, hide_index=True, width="stretch", height="content" if len(names) <= FEW_LABELS else "auto"
    )
    st.caption("Pictures that have both labels, in brackets those predicted to; on the diagonal, one label.")


def _draw_wrong(evaluation: Evaluation, key: str) -> None:
    """Show the pictures of which a label is missing or too many, most confident first."""
    labels = sorted(evaluation.metrics.labels, key=natural_key)
    heading = st.container()
    label = filter_label("Wrong in", labels, key=f"wrong_{key}")
    rows = evaluation.predictions
    if label is not None:
        rows = rows[has_label(rows["label"], label) != has_label(rows["predicted"], label)]
    of = "" if label is None else f" in {plain(label)}"
    heading.header(f"Pictures with a wrong label{of}: {count(int((~rows['correct']).sum()))}")
    if rows["correct"].all():
        st.success("Every picture has the labels that are predicted.", icon=":material/check_circle:")
        return
    draw_wrong_sets(evaluation, rows, f"gallery_{key}_{label}")


def draw_wrong_sets(evaluation: Evaluation, rows: pd.DataFrame, key: str) -> None:
    """Show those pictures of an evaluation whose labels are not the predicted ones, most confident first.

    Args:
        evaluation: of a run of several labels a picture.
        rows: some of its predictions.
        key: tells this gallery from others.
    """
    slides = deck(rows, Filter("mistakes"), "surest", multi_label=True)
    seen = seen_pictures(evaluation.predictions)
    first = slides[:_MOST]
    sets = dict(zip(rows["path"], zip(rows["label"], rows["predicted"], strict=True), strict=True))
    cards = [
        _card(sha, slide, sets[slide.path], seen.get(slide.path, ""))
        for sha, slide in zip(shas(tuple(slide.path for slide in first)), first, strict=True)
        if sha
    ]
    gallery(cards, key=key, about=about_evaluation(evaluation.metrics))


def _card(sha: str, slide: Slide, sets: tuple[str, str], seen: str) -> Card:
    """Return a picture with which of its labels are missing, and which are too many."""
    has, said = map(split_set, sets)
    parts = {
        "missing": [label for label in has if label not in said],
        "too many": [label for label in said if label not in has],
    }
    words = [f"{what}: {isolated(', '.join(names))}" for what, names in parts.items() if names]
    true_words = f"true: {isolated(slide.label)}"
    lines = (*words[1:], true_words, Path(slide.path).name, *([seen] if seen else []))
    return Card(
        sha, words[0], lines, slide.top, "wrong", path=slide.path, true=slide.label, predicted=slide.predicted
    )
