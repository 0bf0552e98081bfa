"""From which score on a picture is unknown to a run: set on pictures of its labels that it has not seen.

The threshold lets 95 % of these pass. They are predicted by layers that were trained without their fold, and
compared with training pictures of other folds. Compared with all training pictures but those of their group
they would be less strange than new pictures are, which are no photos of the same hand: of 250 new photos of
flowers 5.9 % were unknown so, 5.5 % with the folds (tests/benchmarks/README.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from poetcore.errors import PoetError
from poetcore.evaluation.calibration import apply_temperature
from poetcore.evaluation.novelty import NEAREST, Scale, closeness, cut, rooted
from poetcore.system.unkept import kept_if_possible
from poetcore.workspace.reference import Reference
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = [
    "Comparison",
    "Measured",
    "add_threshold",
    "drawn_evenly",
    "predicted",
    "set_threshold",
    "threshold_of_run",
]

#: With fewer pictures than this nothing can be said of one in twenty.
_FEWEST = 40

#: Pictures that are kept to compare with, and pictures by which the threshold is set, at the most.
_KEPT, _KNOWN = 2000, 4000

#: How similar a picture counts to those of its own group or fold: less than any is.
_NOT = -2.0


@dataclass(frozen=True, eq=False)
class Measured:
    """What a run keeps to tell pictures that are unlike its training pictures.

    Attributes:
        record: what `run.json` holds of it: `means` and `deviations` (of `Scale`), `threshold`, `n` (held-out
            pictures that set it), `compared` (training pictures that are kept) and `basis`
            ("cross_validation", or "held_out": validation and test pictures); `least_probability` (by the
            largest probability alone, a picture below it is unknown), `temperature` and
            `least_probability_calibrated`, the same where outputs are divided by it, None where that is not
            known; `caught`: of labels held out in turn, by label, `n` (their pictures), `caught` (the share
            called unknown) and `auc`; `auc` and `caught_mean`: their means, None where none was held out.
        pictures: `(m, vector_length) float32`, as `rooted` returns them.
    """

    record: dict[str, Any]
    pictures: np.ndarray


@dataclass(frozen=True, eq=False)
class Comparison:
    """Pictures that a run has not seen, beside others of its dataset, of other groups and folds.

    Attributes:
        rows: `(n,) int64`, which of the run's pictures they are.
        kept: `(m,) int64`, which ones the others are.
        similarities: `(n, m) float32`, cosines of the rooted feature vectors.
    """

    rows: np.ndarray
    kept: np.ndarray
    similarities: np.ndarray

    @classmethod
    def choose(cls, rows: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which pictures set the threshold, and which ones are kept, evenly by label.

        Args:
            rows: `(n,) int64`, pictures that are predicted by a layer which has not seen them.
            labels: of all pictures.
        """
        known, kept = drawn_evenly(labels[rows], _KNOWN), drawn_evenly(labels, _KEPT)
        return rows[np.sort(known)], np.sort(kept)

    @classmethod
    def of(
        cls,
        rows: np.ndarray,
        kept: np.ndarray,
        vectors: tuple[np.ndarray, np.ndarray],
        apart: Sequence[np.ndarray],
    ) -> "Comparison":
        """Compare pictures with those that are kept.

        Args:
            rows: `(n,) int64`, the pictures; such as have too few others to be compared with are left out.
            kept: `(m,) int64`, those that are kept.
            vectors: of both, as `rooted` returns them.
            apart: numbers of all pictures: of one and the same number, two are not compared.
        """
        similarities = vectors[0] @ vectors[1].T
        for numbers in apart:
            similarities[numbers[rows, np.newaxis] == numbers[kept]] = _NOT
        usable = (similarities > _NOT).sum(axis=1) >= NEAREST
        return cls(rows[usable], kept, similarities[usable])


