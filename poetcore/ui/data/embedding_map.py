"""The map section of the overview page: pictures that are similar to the network lie together."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from poetcore.analysis.projection.methods import (
    TSNE_PICTURES,
    components_among,
    offered_methods,
    umap_installed,
)
from poetcore.charts.style import FEW_LABELS
from poetcore.data.dataset import Dataset
from poetcore.system.figures import count, percent
from poetcore.ui.components.point_map import point_map
from poetcore.ui.data.arranging import METHOD_NAMES, arranged
from poetcore.ui.data.features import DatasetFeatures, draw_features
from poetcore.ui.data.map_looks import Predicted, by_label, by_prediction, predicted_by
from poetcore.ui.gallery.about import about_chosen
from poetcore.ui.gallery.lazy import Lazy
from poetcore.ui.gallery.pictures import Card
from poetcore.ui.gallery.repair_gallery import Repairable, repair_gallery
from poetcore.ui.labels import filter_label
from poetcore.ui.text import counted, few, in_sentence, isolated, plain

__all__ = ["draw_map", "rarest_first"]

#: Points at the most: more hide each other, and take a browser seconds.
_MOST = 30_000


def draw_map(dataset: Dataset) -> None:
    """Draw the pictures as points; those that are selected are shown below."""
    if dataset.pictures.empty:
        st.info("No usable picture to place on a map: bring some in with *Bring pictures*, beside the menu.")
        return
    st.markdown(
        "Each point is a picture, placed by what the network sees in it, **not by its label**. Point at one"
        " to see it; drag a line around some, with the mouse or a finger, to see them below. Shift adds to"
        " the selection, Alt takes away from it, Ctrl and the wheel zoom; a label above the map shows only"
        " its own."
    )
    features = draw_features(dataset)
    if features is not None:
        if len(features.shas) > _MOST:
            st.caption(f"{count(_MOST)} of {count(len(features.shas))} pictures are shown, drawn at random.")
        _draw(dataset, features.first(_MOST), predicted_by(dataset))


@st.fragment
def _draw(dataset: Dataset, features: DatasetFeatures, predicted: Predicted | None) -> None:
    """Draw the map, and the selected pictures."""
    methods = offered_methods(len(features.shas))
    many = len(dataset.labels) > FEW_LABELS
    coloured = None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        method = _pick_method(methods)
        coloured_by = _pick_colours(predicted) if predicted else "label"
        if many and coloured_by == "label":
            coloured = filter_label("Label in colour", dataset.labels, "map_label", placeholder="none")
    with st.skeleton(560):
        points, shas, components, explained = _points(features.key, dataset.pictures, features)
    places = None if method == "pca" else arranged(features, shas, components, method)
    shown = method if places is not None else "pca"
    if places is None:
        places = components[:, :2]
    rows = points["row"].to_numpy()
    # What is selected belongs to the pictures of a dataset, whatever the map looks like.
    key = f"map_selected_{dataset.folder}"
    selected: frozenset[str] = st.session_state.get(key, frozenset())

    def select(found: frozenset[str]) -> None:
        st.session_state[key] = found

    located = points.assign(x=places[rows, 0], y=places[rows, 1])
    as_predicted = predicted if coloured_by == "prediction" else None
    located, looks = (
        by_prediction(located, as_predicted) if as_predicted else by_label(located, dataset.labels, coloured)
    )
    point_map(located, looks, selected, select, key="map_points", name=f"{dataset.folder} {shown}")
    st.caption(_reading(many, bool(as_predicted)) + _explanation(shown, explained, len(shas)))
    _draw_selected(dataset, located, selected, predicted)


def _draw_selected(
    dataset: Dataset, points: pd.DataFrame, selected: frozenset[str], predicted: Predicted | None
) -> None:
    """Draw the selected pictures, ready for repair."""
    picked = rarest_first(points[points["sha"].isin(selected)])
    if picked.empty:
        st.info("Nothing is selected yet: drag a line around points of the map.", icon=":material/gesture:")
        return
    numbers = picked["label"].value_counts().items()
    counts = plain(few([f"{n} {in_sentence(str(label))}" for label, n in numbers]))
    st.header(f"{count(len(picked))} of {counted(len(points), 'picture')}")
    st.caption(f"{counts}. The rarest label among them comes first.")
    repair_gallery(
        dataset.folder,
        Lazy(list(picked.itertuples(index=False)), lambda row: _item(row, predicted)),
        dataset.labels,
        key="map_gallery",
        about=about_chosen(),
    )


def _item(row: Any, predicted: Predicted | None) -> Repairable:
    label = predicted.labels.get(row.sha, "") if predicted else ""
    wrong = (f"predicted {isolated(label)}",) if label not in ("", row.label) else ()
    card = Card(row.sha, row.label, (Path(row.path).name, *wrong), predicted=label)
    return Repairable(card, row.path, row.label, "found on the map")


def _pick_colours(predicted: Predicted) -> str:
    """Draw the choice of what has a colour, and return "label" or "prediction"."""
    return st.segmented_control(
        "Colour",
        ["label", "prediction"],
        format_func={"label": "Label", "prediction": "Correct or misclassified"}.__getitem__,
        default="label",
        required=True,
        key="map_colours",
        persist_state="session",
        help=f"As {plain(predicted.run)} predicted them: of demo pictures by its evaluation, of training"
        " pictures by its cross validation, each by a layer that was trained without it.",
    )


def _pick_method(methods: list[str]) -> str:
    """Draw the choice among the methods, the usual one first; without a choice return the one."""
    if len(methods) < 2:
        return methods[0]
    return st.segmented_control(
        "Method",
        methods,
        format_func=METHOD_NAMES.__getitem__,
        default=methods[0],
        required=True,
        key=f"map_method_{methods[0]}",
        persist_state="session",
        help="t-SNE and UMAP keep similar pictures together, which takes a while. PCA shows the two"
        " directions in which they differ most, at once."
        f" t-SNE comes first up to {TSNE_PICTURES:,} pictures.",
    )


def rarest_first(points: pd.DataFrame) -> pd.DataFrame:
    """Sort points: those of the rarest label first, of one label the nearest to the middle of all first.

    In a cloud of one label the pictures of others are the ones to look at.

    Args:
        points: columns x, y, label.
    """
    middle = points[["x", "y"]].mean()
    far = np.hypot(points["x"] - middle["x"], points["y"] - middle["y"])
    number = points["label"].map(points["label"].value_counts())
    return points.assign(far=far, number=number).sort_values(["number", "label", "far"], kind="stable")


@st.cache_resource(max_entries=4, show_spinner=False)
def _points(
    key: str, _pictures: pd.DataFrame, _features: DatasetFeatures
) -> tuple[pd.DataFrame, tuple[str, ...], np.ndarray, float]:
    """Find what is to be placed; cached by `key`, which stands for the other arguments.

    Returns:
        The points (columns label, sha, path, and the row of their content), the contents, the components of
        their features, `(n, c) float32`, and the share of the variance that the first two explain.
    """
    known = _features.vectors()
    pictures = _pictures[_pictures["sha"].isin(known)]
    shas = tuple(sorted(set(pictures["sha"])))
    row = {sha: number for number, sha in enumerate(shas)}
    points = pictures[["label", "sha", "path"]].assign(row=pictures["sha"].map(row))
    return points.reset_index(drop=True), shas, *components_among(known, shas)


def _reading(many: bool, by_prediction: bool) -> str:
    """Explain how to read what is coloured.

    Args:
        many: whether there are too many labels for each to have a colour.
        by_prediction: whether colours tell what was misclassified.
    """
    if by_prediction:
        return (
            "**How to read it.** Misclassified pictures between two clouds are hard to tell apart: more"
            " pictures like them help. One deep in the cloud of another label may have the wrong label."
        )
    first = "There are too many labels for a colour each: choose one above to see it. " if many else ""
    return (
        f"{first}**How to read it.** A cloud of one colour is a label that the network tells apart"
        " easily. Two colours in one cloud are labels that it confuses: more pictures of both help. A point"
        " in the cloud of another colour may have the wrong label, and a point far from all others shows"
        " something unusual; look at both."
    )


def _explanation(method: str, explained: float, pictures: int) -> str:
    """Explain what places mean, for a sentence after others.

    Args:
        method: by which the map was made.
        explained: the share of the variance that PCA shows.
        pictures: how many are on it.
    """
    if method != "pca":
        return (
            f" {METHOD_NAMES[method]} keeps neighbours together; how far groups lie apart, or how large they"
            " are, means little."
        )
    offer = ""
    if pictures > TSNE_PICTURES:
        offer = " t-SNE separates them better, and takes minutes for so many pictures."
        offer += "" if umap_installed() else " UMAP is offered too after `pip install umap-learn`."
    return (
        f" PCA shows the two directions in which pictures differ most: {percent(explained, 0)} of the"
        " variance, that is of all their differences. Clouds that overlap here may lie apart in the other"
        f" directions.{offer}"
    )
