"""From which score on a picture is unknown to a run: set on pictures of its labels that it has not seen.

The threshold lets 95 % of these pass. They are predicted by layers that were trained without their fold and
compared with training pictures of other folds. Compared with all training pictures but those of their group
they would be less strange than new pictures are, which are no photos of the same hand: of 250 new photos of
flowers 5.9 % were unknown so, 5.5 % with the folds (tests/benchmarks/README.md).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from poetcore.evaluation.calibration import apply_temperature
from poetcore.evaluation.novelty import NEAREST, Scale, closeness, cut, rooted
from poetcore.system.progress import OnProgress
from poetcore.training.cross_validation import CrossValidation
from poetcore.training.examples import Prepared
from poetcore.training.held_out_labels import hold_out_labels
from poetcore.training.train import TrainingOptions
from poetcore.workspace.head import Head

__all__ = ["Measured", "measure_novelty"]

#: Training pictures that are kept to compare with, and pictures by which the threshold is set, at the most.
_KEPT, _KNOWN = 2000, 4000

#: With fewer pictures than this nothing can be said of one in twenty.
_FEWEST = 40

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


def measure_novelty(
    prepared: Prepared,
    head: Head,
    validated: CrossValidation | None,
    options: TrainingOptions,
    temperature: float = 1.0,
    on_progress: OnProgress | None = None,
) -> Measured | None:
    """Set the threshold of a run whose pictures have one label each.

    Args:
        prepared: its pictures.
        head: its layer as it was trained.
        validated: its cross validation; without one, as where the network itself was fine-tuned, validation
            and test pictures set the threshold, and no label is held out.
        options: as it was trained.
        temperature: what its outputs are divided by, now or once it is calibrated.
        on_progress: called in the phase `cross_validating`.

    Returns:
        None where there are too few pictures that it was not trained on.
    """
    labels, targets = list(prepared.dataset.labels), prepared.everything.targets
    part = prepared.split["split"].to_numpy()
    training = np.flatnonzero(part == "training")
    kept = training[_evenly(targets[training], _KEPT)]
    rows, folds = np.flatnonzero(part != "training"), -1 - np.arange(len(part))  # each one alone
    if validated is not None:
        rows = pd.Index(prepared.split["path"]).get_indexer(pd.Index(validated.predictions["path"]))
        folds[rows] = validated.predictions["fold"]
    chosen = np.sort(_evenly(targets[rows], _KNOWN))
    pictures = prepared.everything.take(rows[chosen])[0]
    compared = rooted(prepared.everything.take(kept)[0])
    similarities = rooted(pictures) @ compared.T
    for apart in (prepared.groups, folds):
        similarities[apart[rows[chosen], np.newaxis] == apart[kept]] = _NOT
    usable = (similarities > _NOT).sum(axis=1) >= NEAREST
    if usable.sum() < _FEWEST:
        return None
    similarities, chosen = similarities[usable], chosen[usable]
    every: np.ndarray | None
    if validated is None:
        every = predicted = head.probabilities(pictures[usable])
        first = predicted.max(axis=1)
    else:
        first, every = _predicted(validated.predictions.iloc[chosen], labels)
    close = closeness(similarities)
    scale = Scale.of(first, close)
    record: dict[str, Any] = {
        "means": list(scale.means),
        "deviations": list(scale.deviations),
        "threshold": cut(scale.scores(first, close)),
        "n": len(chosen),
        "compared": len(kept),
        "basis": "held_out" if validated is None else "cross_validation",
        "least_probability": -cut(-first),
        "temperature": temperature,
        "least_probability_calibrated": None,
        "caught": {},
        "auc": None,
        "caught_mean": None,
    }
    if every is not None:
        calibrated = apply_temperature(every, temperature).max(axis=1)
        record["least_probability_calibrated"] = -cut(-calibrated)
    if validated is not None:
        record |= hold_out_labels(
            prepared.everything,
            rows[chosen],
            every if every is not None else first[:, np.newaxis],
            similarities,
            targets[kept],
            labels,
            options,
            on_progress,
        )
    return Measured(record, compared)


def _predicted(table: pd.DataFrame, labels: list[str]) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the probability of the first label, `(n,)`, and where they are known of all, `(n, labels)`."""
    columns = [f"p_{label}" for label in labels]
    every = table[columns].to_numpy(float) if set(columns) <= set(table) else None
    return table["confidence"].to_numpy(float), every


def _evenly(targets: np.ndarray, most: int) -> np.ndarray:
    """Return which pictures are taken: all, or `most` drawn by lot, of each label as many as there are."""
    if len(targets) <= most:
        return np.arange(len(targets))
    lot = np.random.default_rng(0).permutation(len(targets))
    turn = pd.Series(targets[lot]).groupby(targets[lot]).cumcount().to_numpy()
    return lot[np.argsort(turn, kind="stable")[:most]]
