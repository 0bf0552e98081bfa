"""The suspect labels section of the overview page, and each label's hardest and most typical pictures."""

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
from poetcore.errors import PoetError
from poetcore.ui.features import DatasetFeatures, draw_features
from poetcore.ui.pictures import Card, gallery
from poetcore.ui.repairs import Repairable, repair_gallery
from poetcore.ui.state import explain

__all__ = ["draw_label_issues"]


def draw_label_issues(dataset: Dataset) -> None:
    """Show the pictures whose label is probably wrong, most suspect first, ready for repair."""
    if dataset.pictures.empty:
        st.info("No usable picture to judge: bring some in with *Choose other pictures*, above.")
        return
    if len(dataset.labels) < 2:
        st.info("With one label only, none can be mistaken for another: add a folder of pictures per label.")
        return
    described = draw_features(dataset)
    if described is None:
        return
    try:
        judged = _judged(described.key, dataset.pictures, described)
    except PoetError as error:
        explain(error)
        return
    few = unscored(dataset.pictures)
    if few:
        listed = ", ".join(f"{label} ({count})" for label, count in few.items())
        st.warning(
            f"Not judged, because they have fewer than {FEWEST} different pictures: {listed}.",
            icon=":material/warning:",
        )
    view = st.segmented_control(
        "View",
        ["Suspects", "Hardest and most typical"],
        default="Suspects",
        required=True,
        key="suspects_view",
        label_visibility="collapsed",
    )
    if view == "Suspects":
        _draw_list(dataset, judged)
    else:
        _draw_extremes(judged)


def _draw_list(dataset: Dataset, judged: pd.DataFrame) -> None:
    suspects = label_issues_among(judged, Repairs(dataset.folder).verified())
    if suspects.empty:
        st.success(
            "No label looks wrong: each is the most probable one.",
            icon=":material/check_circle:",
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox("Filed under", ["any", *dataset.labels], key="suspects_label")
        other = st.selectbox("Looks like", ["any", *dataset.labels], key="suspects_other")
    shown = suspects[
        suspects["label"].isin([label] if label != "any" else dataset.labels)
        & suspects["suggested"].isin([other] if other != "any" else dataset.labels)
    ]
    st.subheader(f"{len(shown):,} pictures to look at, the most suspect first")
    st.caption(
        "Each picture was judged by a classifier that learnt from the others only. **Own label** is the"
        " probability that it gave to the label that the picture has: near 0 %, it finds that label wrong."
        " The next line is the label that it finds most probable. **Good pictures are among them**: unusual"
        " views, several things in one picture, bad light. Where neither label fits, the picture shows"
        " something else: set it aside. Mark good ones as fine, and they are not shown again."
    )
    if shown.empty:
        st.info("No such picture.")
    repair_gallery(
        dataset.folder, [_item(row) for row in shown.itertuples()], dataset.labels, key="suspects_gallery"
    )


def _item(row: Any) -> Repairable:
    lines = (f"own label {row.score:.1%}", f"{row.suggested} {row.confidence:.0%}", Path(row.path).name)
    reason = f"looks like {row.suggested} ({row.confidence:.0%}), own label {row.score:.1%}"
    card = Card(row.sha, f"{row.label} → {row.suggested}?", lines)
    return Repairable(card, row.path, row.label, reason, row.suggested)


def _draw_extremes(judged: pd.DataFrame) -> None:
    label = st.segmented_control(
        "Label",
        sorted(judged["label"].unique()),
        default=judged["label"].min(),
        required=True,
        key="extremes_label",
    )
    typical, hard = typical_and_hard(judged, label)
    st.subheader("Most typical")
    st.caption(
        f"Nearest to the middle of all pictures of {label}: what the network takes {label} to be. If all of"
        " them are alike, other views of it are rare in your set."
    )
    gallery([_card(row) for row in typical.itertuples()], key=f"typical_{label}")
    st.subheader("Hardest")
    st.caption(
        "Those whose label a classifier that learnt from the others finds least probable. Each is a wrong"
        f" label, or a view of {label} of which more pictures would help."
    )
    gallery([_card(row) for row in hard.itertuples()], key=f"hard_{label}")


def _card(row: Any) -> Card:
    seen = f"taken for {row.suggested}" if row.suggested != row.label else "rightly recognised"
    return Card(row.sha, Path(row.path).name, (f"own label {row.score:.0%}", seen))


@st.cache_data(max_entries=4, show_spinner="Judging every label ...")
def _judged(key: str, _pictures: pd.DataFrame, _described: DatasetFeatures) -> pd.DataFrame:
    """Judge the labels; `key` stands for all the rest."""
    return score_labels(_pictures, _described.vectors)
