"""Home of the public view: what is published, and where to look at it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from poetcore.errors import PoetError
from poetcore.system.names import natural_key
from poetcore.ui.access import access
from poetcore.ui.headline import accuracy_metric
from poetcore.ui.public.chosen import evaluation_of, published_runs
from poetcore.ui.public.overview import pictures_in
from poetcore.ui.text import counted, few, plain
from poetcore.workspace.published import PublishedRun, PublishedSet
from poetcore.workspace.run import Run

__all__ = ["draw_home"]

#: Labels that are named of a model or a dataset.
_NAMED = 8


def draw_home(pages: Mapping[str, st.Page]) -> None:
    """Draw a card for each model and each dataset; where nothing is published, what the owner can type.

    Args:
        pages: those of the menu, by name.
    """
    published = access().published
    runs = [(run, published.runs[name]) for name, run in published_runs().items()]
    if not runs and not published.datasets:
        st.info("Nothing is published yet.", icon=":material/info:")
        st.markdown(
            "Is this yours? Publish a model with its evaluations on the computer that Poet runs on, with"
            " *Publish* on the page Evaluate or by"
        )
        st.code("python -m poetcore publish --run latest", language="bash")
        return
    if runs:
        st.header("Models")
        _draw_cards([partial(_draw_run, run, one, pages) for run, one in runs])
    if published.datasets:
        st.header("Datasets")
        _draw_cards([partial(_draw_set, one, pages) for one in published.datasets.values()])


def _draw_cards(draw: Sequence[Callable[[], None]]) -> None:
    beside = st.grid(2, min_column_width=340)
    for one in draw:
        with beside.container(border=True, height="stretch"):
            one()


def _draw_run(run: Run, published: PublishedRun, pages: Mapping[str, st.Page]) -> None:
    st.markdown(f"### {plain(run.title)}")
    try:
        labels = sorted(run.labels(), key=natural_key)
        st.markdown(f"{counted(len(labels), 'label')}: {plain(few(labels, _NAMED))}.")
        for name, title in published.evaluations.items():
            _, known = evaluation_of(run, name)
            if known.headline.accuracy:
                accuracy_metric(st.container(), f"Accuracy on {plain(title)}", known.headline.accuracy)
    except PoetError:
        st.caption("Its figures cannot be shown just now.")
    links = {"predict": "Try it", "live": "Try it live"}
    if published.evaluations:
        links = {"slideshow": "Slideshow", "evaluate": "See its mistakes"} | links
    with st.container(horizontal=True):
        for name, label in links.items():
            st.page_link(pages[name], label=label, icon=pages[name].icon, query_params={"run": run.name})


def _draw_set(one: PublishedSet, pages: Mapping[str, st.Page]) -> None:
    st.markdown(f"### {plain(one.title)}")
    pictures = pictures_in(one)
    if pictures is None:
        st.caption("Its pictures cannot be shown just now.")
        return
    labels = sorted(pictures["label"].unique(), key=natural_key)
    words = f"{counted(len(pictures), 'picture')}, {counted(len(labels), 'label')}: {few(labels, _NAMED)}."
    st.markdown(plain(words))
    page = pages["overview"]
    st.page_link(page, label="See its pictures", icon=page.icon, query_params={"dataset": one.name})
