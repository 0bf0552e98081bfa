"""What visitors see of an evaluation: its figures, the confusion matrix, its pictures, the slideshow."""

import threading
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.leaks import seen_pictures
from poetcore.evaluation.ordering import MOST_CONFIDENT, orders_of, sorted_by, sorted_predictions
from poetcore.evaluation.report import report
from poetcore.evaluation.slides import Slide, deck
from poetcore.evaluation.slideshow.show import MOST_SLIDES
from poetcore.system.names import natural_key
from poetcore.ui.access import access
from poetcore.ui.components.jump import draw_jump
from poetcore.ui.components.slideshow import slideshow
from poetcore.ui.gallery.about import about_run
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.headline import draw_remarks
from poetcore.ui.public.chosen import evaluation_of, explain_nothing, shown
from poetcore.ui.results.confusion import PICTURES, draw_cell_fields, labels_chosen
from poetcore.ui.results.evaluation import draw_confusion, draw_headline
from poetcore.ui.results.label_sets import draw_label_set_headline, draw_label_sets
from poetcore.ui.results.mistakes import pictures_title, rows_of_labels
from poetcore.ui.results.slide_settings import keep_guess_first, pick_slides
from poetcore.ui.results.slide_show import choose_slides
from poetcore.ui.text import isolated, plain
from poetcore.workspace.run import Run

__all__ = ["draw_evaluate", "draw_slideshow"]

#: Reports that are made at once; each decodes up to 200 pictures.
_reports = threading.BoundedSemaphore(1)


def draw_evaluate() -> None:
    """Draw figures, matrix and pictures of the chosen evaluation."""
    run, name = shown().run, shown().evaluation
    if run is None or name is None:
        explain_nothing()
        return
    try:
        evaluation, known = evaluation_of(run, name)
    except PoetError as error:
        explain_nothing(error)
        return
    st.markdown(f"Model **{plain(run.title)}** on **{plain(evaluation.metrics.folder)}**")
    key = f"public_{run.name}_{name}"
    if evaluation.metrics.multi_label:
        draw_label_set_headline(evaluation.metrics, known)
        draw_label_sets(evaluation, key)
        return
    draw_headline(evaluation.metrics, known)
    draw_confusion(evaluation, known, key)
    _draw_pictures(run, evaluation, key)
    stamp = run.evaluation(name).metrics_file.stat().st_mtime_ns
    st.download_button(
        "Report (HTML)",
        lambda: _report(str(run.folder), name, stamp),
        f"{run.name}-{name}.html",
        "text/html",
        icon=":material/description:",
        on_click="ignore",
    )


def draw_slideshow() -> None:
    """Draw the show of the chosen evaluation."""
    run, name = shown().run, shown().evaluation
    if run is None or name is None:
        explain_nothing()
        return
    try:
        _draw_show(run, name)
    except PoetError as error:
        explain_nothing(error)


def _draw_show(run: Run, name: str) -> None:
    evaluation, known = evaluation_of(run, name)
    if known.headline.accuracy:
        st.markdown(f"Accuracy: **{known.headline.accuracy}**")
    draw_remarks(known.headline)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        settings = pick_slides(sorted(evaluation.metrics.labels, key=natural_key))
    there = evaluation.predictions[evaluation.predictions["path"].isin(access().shas)]
    chosen = choose_slides(evaluation, there, settings)
    if not chosen.slides:
        st.info("No picture is left with these filters: show all, any label, or a higher confidence.")
        return
    make = chosen.maker(run, evaluation, known.headline, evaluation.metrics.folder)
    show = make(chosen.slides, chosen.addresses(), run=run.name)
    keep_guess_first(slideshow(show, key="slideshow"))
    st.caption("Click the picture, then press **?** for the keys; **F** fills the screen.")


def _draw_pictures(run: Run, evaluation: Evaluation, key: str) -> None:
    """Draw the misclassified pictures, of the chosen labels only, or those of the chosen cell."""
    true, predicted = labels_chosen(key)
    rows = rows_of_labels(evaluation.predictions, true, predicted)
    st.header(pictures_title(true, predicted, len(rows)), anchor=PICTURES)
    draw_jump(PICTURES)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_cell_fields(sorted(evaluation.metrics.labels, key=natural_key), key)
        orders = orders_of(rows)
        order = st.selectbox("Sort", orders, key="public_order", width=280, persist_state="session")
    if rows.empty:
        st.info("There are none.", icon=":material/info:")
        return
    cards = _cards(evaluation, rows, order if order in orders else MOST_CONFIDENT)
    gallery(cards, f"{key}_{true}_{predicted}", about=about_run(run))


def _cards(evaluation: Evaluation, rows: pd.DataFrame, order: str) -> list[Card]:
    rows = sorted_predictions(rows, evaluation.metrics.labels, order)
    said = dict(zip(rows["path"], sorted_by(rows, order), strict=True))
    seen, shas = seen_pictures(evaluation.predictions), access().shas
    return [
        _card(slide, shas[slide.path], (said[slide.path], seen.get(slide.path, "")))
        for slide in deck(rows)[:MOST_SLIDES]
        if slide.path in shas
    ]


def _card(slide: Slide, sha: str, notes: tuple[str, str]) -> Card:
    return Card(
        sha,
        slide.label if slide.correct else f"{isolated(slide.label)} → {isolated(slide.predicted)}",
        (Path(slide.path).name, *filter(None, notes)),
        slide.top,
        "right" if slide.correct else "wrong",
        true=slide.label,
        predicted=slide.predicted,
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _report(folder: str, name: str, stamp: int) -> str:
    """Return the report of an evaluation; `stamp` tells it from an earlier one."""
    with _reports:
        evaluation, known = evaluation_of(Run(Path(folder)), name)
        wrong = evaluation.misclassified()[["path", "sha"]].itertuples(index=False)
        # A file that has another content by now was not published.
        changed = {path for path, sha in wrong if access().content(sha) is None}
        table = evaluation.predictions
        paths = table["path"].map(lambda path: Path(path).name if path in changed else path)
        return report(replace(evaluation, predictions=table.assign(path=paths)), known.changes)
