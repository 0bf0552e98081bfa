"""The pictures of an evaluation on the page: the misclassified ones, or those of a cell of the matrix."""

from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.curation.repair import Repairs
from poetcore.data.held_out import home_of
from poetcore.data.listing import is_listing
from poetcore.errors import DatasetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.leaks import seen_pictures
from poetcore.evaluation.metrics import Metrics
from poetcore.evaluation.ordering import MOST_CONFIDENT, orders_of, sorted_by, sorted_predictions
from poetcore.evaluation.slides import Slide, deck
from poetcore.system.figures import confidence, count
from poetcore.system.names import natural_key
from poetcore.ui.components.jump import draw_jump
from poetcore.ui.gallery.about import about_evaluation
from poetcore.ui.gallery.pictures import Card, shas
from poetcore.ui.gallery.repair_gallery import Repairable, repair_gallery
from poetcore.ui.gallery.repairs import draw_repairs
from poetcore.ui.glossary import term
from poetcore.ui.results.confusion import PICTURES, draw_cell_fields, labels_chosen
from poetcore.ui.results.mistakes_table import draw_mistakes_table
from poetcore.ui.review.chosen import draw_verdict_field, rows_by_review, verdict_notes
from poetcore.ui.state import explain
from poetcore.ui.text import brief, counted, isolated, plain

__all__ = ["draw_mistakes", "draw_pictures", "pictures_title", "rows_of_labels"]

#: Pictures of a gallery at the most; nobody looks at more pages.
_MOST = 2000


def draw_mistakes(evaluation: Evaluation, key: str) -> None:
    """Show the misclassified pictures, of the chosen labels only, or those of the chosen cell.

    Args:
        evaluation: of a run on a demo folder.
        key: of the matrix in which a cell is chosen.
    """
    metrics = evaluation.metrics
    labels = sorted(metrics.labels, key=natural_key)
    true, predicted = labels_chosen(key)
    chosen = rows_by_review(evaluation, key)
    if chosen:
        rows, words = _of_labels(chosen.rows, true, predicted), chosen.words
        title = f"{words}: {counted(len(rows), 'picture')}"
    else:
        rows = rows_of_labels(evaluation.predictions, true, predicted)
        title = pictures_title(true, predicted, len(rows))
    st.header(title, anchor=PICTURES)
    draw_jump(PICTURES)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_cell_fields(labels, key)
        draw_verdict_field(evaluation, key)
        shown_as = st.segmented_control(
            "Show as",
            ["gallery", "table"],
            default="gallery",
            required=True,
            key="mistakes_as",
            persist_state="session",
        )
        order = None
        if shown_as == "gallery":  # a table is sorted by its headings
            order = st.selectbox(
                "Sort",
                orders_of(rows),
                key="mistakes_order",
                width=280,
                disabled=chosen is not None and chosen.drawn,
                persist_state="session",
                help=f"Loss: {term('cross entropy')}\n\nMargin: {term('margin')}",
            )
    if rows.empty and not chosen:
        _draw_none(metrics, true, predicted)
    name = f"gallery_{key}_{true}_{predicted}"
    if chosen:
        name = f"{name}_{chosen.choice}"
    order = None if chosen and chosen.drawn else order or MOST_CONFIDENT
    draw_pictures(evaluation, rows, name, order, as_table=shown_as == "table")


def rows_of_labels(rows: pd.DataFrame, true: str | None, predicted: str | None) -> pd.DataFrame:
    """Return the pictures of both labels; where one is open, those of them that are misclassified."""
    found = _of_labels(rows, true, predicted)
    return found if true is not None and predicted is not None else found[~found["correct"]]


def _of_labels(rows: pd.DataFrame, true: str | None, predicted: str | None) -> pd.DataFrame:
    if true is not None:
        rows = rows[rows["label"] == true]
    if predicted is not None:
        rows = rows[rows["predicted"] == predicted]
    return rows


def pictures_title(true: str | None, predicted: str | None, pictures: int) -> str:
    """Return what stands above the pictures of both labels, None for any, as Markdown."""
    if true is not None and predicted is not None:
        return f"{plain(brief(true))}, predicted {plain(brief(predicted))}: {counted(pictures, 'picture')}"
    which = f" of {plain(brief(true))}" if true is not None else ""
    what = f", predicted {plain(brief(predicted))}" if predicted is not None else ""
    return f"Misclassified pictures{which}{what}: {count(pictures)}"


