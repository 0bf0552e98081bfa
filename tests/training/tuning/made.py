"""Tunings of feature vectors that are made on the spot, without pictures or files."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from poetcore.training.cross_validation import divided
from poetcore.training.examples import Prepared
from poetcore.training.train import Examples
from poetcore.training.tuning.choosing import Evidence
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.pictures import TunedPictures
from poetcore.training.tuning.records import Cost
from poetcore.training.tuning.settings import settings_of
from poetcore.training.tuning.trials import Predicted, jobs_of, predicted_by


def clouds(count: int, labels: int, apart: float, seed: int = 0, length: int = 24) -> Examples:
    """Examples of labels whose centres are so far apart; 0 for pure noise."""
    draw = np.random.default_rng(seed)
    targets = np.arange(count) % labels
    centres = draw.standard_normal((labels, length)) * apart
    vectors = centres[targets] + draw.standard_normal((count, length))
    return Examples(vectors.astype(np.float32), targets)


def pictures_of(examples: Examples, groups: np.ndarray | None = None) -> TunedPictures:
    """Examples as the pictures of a tuning, each a group of its own unless groups are given."""
    groups = np.arange(len(examples)) if groups is None else groups
    labels = [f"label {number}" for number in range(int(examples.targets.max()) + 1)]
    split = pd.DataFrame(
        {
            "sha": [f"{number:064x}" for number in range(len(examples))],
            "label": np.array(labels)[examples.targets],
            "group": groups,
        }
    )
    prepared = Prepared(
        SimpleNamespace(labels=labels),
        split,
        *[None] * 3,
        examples,
        groups,
        np.arange(len(examples)),
        None,
        0.0,
    )
    folds, tested = divided(examples.targets, groups)
    return TunedPictures(prepared, folds, tested, groups, Cost(407.0, 13.5, 90.0))


def tried(pictures: TunedPictures, options: TuneOptions) -> dict[int, Predicted]:
    """What every trial predicts, by its number."""
    found = {}
    for job in jobs_of(settings_of(options)):
        found |= dict(predicted_by(job, pictures, options, lambda share: None))
    return dict(sorted(found.items()))


def evidence_of(found: dict[int, Predicted], pictures: TunedPictures) -> Evidence:
    """What trials predicted, to choose from."""
    tested = pictures.tested
    return Evidence(
        np.array([one.correct[tested] for one in found.values()]),
        np.array([one.loss for one in found.values()]),
        pictures.folds[tested],
        pictures.groups[tested],
    )
