"""The slides of a slideshow or gallery: which pictures, in which order, with what the model predicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from poetcore.data.label_sets import has_label, set_words
from poetcore.errors import OptionError
from poetcore.evaluation.leaks import seen_pictures
from poetcore.evaluation.slide_options import Order, Show

__all__ = ["Filter", "Slide", "deck", "deck_rows", "slide_notes"]


@dataclass(frozen=True)
class Filter:
    """Which pictures are shown.

    Attributes:
        show: all, only misclassified pictures ("mistakes"), or only correct ones.
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
    """One picture with what the model predicts for it.

    Attributes:
        path: the picture.
        label: the true label.
        predicted: the predicted label.
        confidence: its probability, 0 to 1.
        top: the most probable labels with their probabilities, most probable first.
        unknown: whether it is unlike the training pictures; None where that is not known.
    """

    path: str
    label: str
    predicted: str
    confidence: float
    top: tuple[tuple[str, float], ...]
    unknown: bool | None = None

    @property
    def correct(self) -> bool:
        """Whether the predicted label is the true one."""
        return self.label == self.predicted


def deck(
    predictions: pd.DataFrame,
    chosen: Filter = Filter(),
    order: Order = "folder",
    seed: int = 0,
    top: int = 3,
    *,
    multi_label: bool = False,
) -> list[Slide]:
    """Return the slides of a show.

    Args:
        predictions: as in `Evaluation.predictions`.
        chosen: which pictures.
        order: of the slides, see `deck_rows`.
        seed: for an order at random.
        top: how many labels a slide has.
        multi_label: whether labels are label sets, which slides name in words.

    Raises:
        OptionError: an unknown order, or a label that does not occur.
    """
    rows = deck_rows(predictions, chosen, order, seed, multi_label=multi_label)
    names = [column for column in predictions.columns if column.startswith("p_")]
    probabilities = rows[names].to_numpy(dtype=float)
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    if multi_label:
        rows = rows.assign(**{name: rows[name].map(set_words) for name in ("label", "predicted")})
    columns = zip(rows["path"], rows["label"], rows["predicted"], rows["confidence"], strict=True)
    unknown = rows["unknown"] if "unknown" in rows else [None] * len(rows)
    return [
        Slide(
            *values,
            tuple((names[i][2:], float(row[i])) for i in best),
            None if pd.isna(whether) else bool(whether),
        )
        for values, row, best, whether in zip(columns, probabilities, ranked, unknown, strict=True)
    ]


def deck_rows(
    predictions: pd.DataFrame,
    chosen: Filter = Filter(),
    order: Order = "folder",
    seed: int = 0,
    *,
    multi_label: bool = False,
) -> pd.DataFrame:
    """Return the predictions of the pictures of a show, in its order.

    Args:
        predictions: as in `Evaluation.predictions`.
        chosen: which pictures.
        order: "folder" as in the folder; "shuffled" at random with every label spread evenly, the same way
            for the same seed; "surest" most confident first; "least_sure" least confident first.
        seed: for "shuffled".
        multi_label: whether labels are label sets.

    Raises:
        OptionError: an unknown order, or a label that does not occur.
    """
    if order not in get_args(Order):
        raise OptionError(f"Order by one of {', '.join(get_args(Order))}. Received: {order!r}.")
    rows = predictions
    if chosen.label is not None:
        own = rows["label"] == chosen.label
        if multi_label:
            own = has_label(rows["label"], chosen.label)
        if not own.any():
            raise OptionError(f"No picture of the label {chosen.label!r} among these.")
        rows = rows[own]
    if chosen.show != "all":
        rows = rows[rows["correct"] == (chosen.show == "correct")]
    if chosen.below is not None:
        rows = rows[rows["confidence"] < chosen.below]
    if order == "shuffled":
        rows = rows.iloc[_spread(rows["label"], seed)]
    elif order != "folder":
        rows = rows.sort_values("confidence", ascending=order == "least_sure", kind="stable")
    return rows


def slide_notes(slides: Sequence[Slide], predictions: pd.DataFrame) -> list[str]:
    """Return a few words on each slide: seen in training, unlike the training pictures, or "".

    Args:
        slides: of a deck.
        predictions: of the evaluation that it was made of.
    """
    seen = seen_pictures(predictions)
    each = [(seen.get(one.path, ""), "unlike the training pictures" if one.unknown else "") for one in slides]
    return [", ".join(filter(None, words)) for words in each]


def _spread(labels: pd.Series, seed: int) -> np.ndarray:
    """Return an order, (n,) int, at random but with every label spread evenly over the whole.

    The pictures of a label are shuffled; the i-th of n falls at random into the i-th of n equal parts of the
    show. So of labels with as many pictures each, every round has each once.
    """
    rng = np.random.default_rng(seed)
    drawn = pd.Series(rng.permutation(len(labels)))
    of = drawn.groupby(labels.to_numpy())
    places = (of.rank() - 1 + rng.random(len(labels))) / of.transform("size")
    return places.to_numpy().argsort(kind="stable")
