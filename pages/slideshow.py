"""Slideshow: predicted labels against true ones, one picture at a time or a few at once."""

import functools

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.slides import Filter, deck, deck_rows
from poetcore.evaluation.slideshow.presenting import present
from poetcore.evaluation.slideshow.show import MOST_SLIDES
from poetcore.system.figures import count
from poetcore.system.names import natural_key
from poetcore.system.wording import counted
from poetcore.ui.choice import chosen
from poetcore.ui.components.slideshow import slideshow
from poetcore.ui.freshness import checked
from poetcore.ui.gallery.pictures import addresses
from poetcore.ui.headline import draw_remarks
from poetcore.ui.label_groups.predicted import groups_on_slides
from poetcore.ui.no_run import draw_no_run
from poetcore.ui.results.evaluation import still_there
from poetcore.ui.results.slide_file import draw_slide_file
from poetcore.ui.results.slide_settings import keep_guess_first, pick_slides
from poetcore.ui.state import explain
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import dataset_title

#: Longer side in pixels of a picture among others: four of them are as wide as two large screens.
_IN_A_BATCH = 960


def _draw_none(predictions: pd.DataFrame, wanted: Filter) -> None:
    """Say why there is nothing to show; that a model made no mistake is good news."""
    of_label = predictions if wanted.label is None else predictions[predictions["label"] == wanted.label]
    if wanted.show == "mistakes" and len(of_label) and of_label["correct"].all():
        of = "" if wanted.label is None else f" of {plain(wanted.label)}"
        words = f"There is no mistake among the {counted(len(of_label), 'picture')}{of}."
        st.success(words, icon=":material/check_circle:")
    else:
        st.info("No picture is left with these filters: show all, any label, or a higher confidence.")


choice = chosen()
if choice.run is None:
    draw_no_run("show")
    st.stop()
found = checked(choice.run, choice.demo) if choice.demo else None
if not choice.demo or not found:
    st.info("A slideshow shows an evaluation: evaluate a run on a demo folder first.")
    st.page_link("evaluate.py", label="Evaluate", icon=":material/fact_check:")
    st.stop()

evaluation, known = found
above, middle, below = st.container(), st.container(), st.container()
# What warns stands above the show; a show that needs no warning begins at the top.
fine = (known.headline.accuracy or known.headline.multi_label) and not known.headline.warning
with below if fine else above:
    if known.headline.accuracy:
        st.markdown(f"Accuracy: **{known.headline.accuracy}**")
    draw_remarks(known.headline)
with middle:
    labels = sorted(evaluation.metrics.labels, key=natural_key)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        settings = pick_slides(labels)
    try:
        predictions = still_there(
            evaluation,
            known,
            "Missing pictures are excluded here; evaluate the folder again on the page *Evaluate*.",
        )
        several = evaluation.metrics.multi_label is not None
        rows = deck_rows(predictions, settings.filter, settings.order, settings.seed, multi_label=several)
    except PoetError as error:
        explain(error)
        st.stop()
    if rows.empty:
        _draw_none(predictions, settings.filter)
        st.stop()
    slides = deck(rows.head(MOST_SLIDES), multi_label=several)
    name = dataset_title(choice.demo)
    make = functools.partial(
        present,
        evaluation,
        known.headline,
        groups_on_slides(choice.run, evaluation, slides, confidence=settings.confidence),
        total=settings.total,
        guess_first=settings.guess_first,
        title=f"{choice.run.title} on {name}" if settings.run_name else name,
        show=settings.filter.show,
        players=settings.players,
        batch=settings.batch,
        confidence=settings.confidence,
    )
    pixels = 1920 if settings.batch == 1 else _IN_A_BATCH
    show = make(slides, addresses([slide.path for slide in slides], pixels=pixels), run=choice.run.name)
    keep_guess_first(slideshow(show, key="slideshow", audience=settings.audience))
    with row:
        draw_slide_file(choice.run, slides, make)
    first = "The first " if len(rows) > len(slides) else ""
    st.caption(
        f"{first}{count(len(slides))} of {counted(evaluation.metrics.total, 'picture')}. Click the picture,"
        " then press **?** for the keys; **F** fills the screen. This page's address opens the same slideshow"
        " elsewhere."
    )
