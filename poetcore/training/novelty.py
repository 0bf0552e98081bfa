"""What a training finds out about pictures that are unlike its own: the threshold, and what it catches."""

import numpy as np
import pandas as pd

from poetcore.evaluation.novelty import rooted
from poetcore.evaluation.novelty_threshold import Comparison, Measured, predicted, set_threshold
from poetcore.system.progress import OnProgress
from poetcore.training.cross_validation import CrossValidation
from poetcore.training.examples import Prepared
from poetcore.training.held_out_labels import hold_out_labels
from poetcore.training.train import TrainingOptions
from poetcore.workspace.head import Head

__all__ = ["measure_novelty"]


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
    split, examples = prepared.split, prepared.everything
    rows = np.flatnonzero(split["split"] != "training")
    place, folds = np.empty(0), -1 - np.arange(len(split))
    if validated is not None:
        table = validated.predictions
        place = pd.Index(table["path"]).get_indexer(pd.Index(split["path"]))
        rows = np.flatnonzero(place >= 0)
        folds[rows] = table["fold"].to_numpy()[place[rows]]
    rows, kept = Comparison.choose(rows, targets[: len(split)])
    compared_with = rooted(examples.take(kept)[0])
    vectors = (rooted(examples.take(rows)[0]), compared_with)
    compared = Comparison.of(rows, kept, vectors, (prepared.groups, folds))
    every: np.ndarray | None
    if validated is None:
        basis, every = "held_out", head.probabilities(examples.take(compared.rows)[0])
        first = np.asarray(every).max(axis=1)
    else:
        basis = "cross_validation"
        first, every = predicted(validated.predictions.iloc[place[compared.rows]], labels)
    record = set_threshold(compared, first, every, temperature, basis)
    if record is None:
        return None
    if validated is not None:
        known = first[:, np.newaxis] if every is None else every
        record |= hold_out_labels(examples, compared, known, labels, options, on_progress)
    return Measured(record, compared_with)
