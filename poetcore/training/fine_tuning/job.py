"""What the process that fine-tunes is given, and what it gives back: two files each in one folder."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np

__all__ = ["KERAS_FILE", "LITE_FILE", "Job", "Outcome"]

#: The trained network, where the process leaves it.
KERAS_FILE, LITE_FILE = "network.keras", "network.tflite"


class _Stored:
    """A dataclass of numbers, text and arrays that is kept as a JSON file and an npz file."""

    def write(self, folder: Path) -> None:
        """Write it into a folder."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
        arrays = {name: one for name, one in values.items() if isinstance(one, np.ndarray)}
        name = type(self).__name__.lower()
        np.savez(folder / f"{name}.npz", allow_pickle=False, **arrays)
        plain = {name: one for name, one in values.items() if name not in arrays}
        (folder / f"{name}.json").write_text(json.dumps(plain, default=asdict), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what was written into a folder."""
        name = cls.__name__.lower()
        values: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz") as arrays:
            return cls(**values, **arrays)


@dataclass(frozen=True)
class Job(_Stored):
    """A fine-tuning.

    Attributes:
        architecture: name of the single network whose last blocks are trained.
        maps: the file of the cache of feature maps.
        stop: a file; where it lies, training ends with the best so far.
        epochs: at the most.
        rate: learning rate; 0 to choose one.
        flip: whether mirrored pictures are trained on too.
        seed: of every draw.
        unit: whether the last layer sees vectors of length 1.
        length: what the network's vectors are scaled to where others stand beside them; 0 where none do.
        shas: `(n,) str`, the pictures.
        targets: `(n,) int64`, their labels.
        beside: `(n, m) float32`, the vectors of the networks that are not trained, as the last layer sees
            them; m is 0 where there are none.
        part: `(n,) int64`: 0 trained on, 1 validation, 2 neither.
        folds: `(n,) int64`, the fold of each picture for the cross validation; all -1 for none.
        weights: `(n,) float32`, what each picture counts in training.
        kernel, bias: the last layer to begin with, `(vector_length + m, labels)` and `(labels,) float32`.
    """

    architecture: str
    maps: str
    stop: str
    epochs: int
    rate: float
    flip: bool
    seed: int
    unit: bool
    length: float
    shas: np.ndarray
    targets: np.ndarray
    beside: np.ndarray
    part: np.ndarray
    folds: np.ndarray
    weights: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class Outcome(_Stored):
    """What fine-tuning found.

    Attributes:
        best: the epoch whose weights were kept; 0 where none was better than the network as it was.
        epochs: how many were done.
        rate: the learning rate.
        share: of the network's multiply-adds that were trained, 0 to 1.
        parameters: how many numbers were trained, those of the last layer included.
        stopped: whether it was stopped before its end.
        curve: of each epoch, from 0, `epoch`, `accuracy` and `cross_entropy` (with the temperature that fits)
            on the validation pictures, None without any.
        kernel, bias: the last layer.
        held_out: `(n, labels) float32`, of each picture by a network that was trained without its fold; `(0,
            labels)` without cross validation.
    """

    best: int
    epochs: int
    rate: float
    share: float
    parameters: int
    stopped: bool
    curve: list[dict[str, Any]]
    kernel: np.ndarray
    bias: np.ndarray
    held_out: np.ndarray
