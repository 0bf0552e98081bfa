"""Slideshow: predicted labels against true ones, one picture at a time or a few at once."""

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.slides import Filter
from poetcore.system.figures import count
from poetcore.system.names import natural_key
from poetcore.system.wording import counted
from poetcore.ui.choice import chosen
from poetcore.ui.components.slideshow import slideshow
from poetcore.ui.freshness import checked
from poetcore.ui.headline import draw_remarks
from poetcore.ui.no_run import draw_no_run
from poetcore.ui.page_end import end_page
from poetcore.ui.results.evaluation import still_there
from poetcore.ui.results.slide_file import draw_slide_file
from poetcore.ui.results.slide_settings import keep_guess_first, pick_slides
from poetcore.ui.results.slide_show import choose_slides
from poetcore.ui.state import explain
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import dataset_title


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
    end_page()
found = checked(choice.run, choice.demo) if choice.demo else None
if not choice.demo or not found:
    st.info("A slideshow shows an evaluation: evaluate a run on a demo folder first.")
    st.page_link("evaluate.py", label="Evaluate", icon=":material/fact_check:")
    end_page()

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
    # With more between them they would take two lines of a window of 1280, and the show would end below it.
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall")
    with row:
        settings = pick_slides(labels)
    try:
        predictions = still_there(
            evaluation,
            known,
            "Missing pictures are excluded here; evaluate the folder again on the page *Evaluate*.",
        )
        chosen_slides = choose_slides(evaluation, predictions, settings)
    except PoetError as error:
        explain(error)
        end_page()
    slides = chosen_slides.slides
    if not slides:
        _draw_none(predictions, settings.filter)
        end_page()
    make = chosen_slides.maker(choice.run, evaluation, known.headline, dataset_title(choice.demo))
    show = make(slides, chosen_slides.addresses(), run=choice.run.name)
    keep_guess_first(slideshow(show, key="slideshow", audience=settings.audience))
    with row:
        draw_slide_file(choice.run, slides, make)
    first = "The first " if chosen_slides.total > len(slides) else ""
    st.caption(
        f"{first}{count(len(slides))} of {counted(evaluation.metrics.total, 'picture')}. Click the picture,"
        " then press **?** for the keys; **F** fills the screen. This page's address opens the same slideshow"
        " elsewhere."
    )
