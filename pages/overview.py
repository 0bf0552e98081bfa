"""Overview: which pictures there are, how they look, and what is wrong with them."""

from pathlib import Path

import streamlit as st

from poetcore.charts.dataset import counts_chart, sizes_chart
from poetcore.charts.style import FEW_LABELS
from poetcore.curation.repair import Repairs
from poetcore.data.dataset import Dataset
from poetcore.data.splitting import assign_splits
from poetcore.errors import PoetError
from poetcore.system.names import natural_key
from poetcore.training.train import TrainingOptions
from poetcore.ui.choice import chosen
from poetcore.ui.data.bring import draw_ways_in
from poetcore.ui.data.embedding_map import draw_map
from poetcore.ui.data.found import draw_arrived, draw_odd
from poetcore.ui.data.health import draw_health
from poetcore.ui.data.label_issues import draw_label_issues
from poetcore.ui.gallery.pictures import Card, gallery
from poetcore.ui.gallery.repairs import draw_repairs
from poetcore.ui.labels import pick_label
from poetcore.ui.state import explain, scanned, workspace
from poetcore.ui.text import plain
from poetcore.workspace.datasets import dataset_warnings

#: Pixels of the place in which a long chart scrolls.
_SCROLLS = 430

SECTIONS = ["Pictures", "Health", "Suspect labels", "Map"]


def draw_pictures(dataset: Dataset) -> None:
    """Show how many pictures there are, of which size, and what they look like."""
    pictures = dataset.pictures
    sizes = st.columns(4)
    sizes[0].metric("Pictures", f"{len(pictures):,}", border=True)
    sizes[1].metric("Labels", len(dataset.labels), border=True)
    sizes[2].metric("Megabytes", f"{pictures['bytes'].sum() / 1e6:,.1f}", border=True)
    sizes[3].metric("Formats", ", ".join(sorted(pictures["format"].unique())), border=True)
    st.caption(plain(dataset.folder))

    for sentence in dataset_warnings(dataset):
        st.warning(plain(sentence), icon=":material/warning:")
    draw_odd(dataset)

    left, right = st.columns(2)
    with left:
        st.header("Pictures per label")
        with workspace().group_names() as names:
            known = names.get(TrainingOptions.group_by, pictures["sha"])
        parts = pictures.assign(part=assign_splits(pictures, 10, 10, known))
        counts = parts.groupby(["label", "part"]).size().rename("pictures").reset_index()
        counts = counts.sort_values("label", key=lambda names: names.map(natural_key), kind="stable")
        with st.container(height=_SCROLLS if len(dataset.labels) > FEW_LABELS else "content", border=False):
            st.altair_chart(counts_chart(counts), width="stretch")
        st.caption(
            "The planned split, at 10 % each for validation and testing. It depends on what is in a file, so"
            " renaming or adding pictures moves none to another part. Near duplicates stand in one part from"
            " the first training on."
        )
    with right:
        st.header("Sizes")
        named = pictures.assign(name=pictures["path"].map(lambda p: Path(p).name))
        if len(named[["width", "height"]].drop_duplicates()) > 1:
            st.altair_chart(sizes_chart(named, dataset.labels), width="stretch")
        else:
            st.markdown(f"All pictures are {named['width'].iloc[0]} x {named['height'].iloc[0]} pixels.")
        st.caption("Every picture is resized to the square that the network sees; odd shapes lose the most.")

    st.header("Sample pictures")
    label = pick_label(dataset.labels, key=f"sheet_label_{folder}")
    shown = pictures[pictures["label"] == label]
    gallery(
        [
            Card(sha, Path(path).name, (f"{width} x {height}",))
            for sha, path, width, height in zip(
                shown["sha"], shown["path"], shown["width"], shown["height"], strict=True
            )
        ],
        key=f"sheet_{folder}_{label}",
    )


folder = chosen().dataset
with st.expander("Choose other pictures", icon=":material/folder_open:", expanded=folder is None):
    draw_ways_in()
if folder is None:
    st.info("No dataset yet: take the sample flowers, a folder of yours, or a zip file, above.")
    st.stop()
draw_arrived(folder)

# Not the widget's default: a button sets the section too, and Streamlit complains where both do.
st.session_state.setdefault("overview_section", SECTIONS[0])
section = st.segmented_control(
    "Section",
    SECTIONS,
    required=True,
    key="overview_section",
    label_visibility="collapsed",
    persist_state="session",
)
try:
    Repairs(folder).recover()
    dataset = scanned(folder)
    if dataset.pictures.empty and section != "Health":
        st.warning(f"No usable picture in {plain(folder)}.")
    elif section == "Health":
        draw_health(folder, chosen().demo)
    elif section == "Suspect labels":
        draw_label_issues(dataset)
    elif section == "Map":
        draw_map(dataset)
    else:
        draw_pictures(dataset)
    if section != "Pictures":
        draw_repairs(folder)
except PoetError as error:
    explain(error)
