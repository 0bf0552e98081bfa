"""The pictures section of the overview page: how many there are, of which size, and what they look like."""

import os.path
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from poetcore.charts.dataset import counts_chart, sizes_chart
from poetcore.charts.style import FEW_LABELS
from poetcore.data.dataset import Dataset
from poetcore.data.splitting import assign_splits
from poetcore.system.figures import count
from poetcore.system.names import natural_key
from poetcore.training.train import TrainingOptions
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.computed import Same, computed, last_write, times_of
from poetcore.ui.data.found import draw_odd
from poetcore.ui.gallery.about import about_chosen
from poetcore.ui.gallery.lazy import Lazy
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.glossary import term
from poetcore.ui.headline import formats_metric
from poetcore.ui.labels import pick_label
from poetcore.ui.state import workspace
from poetcore.ui.text import plain
from poetcore.workspace.datasets import dataset_warnings
from poetcore.workspace.demo_sets import kept_aside, training_part

__all__ = ["draw_pictures"]

#: Pixels of the place in which a long chart scrolls.
_SCROLLS = 430

#: Pixels of a figure's box below which a row of them takes two lines: two stand side by side on a phone.
_FIGURE = 150


def draw_pictures(dataset: Dataset) -> None:
    """Show how many pictures there are, of which size, and what they look like."""
    pictures = dataset.pictures
    with st.grid(4, min_column_width=_FIGURE):
        st.metric("Pictures", count(len(pictures)), border=True)
        st.metric("Labels", count(len(dataset.labels)), border=True)
        st.metric("Megabytes", f"{pictures['bytes'].sum() / 1e6:,.1f}", border=True)
        formats_metric(sorted(pictures["format"].unique()))
    st.caption(plain(dataset.folder))

    for sentence in dataset_warnings(dataset):
        st.warning(plain(sentence), icon=":material/warning:")
    draw_odd(dataset)

    left, right = st.columns(2)
    with left:
        st.header("Pictures per label", help=f"{term('split')} {term('misc label')}")
        with st.container(height=_SCROLLS if len(dataset.labels) > FEW_LABELS else "content", border=False):
            spec = chart_spec(counts_chart, _counts(dataset))
            st.vega_lite_chart(spec, width="stretch", key="counts_chart")
        st.caption(
            "The planned split, at 10 % each for validation and testing. It depends on what is in a file, so"
            " renaming or adding pictures moves none to another part. Near duplicates stand in one part from"
            " the first training on."
        )
    with right:
        st.header("Sizes")
        if len(pictures[["width", "height"]].drop_duplicates()) > 1:
            named = pictures["path"].map(os.path.basename)
            sizes = pictures[["label", "width", "height"]].assign(name=named)
            spec = chart_spec(sizes_chart, sizes, dataset.labels)
            st.vega_lite_chart(spec, width="stretch", key="sizes_chart")
        else:
            width, height = pictures[["width", "height"]].iloc[0]
            st.markdown(f"All pictures are {width} x {height} pixels.")
        st.caption("Every picture is resized to the square that the network sees; odd shapes lose the most.")

    st.header("Sample pictures")
    _draw_samples(dataset)


@st.fragment
def _draw_samples(dataset: Dataset) -> None:
    """Draw the pictures of one label; another label or page draws nothing else anew."""
    label = pick_label(dataset.labels, key=f"sheet_label_{dataset.folder}")
    shown = dataset.pictures[dataset.pictures["label"] == label]
    gallery(
        Lazy(list(shown[["path", "label", "sha", "width", "height"]].itertuples(index=False)), _card),
        key=f"sheet_{dataset.folder}_{label}",
        about=about_chosen(),
    )


def _card(row: Any) -> Card:
    return Card(row.sha, Path(row.path).name, (f"{row.width} x {row.height}",), path=row.path, true=row.label)


def _counts(dataset: Dataset) -> pd.DataFrame:
    """Count pictures by label and planned part of the split: columns label, part, pictures."""
    place, aside = workspace(), kept_aside(dataset.folder, workspace())
    names = last_write(place.bottlenecks / "group_names.sqlite")
    stamp = (Same(dataset), aside, times_of(aside), names)
    return computed("planned split", stamp, lambda: _planned(dataset))


def _planned(dataset: Dataset) -> pd.DataFrame:
    pictures = training_part(dataset, workspace()).pictures[["path", "label", "sha"]]
    with workspace().group_names() as names:
        known = names.get(TrainingOptions.group_by, pictures["sha"])
    parts = pictures.assign(part=assign_splits(pictures, 10, 10, known))
    counts = parts.groupby(["label", "part"]).size().rename("pictures").reset_index()
    return counts.sort_values("label", key=lambda names: names.map(natural_key), kind="stable")
