"""What was found in a dataset, at a glance: labels, counts, and what looks odd, each with its mend."""

from pathlib import Path

import streamlit as st

from poetcore.analysis.checks import Issue, Pictures
from poetcore.analysis.issues import CHECKS
from poetcore.curation.repair import Repairs
from poetcore.data.dataset import Dataset
from poetcore.data.labels import difference
from poetcore.errors import PoetError
from poetcore.system.figures import count
from poetcore.ui.data.dataset_notes import draw_notes
from poetcore.ui.gallery.repairs import settle
from poetcore.ui.state import explain, progress_bar
from poetcore.ui.text import brief, counted, in_sentence, plain

__all__ = ["draw_found"]

#: Labels whose counts are told; of more only the first.
_NAMED = 12


def draw_found(dataset: Dataset) -> None:
    """Tell what a dataset holds, and what looks odd in it, each with the button that mends it.

    Args:
        dataset: as a scan found it.
    """
    counts = dataset.counts()
    st.markdown(
        f"**{counted(sum(counts.values()), 'picture')}** of **{counted(len(counts), 'label')}**:"
        f" {_listed(counts)}"
    )
    for issue in CHECKS["similar_labels"].issues(Pictures(dataset)):
        _draw_similar(issue, counts, dataset)
    draw_notes(dataset)


def _listed(counts: dict[str, int]) -> str:
    shown = [f"{plain(in_sentence(label))} {count(number)}" for label, number in counts.items()]
    more = f" · and {len(shown) - _NAMED:,} more" if len(shown) > _NAMED else ""
    return " · ".join(shown[:_NAMED]) + more


def _draw_similar(issue: Issue, counts: dict[str, int], dataset: Dataset) -> None:
    """Say that two labels look alike, with the button that makes them one."""
    label, into = issue.label, Path(issue.related[0]).name
    words = difference(label, into) or "the labels are nearly alike"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/merge: {plain(f'“{brief(label)}”')} ({count(counts[label])}) and"
            f" {plain(f'“{brief(into)}”')} ({count(counts[into])}) look alike: {plain(words)}.",
            width="stretch",
        )
        merge = st.button(
            f"Merge into {plain(f'“{brief(into, 24)}”')}",
            key=f"found_merge_{dataset.folder}_{label}_{into}",
            disabled=dataset.read_only,
            help="Moves the pictures into the other label's folder; *Overview* has the undo.",
        )
    if not merge:
        return
    try:
        with progress_bar() as show:
            settle(Repairs(dataset.folder).merge(label, into, show))
    except PoetError as error:
        explain(error)
        return
    st.toast(f"{plain(label)} is merged into {plain(into)}.", icon=":material/merge:")
    st.rerun()
