"""The vectors of the chosen dataset, computed from the page where they are missing."""

import hashlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from poetcore.analysis.embedding import features_of
from poetcore.data.dataset import Dataset
from poetcore.errors import PoetError
from poetcore.features.backbones import BACKBONES, DEFAULT, Backbone, find
from poetcore.ui.choice import chosen
from poetcore.ui.state import explain, progress_bar, workspace

__all__ = ["DatasetFeatures", "draw_features"]


@dataclass(frozen=True)
class DatasetFeatures:
    """A dataset whose vectors are known.

    Attributes:
        backbone: the network that made them.
        vectors: sha -> `(vector_length,) float32`.
        key: changes with any picture, label or backbone, and with nothing else.
    """

    backbone: Backbone
    vectors: dict[str, np.ndarray]
    key: str


def draw_features(dataset: Dataset) -> DatasetFeatures | None:
    """Draw the choice of the backbone, and the button that computes what is missing; None until then."""
    run = chosen().run
    usual = find(DEFAULT)
    if run:
        record = run.record()
        usual = find(record.backbone, record.calibration)
    names = [usual, *(b for b in BACKBONES.values() if b.offline and not b.quantized and b != usual)]
    backbone = usual
    if len(names) > 1:
        backbone = st.selectbox(
            "Seen through",
            names,
            format_func=lambda one: one.name,
            key="vectors_backbone",
            persist_state="session",
            help="The pre-trained network that describes the pictures. The chosen run's comes first.",
        )
    shas = sorted(set(dataset.pictures["sha"]))
    cache = workspace().feature_cache()
    try:
        vectors = cache.get(shas, backbone)
    finally:
        cache.close()
    missing = len(shas) - len(vectors)
    tried = f"{_key(dataset, backbone)} {missing}"
    if missing and st.session_state.get("vectors_tried") != tried:
        st.info(
            f"{missing:,} of {len(shas):,} pictures must be looked at by {backbone.name} first. It"
            " is done once: training on them then starts at once.",
            icon=":material/visibility:",
        )
        if not st.button(f"Look at {missing:,} pictures", type="primary", icon=":material/play_arrow:"):
            return None
        try:
            with progress_bar() as show:
                vectors = features_of(dataset, backbone, workspace(), show)
        except PoetError as error:
            explain(error)
            return None
        # What still fails now fails again: it is left out, and not asked for at every visit.
        st.session_state["vectors_tried"] = f"{_key(dataset, backbone)} {len(shas) - len(vectors)}"
        st.rerun()
    if not vectors:
        st.warning("None of the pictures could be looked at.")
        return None
    return DatasetFeatures(backbone, vectors, f"{_key(dataset, backbone)} {len(vectors)}")


def _key(dataset: Dataset, backbone: Backbone) -> str:
    digest = hashlib.sha256(backbone.cache_key.encode())
    for column in ("path", "label", "sha"):
        digest.update("\n".join(dataset.pictures[column]).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
