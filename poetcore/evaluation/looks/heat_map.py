"""Where in a picture a model sees a label: exact class activation maps.

The last layer is linear on the mean of a network's last feature map. So its weights on the map itself say
what each place adds to a label's logit: their mean over all places is the logit without its bias. What is
nonlinear behind the mean, the division by a length, is one number a picture: it scales the map.

Source: B. Zhou et al., "Learning deep features for discriminative localization", CVPR 2016. For such networks
gradient-weighted class activation maps (R. R. Selvaraju et al., "Grad-CAM", ICCV 2017) are the positive part
of the same map, divided by the number of places.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from poetcore.features.combination import LENGTH, side_by_side
from poetcore.features.feature_maps import Extracted
from poetcore.workspace.head import Head

__all__ = ["HeatMap", "label_maps"]

#: What a shorter vector is divided by, as in `unit_vectors` and `side_by_side`.
_SHORTEST = 1e-12


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Where in a picture a model sees a label.

    Attributes:
        label: which one.
        values: `(rows, columns) float32`, what each place adds to the label's logit, or takes from it; the
            first row is the picture's upper edge, and their mean is the logit without its bias.
        scale: the most that any place of the picture adds to any label; colours are relative to it, so that
            the maps of two labels can be compared.
        size: width and height of the picture, or in their proportion.
    """

    label: str
    values: np.ndarray
    scale: float
    size: tuple[int, int]


def label_maps(found: Sequence[Extracted], head: Head) -> np.ndarray | None:
    """Compute the map of every label.

    Args:
        found: what each network of the backbone made of a picture.
        head: the layer behind them.

    Returns:
        `(rows, columns, labels) float32`, signed; of several networks the sum of their maps, at the size of
        the largest. None where a network has no map.
    """
    vectors = [one.vector for one in found]
    whole = float(np.linalg.norm(side_by_side(vectors))) if head.unit else 1.0
    parts, start = [], 0
    for one in found:
        if one.map is None:
            return None
        length = len(one.vector)
        scale = LENGTH / max(float(np.linalg.norm(one.vector)), _SHORTEST) if len(found) > 1 else 1.0
        kernel = head.kernel[start : start + length] * np.float32(scale / max(whole, _SHORTEST))
        parts.append(one.map @ kernel)
        start += length
    rows, columns = (max(part.shape[axis] for part in parts) for axis in (0, 1))
    total: np.ndarray = np.stack([resized(part, rows, columns) for part in parts]).sum(axis=0)
    return total


def resized(maps: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return maps with more places, their means as they were.

    Args:
        maps: `(rows, columns, labels) float32`.
        rows: how many they get.
        columns: likewise.
    """
    if maps.shape[:2] == (rows, columns):
        return maps
    bilinear = Image.Resampling.BILINEAR
    layers = [
        np.asarray(Image.fromarray(np.ascontiguousarray(layer)).resize((columns, rows), bilinear))
        for layer in np.moveaxis(maps, 2, 0)
    ]
    larger = np.stack(layers, axis=2)
    kept: np.ndarray = larger + (maps.mean((0, 1)) - larger.mean((0, 1)))
    return kept