def set_threshold(
    compared: Comparison, first: np.ndarray, every: np.ndarray | None, temperature: float, basis: str
) -> dict[str, Any] | None:
    """Return the record of a threshold, see `Measured`, without what it catches.

    Args:
        compared: the pictures that set it.
        first: `(n,)`, the probability of each one's first label.
        every: `(n, labels)`, of all labels; None where that is not known.
        temperature: what the outputs are divided by, now or once the run is calibrated.
        basis: as in `Measured.record`.

    Returns:
        None where there are too few pictures.
    """
    if len(first) < _FEWEST:
        return None
    close = closeness(compared.similarities)
    scale = Scale.of(first, close)
    calibrated = None if every is None else -cut(-apply_temperature(every, temperature).max(axis=1))
    return {
        "means": list(scale.means),
        "deviations": list(scale.deviations),
        "threshold": cut(scale.scores(first, close)),
        "n": len(first),
        "compared": len(compared.kept),
        "basis": basis,
        "least_probability": -cut(-first),
        "temperature": temperature,
        "least_probability_calibrated": calibrated,
        "caught": {},
        "auc": None,
        "caught_mean": None,
    }


def threshold_of_run(run: Run, workspace: Workspace) -> Measured | None:
    """Set the threshold of a run that was trained before there was one, from what is left of its training.

    Args:
        run: a finished one.
        workspace: where its feature vectors are.

    Returns:
        None where that is not known: its vectors or its cross validation are gone, there are too few
        pictures, they may have several labels, or the network itself was trained on them.
    """
    record = run.record()
    if record.multi_label or record.fine_tuning.get("best") or not record.cross_validation:
        return None
    try:
        pictures, table = Reference.of(run, workspace), run.cross_validation()
    except PoetError:
        return None
    if pictures is None:
        return None
    place = pd.Index(table["path"]).get_indexer(pd.Index(pictures.paths))
    there = np.flatnonzero(place >= 0)
    folds = np.where(place >= 0, table["fold"].to_numpy(np.int64)[place], -1 - np.arange(len(pictures)))
    rows, kept = Comparison.choose(there, pictures.labels)
    compared_with = rooted(pictures.rows(kept))
    vectors = (rooted(pictures.rows(rows)), compared_with)
    compared = Comparison.of(rows, kept, vectors, (pictures.groups, folds))
    first, every = predicted(table.iloc[place[compared.rows]], record.labels)
    temperature = float((record.cross_validation.get("calibration") or {}).get("temperature", 1.0))
    found = set_threshold(compared, first, every, temperature, "cross_validation")
    return Measured(found, compared_with) if found else None


def add_threshold(run: Run, workspace: Workspace) -> None:
    """Add to a run that has none its threshold and the pictures to compare with, where they can be known."""
    record = run.record()
    if not record.novelty and (measured := threshold_of_run(run, workspace)):
        with kept_if_possible(run.folder, "From when on a picture is unknown is not kept with the run"):
            run.write_novelty_pictures(measured.pictures)
            run.write_record(replace(record, novelty=measured.record))


def predicted(table: pd.DataFrame, labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray | None]:
    """Return what a cross validation found, of the first label, `(n,)`, and of all, None where not kept.

    Args:
        table: rows of `CrossValidation.predictions`.
        labels: in the order of the outputs.
    """
    columns = [f"p_{label}" for label in labels]
    every = table[columns].to_numpy(float) if set(columns) <= set(table) else None
    return table["confidence"].to_numpy(float), every


def drawn_evenly(labels: np.ndarray, most: int) -> np.ndarray:
    """Return which pictures are taken: all, or `most` drawn by lot, of each label as many as there are.

    Args:
        labels: of each picture.
        most: how many at the most.
    """
    if len(labels) <= most:
        return np.arange(len(labels))
    lot = np.random.default_rng(0).permutation(len(labels))
    turn = pd.Series(labels[lot]).groupby(labels[lot]).cumcount().to_numpy()
    return lot[np.argsort(turn, kind="stable")[:most]]
