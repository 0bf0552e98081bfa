"""The slideshow without its pictures: which slides, in which order, and the running score."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from poetcore.errors import OptionError

__all__ = ["Filter", "Order", "Score", "Show", "Slide", "deck", "running_score"]

Show = Literal["all", "mistakes", "correct"]
Order = Literal["folder", "shuffled", "surest", "least_sure"]


@dataclass(frozen=True)
class Filter:
    """Which pictures are shown.

    Attributes:
        show: all, only mistakes, or only correct ones.
        label: only pictures whose true label is this; None for every label.
        below: only pictures whose confidence is below this, 0 to 1; None for all.

    Raises:
        OptionError: a value is impossible.
    """

    show: Show = "all"
    label: str | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        if self.show not in get_args(Show):
            raise OptionError(f"Show one of {', '.join(get_args(Show))}. Received: {self.show!r}.")
        if self.below is not None and not 0 < self.below <= 1:
            raise OptionError(f"A confidence lies above 0 and up to 1. Received: {self.below}.")


@dataclass(frozen=True)
class Slide:
    """One picture with what is said of it.

    Attributes:
        path: the picture.
        label: the ground truth.
        predicted: what the model says.
        confidence: how sure it is, 0 to 1.
        top: the most probable labels with their probabilities, the first one first.
    """

    path: str
    label: str
    predicted: str
    confidence: float
    top: tuple[tuple[str, float], ...]

    @property
    def correct(self) -> bool:
        return self.label == self.predicted


@dataclass(frozen=True)
class Score:
    """The running score: how many of the slides seen so far were right."""

    correct: int = 0
    seen: int = 0

    @property
    def share(self) -> float | None:
        """0 to 1; None before the first slide."""
        return self.correct / self.seen if self.seen else None


def deck(
    predictions: pd.DataFrame, chosen: Filter = Filter(), order: Order = "folder", seed: int = 0, top: int = 3
) -> list[Slide]:
    """Lay out the slides.

    Args:
        predictions: as in `Evaluation.predictions`.
        chosen: which pictures.
        order: "folder" as in the folder; "shuffled" the same way for the same seed; "surest" or "least_sure"
            first.
        seed: for "shuffled".
        top: how many labels a slide tells.

    Raises:
        OptionError: an unknown order, or a label that does not occur.
    """
    if order not in get_args(Order):
        raise OptionError(f"Order by one of {', '.join(get_args(Order))}. Received: {order!r}.")
    rows = predictions
    if chosen.label is not None:
        if chosen.label not in set(predictions["label"]):
            raise OptionError(f"No picture of the label {chosen.label!r} among these.")
        rows = rows[rows["label"] == chosen.label]
    if chosen.show != "all":
        rows = rows[rows["correct"] == (chosen.show == "correct")]
    if chosen.below is not None:
        rows = rows[rows["confidence"] < chosen.below]
    if order == "shuffled":
        rows = rows.iloc[np.random.default_rng(seed).permutation(len(rows))]
    elif order != "folder":
        rows = rows.sort_values("confidence", ascending=order == "least_sure", kind="stable")
    names = [column for column in predictions.columns if column.startswith("p_")]
    probabilities = rows[names].to_numpy(dtype=float)
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    told = zip(rows["path"], rows["label"], rows["predicted"], rows["confidence"], strict=True)
    return [
        Slide(*words, tuple((names[i][2:], float(given[i])) for i in best))
        for words, given, best in zip(told, probabilities, ranked, strict=True)
    ]


def running_score(slides: Iterable[Slide]) -> list[Score]:
    """Give the score after each slide."""
    scores, score = [], Score()
    for slide in slides:
        score = Score(score.correct + slide.correct, score.seen + 1)
        scores.append(score)
    return scores
