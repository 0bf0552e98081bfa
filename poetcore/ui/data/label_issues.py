"""The suspect labels section of the overview page, and each label's hardest and most typical pictures."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from poetcore.analysis.label_errors import (
    FEWEST,
    label_issues_among,
    score_labels,
    typical_and_hard,
    unscored,
)
from poetcore.curation.repair import Repairs
from poetcore.data.dataset import Dataset
from poetcore.data.held_out import is_held_out, read_held_out
from poetcore.errors import PoetError
from poetcore.system.figures import confidence
from poetcore.system.files import is_same_place
from poetcore.ui.choice import chosen
from poetcore.ui.data.features import DatasetFeatures, draw_features
from poetcore.ui.gallery.about import about_chosen
from poetcore.ui.gallery.lazy import Lazy
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.gallery.repair_gallery import Repairable, repair_gallery
from poetcore.ui.labels import filter_label, pick_label
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import counted, few, in_sentence, isolated, plain
from poetcore.workspace.datasets import demo_folders
from poetcore.workspace.demo_sets import kept_aside

__all__ = ["draw_label_issues"]


def draw_label_issues(dataset: Dataset) -> None:
    """Show the pictures whose label is probably wrong, most suspect first, ready for repair."""
    if dataset.pictures.empty:
        st.info("No usable picture: bring some in with *Bring pictures*, beside the menu.")
        return
    if len(dataset.labels) < 2:
        st.info("With one label only, none can be mistaken for another: add a folder of pictures per label.")
        return
    features = draw_features(dataset)
    if features is None:
        return
    try:
        with st.skeleton(560):
            scored = _scored(features.key, dataset.pictures, features)
    except PoetError as error:
        explain(error)
        return
    scarce = unscored(dataset.pictures)
    if scarce:
        listed = plain(few([f"{in_sentence(label)} ({count})" for label, count in scarce.items()]))
        st.warning(
            f"Not scored, because they have fewer than {FEWEST} different pictures: {listed}.",
            icon=":material/warning:",
        )
    _draw_views(dataset, scored)


@st.fragment
def _draw_views(dataset: Dataset, scored: pd.DataFrame) -> None:
    """Draw the suspects, or each label's extremes; a filter draws nothing else of the page anew."""
    view = st.segmented_control(
        "View",
        ["Suspects", "Hardest and most typical"],
        default="Suspects",
        required=True,
        key="suspects_view",
        label_visibility="collapsed",
        persist_state="session",
    )
    if view == "Suspects":
        _draw_list(dataset, scored)
    else:
        _draw_extremes(scored)


def _draw_list(dataset: Dataset, scored: pd.DataFrame) -> None:
    found = label_issues_among(scored, Repairs(dataset.home).verified())
    by_hand = _by_hand(dataset)
    if found.empty:
        st.success(
            "No label looks wrong: each is the most probable one.",
            icon=":material/check_circle:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = filter_label("Given label", dataset.labels, key="suspects_label")
        other = filter_label("Suggested label", dataset.labels, key="suspects_other")
    shown = found[
        found["label"].isin([label] if label is not None else dataset.labels)
        & found["suggested"].isin([other] if other is not None else dataset.labels)
    ]
    st.header(f"{counted(len(shown), 'picture')} to look at, the most suspect first")
    st.caption(
        "Each picture was scored by a classifier that was trained on others only (cross validation)."
        " **Given label** is the probability of the label that the picture has: near 0 %, the classifier"
        " finds it wrong. The next line is the suggested label, the most probable one. **Good pictures are"
        " among them**: unusual views, several things in one picture, bad light. Where neither label fits,"
        " the picture shows something else"
        + (
            "."
            if dataset.read_only
            else ": set it aside. Say of good ones *Label is correct*, and they are not shown again."
        )
    )
    aside = sum(sha in by_hand for sha in shown["sha"])  # isin would convert all of the demo pictures
    if aside and not dataset.read_only:
        which = "These are" if aside == len(shown) else "Some of these are"
        st.caption(
            f"{which} demo pictures, and no button takes their suggested labels: a demo folder that follows a"
            " model makes models look better than they are. Correct wrong labels by hand."
        )
    if shown.empty:
        st.info("No such picture.")
    repair_gallery(
        dataset.folder,
        Lazy(list(shown.itertuples(index=False)), lambda row: _item(row, row.sha in by_hand)),
        dataset.labels,
        key="suspects_gallery",
        about=about_chosen(),
    )


def _by_hand(dataset: Dataset) -> Collection[str]:
    """Return the contents that are demo pictures, the dataset's own or held out of it."""
    demo = chosen().demo
    demos = [*demo_folders(workspace()), *filter(None, [demo])]
    if any(is_same_place(dataset.folder, one) for one in demos):
        return frozenset(dataset.pictures["sha"])
    lists = [kept_aside(dataset.folder, workspace()), demo if demo and is_held_out(demo) else None]
    held = [read_held_out(one) for one in lists if one is not None]
    return frozenset().union(*(one.contents for one in held if is_same_place(one.home, dataset.home)))


def _item(row: Any, by_hand: bool) -> Repairable:
    lines = (
        f"given label {confidence(row.score)}",
        f"{isolated(row.suggested)} {confidence(row.confidence)}",
        Path(row.path).name,
    )
    reason = f"suggested {row.suggested} ({confidence(row.confidence)}), given label {confidence(row.score)}"
    card = Card(row.sha, f"{isolated(row.label)} → {isolated(row.suggested)}?", lines)
    return Repairable(card, row.path, row.label, reason, None if by_hand else row.suggested)


def _draw_extremes(scored: pd.DataFrame) -> None:
    label = pick_label(list(scored["label"].unique()), key="extremes_label")
    typical, hard = typical_and_hard(scored, label)
    st.header("Most typical")
    st.caption(
        f"Nearest to the middle of all pictures of {plain(label)}: what the network takes {plain(label)} to"
        " be. If all of them are alike, other views of it are rare in your set."
    )
    gallery([_card(row) for row in typical.itertuples()], key=f"typical_{label}", about=about_chosen())
    st.header("Hardest")
    st.caption(
        "Those whose label a classifier that was trained on others finds least probable. Each is a wrong"
        f" label, or a view of {plain(label)} of which more pictures would help."
    )
    gallery([_card(row) for row in hard.itertuples()], key=f"hard_{label}", about=about_chosen())


def _card(row: Any) -> Card:
    seen = f"predicted {row.suggested}" if row.suggested != row.label else "predicted right"
    lines = (f"given label {confidence(row.score)}", seen)
    return Card(row.sha, Path(row.path).name, lines, path=row.path, true=row.label)


@st.cache_resource(max_entries=4, show_spinner=False)
def _scored(key: str, _pictures: pd.DataFrame, _features: DatasetFeatures) -> pd.DataFrame:
    """Score the labels; `key` stands for all the rest."""
    return score_labels(_pictures, _features.vectors())
