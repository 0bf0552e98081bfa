"""The feature maps that the frozen first part of a network makes of pictures, computed once and kept."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from poetcore.data.file_index import FileIndex
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.cache import FeatureCache
from poetcore.features.extraction import extract_features
from poetcore.system.progress import OnProgress, Progress

__all__ = ["MapCache", "extract_maps", "front_of", "read_maps"]

#: The number changes when networks are cut elsewhere.
_FRONT = "_front1"

_MIRRORED = Augmentation(flip_left_right=True, distortion_variants=1)


class MapCache(FeatureCache):
    """Feature maps by content and network, in half precision: of EfficientNet-Lite0 44 KB a picture."""

    dtype = "<f2"


def front_of(backbone: Backbone) -> Backbone:
    """Return the first part of a network as a backbone of its own, as caches and files know it.

    Args:
        backbone: a single network.
    """
    return replace(backbone, name=backbone.name + _FRONT)


def extract_maps(
    pictures: Mapping[str, Path],
    front: Backbone,
    model: Callable[[], Path],
    cache: MapCache,
    index: FileIndex,
    flip: bool,
    on_progress: OnProgress,
) -> set[str]:
    """Compute the feature maps of pictures that are not in the cache yet.

    Args:
        pictures: sha -> a file of that content.
        front: of `front_of`.
        model: returns its LiteRT file; called only if there is something to compute.
        cache: where they are kept.
        index: where it is recorded which pictures were decoded.
        flip: those of the mirrored pictures too.
        on_progress: called after each picture, in the phase `feature_maps`.

    Returns:
        The pictures that have them all.
    """
    there = set(pictures)
    views = (NO_AUGMENTATION, _MIRRORED) if flip else (NO_AUGMENTATION,)
    for copy, augmentation in enumerate(views):
        message = (
            f"Computing feature maps of the {'mirrored ' if copy else ''}pictures for fine-tuning (once)"
        )

        def on_picture(now: Progress, message: str = message) -> None:
            on_progress(replace(now, message=message))

        found: set[str] = set()
        extract_features(
            pictures,
            front,
            lambda _: model(),
            cache,
            index,
            sink=lambda sha, _, found=found: found.add(sha),  # type: ignore[misc]
            augmentation=augmentation,
            copy=copy,
            on_progress=on_picture,
            phase="feature_maps",
        )
        there &= found
    return there


def read_maps(
    cache: MapCache, front: Backbone, shas: np.ndarray, shape: tuple[int, ...]
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return what reads the feature maps of pictures.

    Args:
        cache: where they are.
        front: of `front_of`.
        shas: `(n,) str`, the pictures.
        shape: of a picture's maps, `(height, width, channels)`.

    Returns:
        A function of the places of k pictures in `shas` and of which of them are mirrored, `(k,) bool`; it
        returns `(k, height, width, channels) float32`.
    """
    suffixes = ("", _MIRRORED.cache_key(1))

    def read(chosen: np.ndarray, mirrored: np.ndarray) -> np.ndarray:
        maps = np.empty((len(chosen), *shape), np.float32)
        for side, suffix in enumerate(suffixes):
            places = np.flatnonzero(mirrored == side)
            wanted = shas[chosen[places]].tolist()
            found = cache.get(wanted, front, suffix)
            for place, sha in zip(places, wanted, strict=True):
                maps[place] = found[sha].reshape(shape)
        return maps

    return read
