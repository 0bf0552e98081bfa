"""The pictures of a planned split on the prepare page: some of the chosen ones, and those excluded."""

from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.analysis.issues import CHECKS
from poetcore.curation.prepare import Plan
from poetcore.ui.gallery.pictures import Card, gallery, group_gallery

__all__ = ["draw_planned_pictures"]

#: Chosen pictures that are shown of each label.
_SHOWN_PER_LABEL = 4

_PARTS = {"train": "training", "demo": "demo"}


def draw_planned_pictures(planned: Plan) -> None:
    """Show some pictures of each label that are taken, or all that are not, each with its reason."""
    shown = st.segmented_control(
        "Pictures", ["Some of the chosen", "Excluded"], default="Some of the chosen", required=True
    )
    if shown == "Excluded":
        _draw_rejected(planned)
        return
    taken = planned.chosen().groupby(["label", "part"], sort=False).head(_SHOWN_PER_LABEL // 2)
    gallery(
        [
            Card(sha, label, (_PARTS[part], Path(source).name), path=source, true=label)
            for sha, label, part, source in taken[["sha", "label", "part", "source"]].itertuples(index=False)
        ],
        key="prepare_chosen",
    )


def _draw_rejected(planned: Plan) -> None:
    rejected = planned.pictures[planned.pictures["part"] == "rejected"]
    if rejected.empty:
        st.success("No picture had to be excluded.", icon=":material/check_circle:")
        return
    broken = rejected["issue"] == "unreadable"
    _draw_readable(rejected[~broken])
    if broken.any():
        table = rejected.loc[broken, ["label", "source", "reason"]]
        table = table.assign(source=table["source"].map(lambda path: Path(path).name))
        st.markdown("**Files that cannot be read**")
        st.dataframe(table.rename(columns={"source": "file"}), hide_index=True, width="stretch")


def _draw_readable(rejected: pd.DataFrame) -> None:
    """Show pictures; those of one content under two labels stand side by side."""
    rows: dict[str, list[Card]] = {}
    for sha, issue, label, source, reason in rejected[
        ["sha", "issue", "label", "source", "reason"]
    ].itertuples(index=False):
        lines = (f"{label}: {Path(source).name}", reason)
        card = Card(sha, CHECKS[issue].title, lines, path=source, true=label)
        rows.setdefault(sha if issue == "two_labels" else source, []).append(card)
    group_gallery([tuple(row) for row in rows.values()], key="prepare_rejected", page_size=24)