def _draw_none(metrics: Metrics, true: str | None, predicted: str | None) -> None:
    """Show what it means that there is no such picture: mostly it is good news."""
    name, other = plain(brief(true or "")), plain(brief(predicted or ""))
    support = metrics.per_label[true]["support"] if true is not None else metrics.total
    if not support:
        st.info(f"There are no pictures of {name} here.", icon=":material/info:")
        return
    if true is not None and true == predicted:
        st.info(f"No picture of {name} is labelled right.", icon=":material/info:")
        return
    if predicted is None:
        of = f" of {name}" if true is not None else ""
        words = f"All {count(support)} pictures{of} are labelled right: there is no mistake to review."
    elif true is None:
        words = f"No picture of another label was predicted to be {other}."
    else:
        words = f"No picture of {name} was predicted to be {other}."
    st.success(words, icon=":material/check_circle:")


def draw_pictures(
    evaluation: Evaluation,
    rows: pd.DataFrame,
    key: str,
    order: str | None = MOST_CONFIDENT,
    *,
    as_table: bool = False,
) -> None:
    """Show pictures of an evaluation, to be repaired where a true label is wrong.

    Args:
        evaluation: of a run on a demo folder.
        rows: the pictures, of its predictions.
        key: tells this gallery from others.
        order: one of `orders_of`, by what it sorts stands below each picture; None leaves them as they are.
        as_table: whether they are rows of a table, which is to look and to decide; repairs need the gallery.
    """
    try:
        folder = home_of(Path(evaluation.metrics.folder))
    except DatasetError as error:  # the list of held-out pictures is damaged
        explain(error)
        return
    total = len(rows)
    if order is not None:
        rows = sorted_predictions(rows, evaluation.metrics.labels, order)
    rows = rows.head(_MOST)
    said = dict(zip(rows["path"], sorted_by(rows, order), strict=True)) if order is not None else {}
    slides = deck(rows)
    verdicts = verdict_notes(evaluation, rows)
    if slides and not as_table:
        mend = "in the CSV file" if is_listing(folder) else "or set the picture aside"
        st.caption(
            f"Is a true label wrong? Then correct it, {mend}, as you would without knowing"
            " the prediction: demo pictures that follow the model make it look better than it is. How many"
            " labels were changed is said beside the accuracy from then on."
        )
    found = list(zip(shas(tuple(slide.path for slide in slides)), slides, strict=True))
    repairs = Repairs(folder)
    repairs.recover()
    verified = repairs.verified()
    seen = seen_pictures(evaluation.predictions)
    items = [
        _repairable(sha, slide, [notes.get(slide.path, "") for notes in (said, seen, verdicts)])
        for sha, slide in found
        if sha and sha not in verified
    ]
    labels = sorted(evaluation.metrics.labels, key=natural_key)
    if as_table:
        draw_mistakes_table(
            evaluation, items, {"verdict": verdicts, "seen in training": seen}, f"table_{key}"
        )
    else:
        repair_gallery(folder, items, labels, key, about_evaluation(evaluation.metrics))
    if total > _MOST:
        st.caption(f"The first {count(_MOST)} of {count(total)} are shown: choose labels to see others.")
    if moved := sum(not sha for sha, _ in found):
        st.caption(f"Moved since the evaluation, and not shown: {count(moved)}. Evaluate the folder again.")
    if marked := sum(sha in verified for sha, _ in found):
        st.caption(f"Label verified as correct, and not shown again: {count(marked)}.")
    draw_repairs(folder)


def _repairable(sha: str, slide: Slide, notes: list[str]) -> Repairable:
    card = Card(
        sha,
        slide.label if slide.correct else f"{isolated(slide.label)} → {isolated(slide.predicted)}",
        (Path(slide.path).name, *filter(None, notes)),
        slide.top,
        "right" if slide.correct else "wrong",
        predicted=slide.predicted,
    )
    reason = f"predicted label {slide.predicted}, confidence {confidence(slide.confidence)}"
    # No suggested label: taking the model's word on the demo folder would make every mistake a success.
    return Repairable(card, slide.path, slide.label, reason)
