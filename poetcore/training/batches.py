"""Draws of the batches on which a last layer is trained, and parts of examples that are not read."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from poetcore.training.train import Examples

__all__ = ["Balanced", "Even", "Lots", "batches", "draws_of", "part_of"]

#: Examples that are drawn at once, a quarter of a gigabyte.
_DRAWN = 10_000_000


class Balanced:
    """Draws examples with replacement: a label evenly, then one of its pictures."""

    def __init__(self, targets: np.ndarray, labels: int) -> None:
        self._order = np.argsort(targets, kind="stable")
        self._counts = np.bincount(targets, minlength=labels)
        self._starts = np.cumsum(self._counts) - self._counts

    def draw(self, generator: "np.random.Generator", shape: tuple[int, int]) -> np.ndarray:
        """Return the indices of drawn examples, `shape int64`."""
        label = generator.integers(len(self._counts), size=shape)
        place = (generator.random(shape) * self._counts[label]).astype(np.int64)
        drawn: np.ndarray = self._order[self._starts[label] + place]
        return drawn


class Even:
    """Draws examples with replacement, each as likely as any other.

    Args:
        count: how many examples there are.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def draw(self, generator: "np.random.Generator", shape: tuple[int, int]) -> np.ndarray:
        """Return the indices of drawn examples, `shape int64`."""
        drawn: np.ndarray = generator.integers(self._count, size=shape)
        return drawn


Lots = Balanced | Even


def draws_of(targets: np.ndarray, labels: int, class_weight: str) -> Lots:
    """Return how the batches of a training are drawn.

    Args:
        targets: as `Examples` has them; where a picture may have several labels, all are drawn evenly.
        labels: how many labels there are.
        class_weight: "balanced" or "none".
    """
    if targets.ndim == 2 or class_weight == "none":
        return Even(len(targets))
    return Balanced(targets, labels)


def batches(lots: Lots, generator: "np.random.Generator", steps: int, size: int) -> Iterator[np.ndarray]:
    """Yield the batches up to the next report, each `(size,) int64`, as many at a time as fit in memory."""
    at_once = max(1, _DRAWN // size)
    for start in range(0, steps, at_once):
        yield from lots.draw(generator, (min(at_once, steps - start), size))


def part_of(examples: "Examples", chosen: np.ndarray) -> "Examples":
    """Return some examples over the same table, of which nothing is read.

    Args:
        examples: of which some are chosen.
        chosen: `(k,) int64`, their indices.
    """
    rows = chosen if examples.rows is None else examples.rows[chosen]
    return replace(examples, targets=examples.targets[chosen], rows=rows)
