"""The pictures of a published dataset: how many there are of each label, and what they look like."""

from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.charts.dataset import sizes_chart
from poetcore.charts.style import FEW_LABELS
from poetcore.errors import RunError
from poetcore.system.figures import count
from poetcore.system.names import natural_key
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.headline import formats_metric
from poetcore.ui.labels import pick_label
from poetcore.ui.public.chosen import explain_nothing, shown
from poetcore.ui.state import workspace
from poetcore.ui.text import plain
from poetcore.workspace.published import PublishedSet, pictures_of

__all__ = ["draw_overview", "pictures_in"]


def pictures_in(one: PublishedSet) -> pd.DataFrame | None:
    """Return the pictures of a published dataset as `pictures_of` does; None where they cannot be read."""
    try:
        return pictures_of(workspace(), one)
    except RunError as error:
        print(f"The public view could not show something: {error}")
        return None


def draw_overview() -> None:
    """Draw figures, labels, sizes and the pictures of a label."""
    one = shown().dataset
    pictures = pictures_in(one) if one else None
    if one is None or pictures is None or pictures.empty:
        explain_nothing()
        return
    labels = sorted(pictures["label"].unique(), key=natural_key)
    st.markdown(f"**{plain(one.title)}**, as it was when it was published.")
    with st.grid(4, min_column_width=150):
        st.metric("Pictures", count(len(pictures)), border=True)
        st.metric("Labels", count(len(labels)), border=True)
        st.metric("Megabytes", f"{pictures['bytes'].sum() / 1e6:,.1f}", border=True)
        formats_metric(sorted(pictures["format"].unique()))
    left, right = st.columns(2)
    with left:
        st.header("Pictures per label")
        counts = pictures["label"].value_counts().reindex(labels).rename("pictures")
        st.dataframe(
            counts.rename_axis("label").reset_index(),
            hide_index=True,
            width="stretch",
            height="content" if len(labels) <= FEW_LABELS else "auto",
        )
    with right:
        st.header("Sizes")
        if len(pictures[["width", "height"]].drop_duplicates()) > 1:
            named = pictures.assign(name=[Path(path).name for path in pictures["path"]])
            st.vega_lite_chart(chart_spec(sizes_chart, named, labels), width="stretch", key="public_sizes")
        else:
            width, height = pictures[["width", "height"]].iloc[0]
            st.markdown(f"All pictures are {width} x {height} pixels.")
    st.header("Pictures")
    label = pick_label(labels, key=f"public_label_{one.name}")
    rows = pictures[pictures["label"] == label]
    cards = [
        Card(sha, Path(path).name, (f"{width} x {height}",), true=str(label))
        for path, sha, width, height in rows[["path", "sha", "width", "height"]].itertuples(index=False)
    ]
    gallery(cards, key=f"public_{one.name}_{label}")
