"""A map that takes a while: started where it is missing, followed, and what is shown until it is there."""

import time

import numpy as np
import streamlit as st

from poetcore.analysis.projection.stored import Projection, Projections
from poetcore.system.figures import duration
from poetcore.system.progress import Progress
from poetcore.ui.data.features import DatasetFeatures
from poetcore.ui.state import workspace
from poetcore.ui.text import plain
from poetcore.workspace.run_record import DIED, Status

__all__ = ["METHOD_NAMES", "arranged"]

#: What the methods of projection are called.
METHOD_NAMES = {"tsne": "t-SNE", "pca": "PCA", "umap": "UMAP"}


def arranged(
    features: DatasetFeatures, shas: tuple[str, ...], components: np.ndarray, method: str
) -> np.ndarray | None:
    """Return where the pictures lie; while that is being computed draw how far it is, and return None.

    Args:
        features: of the dataset.
        shas: of the pictures, each once.
        components: of their features, `(n, c) float32` in the order of `shas`.
        method: "tsne" or "umap".

    Returns:
        `(n, 2) float32`.
    """
    places = _places(features, shas, method)
    if places is not None:
        return places
    projection = _projections().of(shas, features.backbone, method)
    status = projection.current_status() if projection.exists() else None
    if status is None or status.phase == "done":  # what is there but damaged is computed again
        projection = _projections().start(shas, components, features.backbone, method)
        status = projection.current_status()
    if not status.final:
        _follow(projection)
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_why(status, method), width="stretch")
        if st.button(f"Arrange by {METHOD_NAMES[method]}", icon=":material/refresh:", key="arrange_map"):
            _projections().start(shas, components, features.backbone, method)
            st.rerun()
    return None


@st.cache_resource(show_spinner=False)
def _projections() -> Projections:
    return Projections(workspace())


def _places(features: DatasetFeatures, shas: tuple[str, ...], method: str) -> np.ndarray | None:
    """Read where the pictures lie, once; what is not there yet is looked for again."""
    known: dict[tuple[str, str], np.ndarray] = st.session_state.setdefault("map_places", {})
    key = (features.key, method)
    if key not in known:
        found = _projections().places(shas, features.backbone, method)
        if found is None:
            return None
        known.clear()  # one map is looked at
        known[key] = found
    return known[key]


def _follow(projection: Projection) -> None:
    """Draw how far a map is until its process ends, then draw the page anew."""

    @st.fragment(run_every="1s")
    def follow() -> None:
        status = projection.current_status() if projection.exists() else None
        if status is None or status.final:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            progress = Progress("projecting", status.done, status.total)
            name = METHOD_NAMES[projection.method]
            words = f"Arranging by {name}{_left(status)}. Until then you see PCA, and can work with it."
            st.progress(progress.share, words, width="stretch")
            st.button("Stop", key="stop_map", on_click=_projections().cancel, args=(projection,))

    follow()


def _left(status: Status) -> str:
    """Tell how far it is, and how long the rest will take."""
    if not status.done:
        return ""
    left = (time.time() - status.started) / status.done * (status.total - status.done)
    return f", step {status.done:,} of {status.total:,}, about {duration(left)} left"


def _why(status: Status, method: str) -> str:
    """Tell why the map is that by PCA."""
    name = METHOD_NAMES[method]
    if status.phase == "cancelled":
        return f"Arranging by {name} was stopped: you see PCA."
    message = "its process ended unexpectedly" if status.message.startswith(DIED) else plain(status.message)
    return f"Arranging by {name} failed, so you see PCA: {message}"
