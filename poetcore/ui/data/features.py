"""The features of the chosen dataset, extracted from the page where they are missing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from poetcore.analysis.embedding import features_of
from poetcore.data.dataset import Dataset
from poetcore.errors import PoetError
from poetcore.features.backbones import BACKBONES, DEFAULT, Backbone, find
from poetcore.features.cached_features import IN_MEMORY, CachedFeatures
from poetcore.ui.choice import chosen
from poetcore.ui.computed import Same, computed, last_write
from poetcore.ui.state import explain, progress_bar, workspace
from poetcore.workspace.backbones import before_tuning

__all__ = ["DatasetFeatures", "draw_features", "missing_features"]


@dataclass(frozen=True)
class DatasetFeatures:
    """The features of a dataset, which are read only where something is computed from them.

    Attributes:
        backbone: the network that extracted them.
        shas: the contents that have some.
        key: changes with any picture, label or backbone, and with nothing else.
    """

    backbone: Backbone
    shas: tuple[str, ...]
    key: str

    def first(self, most: int) -> "DatasetFeatures":
        """Return so many at the most, drawn at random, since contents stand in the order of hashes."""
        if len(self.shas) <= most:
            return self
        return replace(self, shas=self.shas[:most], key=f"{self.key} first {most}")

    def vectors(self) -> Mapping[str, np.ndarray]:
        """Read them: sha -> feature vector, `(vector_length,) float32`; very many as they are asked for."""
        if len(self.shas) > IN_MEMORY:
            return CachedFeatures(workspace().feature_cache, self.backbone, self.shas)
        with workspace().feature_cache() as cache:
            return cache.get(self.shas, self.backbone)


def draw_features(dataset: Dataset) -> DatasetFeatures | None:
    """Draw the choice of the backbone, and the button that extracts missing features; None until then."""
    backbone = _pick_backbone()
    found = _known_features(dataset, backbone)
    missing, key = found.missing, found.of
    number = missing + len(found.features.shas)
    tried = f"{key} {missing}"
    if missing and st.session_state.get("vectors_tried") != tried:
        st.info(
            f"The features of {missing:,} of {number:,} pictures must be extracted first: the numbers by"
            f" which {backbone.name} tells pictures apart. This is done once; training on these pictures then"
            " starts at once.",
            icon=":material/visibility:",
        )
        if not st.button(
            f"Extract features of {missing:,} pictures", type="primary", icon=":material/play_arrow:"
        ):
            return None
        try:
            with progress_bar() as show:
                vectors = features_of(dataset, backbone, workspace(), show)
        except PoetError as error:
            explain(error)
            return None
        # What fails now fails again: it is excluded, and not offered at every visit.
        st.session_state["vectors_tried"] = f"{key} {number - len(vectors)}"
        st.rerun()
    if missing == number:
        st.warning("Features could not be extracted from any of the pictures.")
        return None
    return found.features


@dataclass(frozen=True)
class _Known:
    """What is known of a dataset's features: those that are cached, how many are not, and a hash of it."""

    features: DatasetFeatures
    missing: int
    of: str


def _known_features(dataset: Dataset, backbone: Backbone) -> _Known:
    lacking = missing_features(dataset, backbone)
    stamp = (Same(dataset), lacking)

    def find() -> _Known:
        key = _key(dataset, backbone)
        known = tuple(sorted(set(dataset.pictures["sha"]) - lacking))
        return _Known(DatasetFeatures(backbone, known, f"{key} {len(known)}"), len(lacking), key)

    return computed(f"features by {backbone.cache_key}", stamp, find)


def missing_features(dataset: Dataset, backbone: Backbone) -> frozenset[str]:
    """Return the contents whose features are not cached; of 200,000 pictures that takes seconds, once."""
    stamp = (Same(dataset), last_write(workspace().bottlenecks / "vectors.sqlite"))

    def find() -> frozenset[str]:
        with workspace().feature_cache() as cache:
            return frozenset(cache.missing(set(dataset.pictures["sha"]), backbone))

    return computed(f"missing features by {backbone.cache_key}", stamp, find)


def _pick_backbone() -> Backbone:
    """Draw the choice among the backbones that work offline; the chosen run's comes first."""
    run = chosen().run
    default = find(DEFAULT)
    if run:
        default = before_tuning(run)
    offline = [b for b in BACKBONES.values() if b.offline and b != default]
    if not offline:
        return default
    return st.selectbox(
        "Backbone",
        [default, *offline],
        format_func=lambda one: one.name,
        key="vectors_backbone",
        persist_state="session",
        help="The pre-trained network that extracts the features. The chosen run's comes first.",
    )


def _key(dataset: Dataset, backbone: Backbone) -> str:
    """Hash what decides the features of a dataset and what is shown of them."""
    digest = hashlib.sha256(backbone.cache_key.encode())
    for column in ("path", "label", "sha"):
        digest.update("\n".join(dataset.pictures[column]).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
