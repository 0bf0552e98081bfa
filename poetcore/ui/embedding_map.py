"""The map section of the overview page: pictures that the network finds alike lie together."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from poetcore.analysis.embedding import explained_variance, project_to_2d, umap_installed
from poetcore.charts import REGION, map_chart
from poetcore.data.dataset import Dataset
from poetcore.ui.features import DatasetFeatures, draw_features
from poetcore.ui.pictures import Card
from poetcore.ui.repairs import Repairable, repair_gallery

__all__ = ["draw_map", "within"]


def draw_map(dataset: Dataset) -> None:
    """Draw the pictures as points; those in a marked region are shown below."""
    if dataset.pictures.empty:
        st.info("No usable picture to place on a map: bring some in with *Choose other pictures*, above.")
        return
    st.markdown(
        "Each point is a picture, placed by what the network sees in it, **not by its label**. Point at one"
        " to see it; drag a rectangle to see all in it below."
    )
    described = draw_features(dataset)
    if described is not None:
        _draw(dataset, described)


@st.fragment
def _draw(dataset: Dataset, described: DatasetFeatures) -> None:
    method = "pca"
    if umap_installed():
        method = st.segmented_control(
            "Method",
            ["pca", "umap"],
            format_func={"pca": "PCA, at once", "umap": "UMAP, clearer groups"}.__getitem__,
            default="pca",
            required=True,
            key="map_method",
        )
    points, shown = _points(described.key, method, dataset.pictures, described)
    event = st.altair_chart(
        map_chart(points), width="stretch", on_select="rerun", selection_mode=REGION, key=f"map_{method}"
    )
    st.caption(_explanation(method, shown))
    marked = within(points, event.selection.get(REGION) or {})
    if marked is None:
        st.info("Nothing is marked yet: drag a rectangle on the map.", icon=":material/select:")
        return
    counts = ", ".join(f"{n} {label}" for label, n in marked["label"].value_counts().items())
    st.subheader(f"{len(marked):,} of {len(points):,} pictures")
    st.caption(f"{counts or 'None'}. Double-click the map to mark nothing.")
    items = [
        Repairable(Card(sha, label, (Path(path).name,)), path, label, "found on the map")
        for path, label, sha in zip(marked["path"], marked["label"], marked["sha"], strict=True)
    ]
    repair_gallery(dataset.folder, items, dataset.labels, key="map_gallery")


def within(points: pd.DataFrame, region: dict[str, list[float]]) -> pd.DataFrame | None:
    """Give the points in a rectangle, the one nearest to its middle first; None where there is none.

    Args:
        points: columns x and y among others.
        region: `{"x": [from, to], "y": [from, to]}` in either order, as the chart's selection says it.
    """
    if not region.get("x") or not region.get("y"):
        return None
    (left, right), (low, high) = sorted(region["x"]), sorted(region["y"])
    found = points[points["x"].between(left, right) & points["y"].between(low, high)]
    across = (found["x"] - (left + right) / 2) / max(right - left, 1e-9)
    up = (found["y"] - (low + high) / 2) / max(high - low, 1e-9)
    return found.iloc[np.argsort(np.hypot(across.to_numpy(), up.to_numpy()), kind="stable")]


@st.cache_data(max_entries=4, show_spinner="Drawing the map ...")
def _points(
    key: str, method: str, _pictures: pd.DataFrame, _described: DatasetFeatures
) -> tuple[pd.DataFrame, float]:
    """Give columns x, y, label, sha, path, and the share of variance; `key` stands for all the rest."""
    once = _pictures.drop_duplicates(["sha", "label"])
    once = once[once["sha"].isin(_described.vectors.keys())]
    vectors = np.stack([_described.vectors[sha] for sha in once["sha"]])
    flat = project_to_2d(vectors, method)
    spread = max(float(np.abs(flat).max()), 1e-9)
    # Thousandths of the map's width are finer than a point, and shorter to send.
    placed = once[["label", "sha", "path"]].assign(
        x=np.round(flat[:, 0] / spread, 3), y=np.round(flat[:, 1] / spread, 3)
    )
    return placed.reset_index(drop=True), explained_variance(vectors, flat)


def _explanation(method: str, shown: float) -> str:
    reading = (
        "**How to read it.** A cloud of one colour is a label that the network tells apart easily. Two"
        " colours in one cloud are labels that it confuses: more pictures of both help. A point in the cloud"
        " of another colour may have the wrong label, and a point far from all others shows something"
        " unusual; look at both."
    )
    if method == "umap":
        return (
            f"{reading} UMAP keeps neighbours together; how far groups lie apart, or how large they are,"
            " means little."
        )
    offer = "" if umap_installed() else " For clearer groups install UMAP: `pip install umap-learn`."
    return (
        f"{reading} PCA shows the two directions in which the pictures differ most: {shown:.0%} of all their"
        f" differences. Clouds that overlap here may lie apart in the other directions.{offer}"
    )
