"""How much augmentation changes what the network sees: measured in every training, and said in a sentence."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from poetcore.features.memmap import StoredRows
from poetcore.system.figures import count, percent

__all__ = ["about_augmentation", "measure_change"]

#: Pictures on which it is measured at the most.
_MEASURED = 500

#: Copies that are nearer to their pictures than this share hardly move the model. Measured on photos of
#: flowers: brightness 10 % changes 0.3 %, mirroring 5 %, scale 10 % 5 %, crop 10 % 8 %.
_LITTLE = 0.02


def measure_change(
    vectors: np.ndarray | StoredRows, pictures: np.ndarray, copies: np.ndarray
) -> float | None:
    """Return how far augmented copies are from their pictures, as a share of how far pictures are apart.

    Distances are 1 - cosine of the feature vectors, means over 500 pairs at the most.

    Args:
        vectors: `(m, vector_length) float32`.
        pictures: `(n,) int64`, the row of each copy's picture.
        copies: `(n,) int64`, the row of each copy.

    Returns:
        0 where they are their pictures, about 1 where they might be any; None where no two pictures differ.
    """
    drawn = np.random.default_rng(0).permutation(len(pictures))[:_MEASURED]
    own, copied = (_unit(np.asarray(vectors.take(rows[drawn], axis=0))) for rows in (pictures, copies))
    apart = _distance(own, np.roll(own, 1, axis=0))
    return _distance(own, copied) / apart if apart > 1e-6 else None


def about_augmentation(record: Mapping[str, Any]) -> str:
    """Return a sentence on the augmented copies of a run; "" where there are none.

    Args:
        record: `copies`, and `change` as `measure_change` returns it; empty in runs of earlier versions.
    """
    if not record.get("copies"):
        return ""
    noun = "augmented copy" if record["copies"] == 1 else "augmented copies"
    number, change = f"{count(record['copies'])} {noun}", record.get("change")
    if change is None:
        return f"Trained on {number} too."
    sentence = (
        f"Trained on {number} too; to the network they differ from their pictures by {percent(change)} of"
        " what two pictures differ by."
    )
    if change < _LITTLE:
        sentence += " That is too little to make another model: choose larger values or other augmentation."
    return sentence


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    normalised: np.ndarray = vectors / np.maximum(lengths, 1e-12)
    return normalised


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(1 - (one * other).sum(axis=1).mean()) if len(one) else 0.0
