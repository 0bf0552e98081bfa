"""Labels that look alike, side by side, each with the button that merges it into the larger one."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from poetcore.analysis.issues import Issue
from poetcore.curation.repair import Repairs
from poetcore.data.dataset import Dataset
from poetcore.data.labels import difference
from poetcore.errors import PoetError
from poetcore.ui.gallery.pending import settle
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.state import explain, progress_bar
from poetcore.ui.text import brief, plain

__all__ = ["draw_merges"]

#: Pictures of each of the two labels that are shown.
_SHOWN = 3


def draw_merges(issues: Sequence[Issue], dataset: Dataset) -> None:
    """Draw each pair of labels with what differs, a few pictures of both, and the button.

    Args:
        issues: of the check `similar_labels`: the smaller label, related to the larger one.
        dataset: in which they were found.
    """
    counts = dataset.counts()
    for issue in issues:
        into = Path(issue.related[0]).name
        if issue.label in counts and into in counts:
            _draw_pair(issue.label, into, counts, dataset)


def _draw_pair(label: str, into: str, counts: dict[str, int], dataset: Dataset) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            words = difference(label, into) or "the labels are nearly alike"
            st.markdown(f"What differs: {plain(words)}.", width="stretch")
            merge = st.button(
                f"Merge into {plain(f'“{brief(into, 24)}”')}",
                icon=":material/merge:",
                key=f"merge_{dataset.folder}_{label}_{into}",
                disabled=dataset.read_only,
                help="Moves the pictures into the other label's folder; the repairs below have the undo.",
            )
        for place, one in zip(st.columns(2), (label, into), strict=True):
            with place:
                # In quotes, so that a blank at an end is seen.
                st.markdown(f"**{plain(f'“{brief(one)}”')}** · {counts[one]:,} pictures")
                gallery(_cards(dataset, one), key=f"merge_pictures_{dataset.folder}_{label}_{into}_{one}")
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


def _cards(dataset: Dataset, label: str) -> list[Card]:
    """Return the first few pictures of a label."""
    pictures = dataset.pictures
    first = pictures.loc[pictures["label"] == label, ["path", "sha"]].head(_SHOWN)
    return [Card(sha, Path(path).name, path=path, true=label) for path, sha in first.itertuples(index=False)]
