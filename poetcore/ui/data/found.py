"""What was found in a dataset, at a glance: labels, counts, and what looks odd, each with its mend."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.analysis.checks import Issue, Pictures
from poetcore.analysis.issues import CHECKS
from poetcore.curation.empty_labels import remove_empty_label
from poetcore.curation.repair import Repairs
from poetcore.data.dataset import Dataset
from poetcore.data.labels import difference
from poetcore.errors import PoetError
from poetcore.system.figures import count
from poetcore.system.names import to_name
from poetcore.ui.data.dataset_notes import draw_notes
from poetcore.ui.gallery.pending import settle
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import explain, progress_bar
from poetcore.ui.text import brief, counted, few, in_sentence, plain, short
from poetcore.workspace.arrivals import Arrived

__all__ = ["draw_arrived", "draw_found", "draw_odd"]

#: Labels that are shown with a picture each; of more the counts are listed.
_PICTURED = 12

#: Labels whose counts are listed, and odd things that are; the overview has the others.
_LISTED, _ODD = 40, 5


def draw_found(dataset: Dataset) -> None:
    """Show what a dataset holds, and what looks odd in it, each with the button that mends it.

    Args:
        dataset: as a scan found it.
    """
    draw_arrived(dataset.folder)
    counts = dataset.counts()
    st.markdown(f"**{counted(sum(counts.values()), 'picture')}** of **{counted(len(counts), 'label')}**")
    if len(counts) > _PICTURED:
        shown = [f"{plain(in_sentence(label))} {count(number)}" for label, number in counts.items()][:_LISTED]
        more = f" · and {count(len(counts) - _LISTED)} more" if len(counts) > _LISTED else ""
        st.caption(" · ".join(shown) + more)
    elif not dataset.pictures.empty:
        first = dataset.pictures.groupby("label", sort=False)[["sha", "path"]].first()
        gallery(
            [
                Card(
                    str(first.at[label, "sha"]),
                    label,
                    (counted(number, "picture"),),
                    path=str(first.at[label, "path"]),
                    true=label,
                )
                for label, number in counts.items()
                if number
            ],
            key=f"found_{dataset.folder}",
        )
    draw_odd(dataset)


def draw_arrived(folder: Path) -> bool:
    """Show what came in with the upload that a dataset was made of, for as long as it is chosen.

    Args:
        folder: the dataset.

    Returns:
        Whether it was made of one in this session.
    """
    report: Arrived | None = st.session_state.get("arrived")
    if report is None or folder not in (report.folder, report.train):
        return False
    verb = "was" if report.pictures == 1 else "were"
    sentences = [f"{counted(report.pictures, 'picture')} {verb} brought into {plain(short(report.folder))}."]
    # That a folder of label folders is no label itself goes without saying.
    name = report.folder.name
    own = {name, re.sub(r"_\d+$", "", name)}  # numbered where there was one before
    if around := [name for name in report.wrappers if to_name(name, default="") not in own]:
        sentences.append(f"Around the label folders, and no label: {plain(few(around))}.")
    if report.demo:
        sentences.append(f"{plain(report.demo.name)} is chosen as its demo folder.")
    if report.litter:
        files = counted(report.litter, "file")
        sentences.append(f"Passed over: {files} that phones and desktops leave behind.")
    st.caption(f":material/folder_zip: {' '.join(sentences)}")
    if report.excluded:
        with st.expander(f"{counted(len(report.excluded), 'file')} not taken", icon=":material/warning:"):
            st.dataframe(
                pd.DataFrame(report.excluded, columns=["file", "because it"]),
                hide_index=True,
                width="stretch",
            )
    return True


def draw_odd(dataset: Dataset) -> None:
    """List what looks odd in a dataset, each with the button that mends it, and what is not used.

    Args:
        dataset: as a scan found it.
    """
    counts, own = dataset.counts(), not dataset.read_only and dataset.home == dataset.folder
    if len(counts) == 1:
        st.info(
            "One label only, and a classifier tells at least two apart: bring the pictures of another, and"
            " choose this dataset under *Into*.",
            icon=":material/info:",
        )
    similar = CHECKS["similar_labels"].issues(Pictures(dataset))
    for issue in similar[:_ODD]:
        _draw_similar(issue, counts, dataset.folder, own)
    for label in dataset.empty[:_ODD]:
        _draw_mend(
            f":material/folder_off: {plain(f'“{brief(label)}”')} has no pictures.",
            "Remove the empty folder",
            f"found_empty_{dataset.folder}_{label}",
            partial(remove_empty_label, dataset.folder, label) if own else None,
            f"The empty folder {label} is removed.",
        )
    more = len(similar[_ODD:]) + len(dataset.empty[_ODD:])
    if more:
        st.caption(f"{counted(more, 'more label')} like these: see *Overview*, *Health*.")
    draw_notes(replace(dataset, empty=()))


def _draw_similar(issue: Issue, counts: dict[str, int], folder: Path, own: bool) -> None:
    """Show that two labels look alike, with the button that makes them one; off where no file lies here."""
    label, into = issue.label, Path(issue.related[0]).name

    def merge() -> None:
        with progress_bar() as show:
            settle(Repairs(folder).merge(label, into, show))

    words = difference(label, into) or "the labels are nearly alike"
    _draw_mend(
        f":material/merge: {plain(f'“{brief(label)}”')} ({count(counts[label])}) and"
        f" {plain(f'“{brief(into)}”')} ({count(counts[into])}) look alike: {plain(words)}.",
        f"Merge into {plain(f'“{brief(into, 24)}”')}",
        f"found_merge_{folder}_{label}_{into}",
        merge if own else None,
        f"{label} is merged into {into}; the overview has the undo.",
    )


def _draw_mend(words: str, button: str, key: str, mend: Callable[[], None] | None, done: str) -> None:
    """Draw a sentence about what looks odd and the button that mends it; None where that cannot be."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="stretch")
        clicked = st.button(button, key=key, disabled=mend is None)
    if not clicked or mend is None:
        return
    try:
        mend()
    except PoetError as error:
        explain(error)
        return
    forget_scans()
    st.toast(plain(done), icon=":material/check_circle:")
    st.rerun()
