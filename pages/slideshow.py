"""Slideshow: predicted labels against true ones, one picture at a time or a few at once."""

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.metrics import Metrics
from poetcore.evaluation.slides import Filter, deck, slide_notes
from poetcore.evaluation.slideshow.show import Slideshow
from poetcore.system.figures import count, percent, score, with_interval
from poetcore.system.names import natural_key
from poetcore.system.wording import counted
from poetcore.ui.choice import chosen
from poetcore.ui.components.slideshow import slideshow
from poetcore.ui.freshness import checked
from poetcore.ui.gallery.pictures import addresses
from poetcore.ui.headline import draw_remarks
from poetcore.ui.label_groups.predicted import groups_on_slides
from poetcore.ui.results.evaluation import still_there
from poetcore.ui.results.slide_settings import keep_guess_first, pick_slides
from poetcore.ui.state import explain
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import dataset_title

#: Slides that are sent to the browser; nobody sits through more.
_MOST = 2000

#: Longer side in pixels of a picture among others: four of them are as wide as two large screens.
_IN_A_BATCH = 960


def _total(accuracy: Accuracy | None, metrics: Metrics) -> str:
    """Return the accuracy on all pictures as the summary tells it, or what stands for it."""
    if sets := metrics.multi_label:
        right, of = percent(sets["subset_accuracy"]), counted(sets["pictures"], "picture")
        return f"In total {right} with all labels right, macro F1 {score(metrics.macro_f1)}, of {of}"
    if accuracy is None:
        return ""
    share = with_interval(accuracy.value, accuracy.interval)
    error = percent(None if accuracy.value is None else 1 - accuracy.value)
    return f"In total {share} right, error rate {error}, of {counted(accuracy.total, 'picture')}"


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
found = checked(choice.run, choice.demo) if choice.run and choice.demo else None
if not choice.run or not choice.demo or not found:
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
    settings = pick_slides(labels)
    try:
        predictions = still_there(
            evaluation,
            known,
            "Missing pictures are excluded here; evaluate the folder again on the page *Evaluate*.",
        )
        several = evaluation.metrics.multi_label is not None
        slides = deck(predictions, settings.filter, settings.order, settings.seed, multi_label=several)
    except PoetError as error:
        explain(error)
        st.stop()
    if not slides:
        _draw_none(predictions, settings.filter)
        st.stop()
    left = len(slides)
    slides = slides[:_MOST]
    name = dataset_title(choice.demo)
    if several:  # what is guessed are the labels of a whole picture
        labels = sorted({slide.label for slide in slides}, key=natural_key)
    show = Slideshow(
        slides,
        addresses([slide.path for slide in slides], pixels=1920 if settings.batch == 1 else _IN_A_BATCH),
        labels,
        guess_first=settings.guess_first,
        title=f"{choice.run.title} on {name}" if settings.run_name else name,
        mark=known.headline.warning,
        notes=slide_notes(slides, evaluation.predictions),
        groups=groups_on_slides(choice.run, evaluation, slides, confidence=settings.confidence),
        show=settings.filter.show,
        players=settings.players,
        batch=settings.batch,
        confidence=settings.confidence,
        total=_total(known.headline.accuracy, evaluation.metrics) if settings.total else "",
        run=choice.run.name,
        several=several,
    )
    keep_guess_first(slideshow(show, key="slideshow", audience=settings.audience))
    first = "The first " if left > len(slides) else ""
    st.caption(
        f"{first}{count(len(slides))} of {counted(evaluation.metrics.total, 'picture')}. Click the picture,"
        " then press **?** for the keys; **F** fills the screen. This page's address opens the same slideshow"
        " elsewhere."
    )
