"""The map section of the overview page: pictures that are similar to the network lie together."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from poetcore.analysis.embedding import explained_variance, project_to_2d, umap_installed
from poetcore.charts.dataset import REGION, map_chart
from poetcore.charts.style import FEW_LABELS
from poetcore.data.dataset import Dataset
from poetcore.system.figures import count, percent
from poetcore.ui.data.features import DatasetFeatures, draw_features
from poetcore.ui.gallery.pictures import Card
from poetcore.ui.gallery.repair_gallery import Repairable, repair_gallery
from poetcore.ui.labels import filter_label
from poetcore.ui.text import counted, few, in_sentence, plain

__all__ = ["draw_map", "within"]

#: A finger on the map draws a rectangle; beside the map it scrolls the page.
_BY_FINGER = "<style>.st-key-map canvas { touch-action: none; }</style>"


def draw_map(dataset: Dataset) -> None:
    """Draw the pictures as points; those in a selected region are shown below."""
    if dataset.pictures.empty:
        st.info("No usable picture to place on a map: bring some in with *Bring pictures*, beside the menu.")
        return
    st.markdown(
        "Each point is a picture, placed by what the network sees in it, **not by its label**. Point at one"
        " to see it; drag a rectangle, with the mouse or a finger, to see all in it below."
    )
    features = draw_features(dataset)
    if features is not None:
        _draw(dataset, features)


@st.fragment
def _draw(dataset: Dataset, features: DatasetFeatures) -> None:
    """Draw the map, and the pictures of the selected region."""
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
    many = len(dataset.labels) > FEW_LABELS
    coloured = (
        filter_label("Label in colour", dataset.labels, "map_label", placeholder="none") if many else None
    )
    with st.skeleton(560):
        points, explained = _points(features.key, method, dataset.pictures, features)
    with st.container(key="map"):
        st.html(_BY_FINGER)
        event = st.altair_chart(
            map_chart(points, dataset.labels, coloured),
            width="stretch",
            on_select="rerun",
            selection_mode=REGION,
            key=f"map_{method}",
        )
    st.caption(_explanation(method, explained, many))
    selected = within(points, _area() or event.selection.get(REGION) or {})
    if selected is None:
        st.info("Nothing is selected yet: drag a rectangle on the map.", icon=":material/select:")
        return
    numbers = selected["label"].value_counts().items()
    counts = plain(few([f"{n} {in_sentence(str(label))}" for label, n in numbers]))
    st.header(f"{count(len(selected))} of {counted(len(points), 'picture')}")
    st.caption(f"{counts or 'None'}. Double-click the map to clear the selection.")
    items = [
        Repairable(Card(sha, label, (Path(path).name,)), path, label, "found on the map")
        for path, label, sha in zip(selected["path"], selected["label"], selected["sha"], strict=True)
    ]
    repair_gallery(dataset.folder, items, dataset.labels, key="map_gallery")


def _area() -> dict[str, list[float]] | None:
    """Draw the sliders that select an area as a rectangle does, and return it; None while they are off."""
    if not st.toggle("Select an area by sliders, without dragging", key="map_sliders"):
        return None
    left, right = st.columns(2)
    x = left.slider("From left to right (%)", 0, 100, (0, 100), key="map_x")
    y = right.slider("From bottom to top (%)", 0, 100, (0, 100), key="map_y")
    # The map reaches from -1 to 1.
    return {"x": [end / 50 - 1 for end in x], "y": [end / 50 - 1 for end in y]}


def within(points: pd.DataFrame, region: dict[str, list[float]]) -> pd.DataFrame | None:
    """Return the points in a rectangle, nearest to its middle first; None without a rectangle.

    Args:
        points: columns x and y among others.
        region: `{"x": [from, to], "y": [from, to]}` in either order, as in the chart's selection.
    """
    if not region.get("x") or not region.get("y"):
        return None
    (left, right), (low, high) = sorted(region["x"]), sorted(region["y"])
    found = points[points["x"].between(left, right) & points["y"].between(low, high)]
    across = (found["x"] - (left + right) / 2) / max(right - left, 1e-9)
    up = (found["y"] - (low + high) / 2) / max(high - low, 1e-9)
    return found.iloc[np.argsort(np.hypot(across.to_numpy(), up.to_numpy()), kind="stable")]


@st.cache_data(max_entries=4, show_spinner=False)
def _points(
    key: str, method: str, _pictures: pd.DataFrame, _features: DatasetFeatures
) -> tuple[pd.DataFrame, float]:
    """Project the pictures to 2-d; cached by `key` and `method`, which stand for the other arguments.

    Returns:
        Columns label, sha, path, x and y (-1 to 1), and the explained share of the variance.
    """
    unique = _pictures.drop_duplicates(["sha", "label"])
    unique = unique[unique["sha"].isin(_features.shas)]
    known = _features.vectors()
    vectors = np.stack([known[sha] for sha in unique["sha"]])
    projected = project_to_2d(vectors, method)
    scale = max(float(np.abs(projected).max()), 1e-9)
    # Thousandths of the map's width are finer than a point, and shorter to send.
    points = unique[["label", "sha", "path"]].assign(
        x=np.round(projected[:, 0] / scale, 3), y=np.round(projected[:, 1] / scale, 3)
    )
    return points.reset_index(drop=True), explained_variance(vectors, projected)


def _explanation(method: str, explained: float, many: bool = False) -> str:
    """Explain how to read the map.

    Args:
        method: "pca" or "umap".
        explained: the share of the variance that PCA shows.
        many: whether there are too many labels for each to have a colour.
    """
    reading = "There are too many labels for a colour each: choose one above to see it. " if many else ""
    reading += (
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
        f"{reading} PCA shows the two directions in which pictures differ most: {percent(explained, 0)} of"
        " the variance, that is of all their differences. Clouds that overlap here may lie apart in the"
        f" other directions.{offer}"
    )
