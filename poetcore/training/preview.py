"""A preview of a training while features are extracted: how good a last layer is on the pictures so far.

Every now and then a short cross validation of what has arrived tells an accuracy, the kind that the finished
run tells first; of several networks side by side by the first alone. Nothing of it is used again: it draws
by generators of its own, writes no cache, and where it fails, the extraction goes on without.
"""

import time
from collections import deque
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from poetcore.data.dataset import Dataset
from poetcore.data.grouping import group_pictures
from poetcore.data.perceptual_hash import HashIndex
from poetcore.features.engines import Bottleneck
from poetcore.system.figures import percent
from poetcore.training.cross_validation import divided
from poetcore.training.stacked import held_out_probabilities
from poetcore.training.train import Examples, TrainingOptions

__all__ = ["Preview", "PreviewReport"]

#: Pictures of the first one: at least, and of each label.
_FIRST, _FIRST_OF_EACH = 64, 5

#: With more labels than this there is none: those kept would be few of each, and tell little for the 8 CPU-s
#: that a thousand labels take; two hundred take 1.5.
_MOST_LABELS = 200

#: How much more pictures the next one has.
_GROWTH = 1.5

#: Share of the time of the extraction that previews take at the most, but for the first.
_SHARE = 0.03

#: Seconds that the extraction still takes at the least; with fewer the training itself is as good as there.
_LEFT = 3.0

#: Pictures that are kept in memory, the newest: their accuracy is sure to a point, and more would cost more.
_KEPT = 2000

#: Steps of a preview, and the highest learning rate with which these make up for more steps. On 1,000 photos
#: of flowers 300 steps at 0.1 have the accuracy and the cross entropy of 4,000 at 0.01.
_STEPS, _RATE = 300, 0.1


@dataclass(frozen=True)
class PreviewReport:
    """What a preview found.

    Attributes:
        pictures: whose features were there; of very many the newest are evaluated.
        total: pictures of the run.
        accuracy: cross-validated on these, every label counting as it does among all pictures; 0 to 1.
        cross_entropy: likewise.
    """

    pictures: int
    total: int
    accuracy: float
    cross_entropy: float

    @property
    def text(self) -> str:
        """What people are told: `Preview on 640 of 10,000 pictures: 81 %`."""
        of = f"{self.pictures:,} of {self.total:,}" if self.pictures < self.total else f"{self.total:,}"
        return f"Preview on {of} pictures: {percent(self.accuracy, 0)}"


class Preview:
    """Collects the bottlenecks of an extraction and evaluates a layer trained on them now and then.

    Args:
        dataset: the pictures that are extracted; of one label each.
        options: of the training that follows.
        hashes: where the perceptual hashes of those extracted are.
    """

    def __init__(self, dataset: Dataset, options: TrainingOptions, hashes: HashIndex) -> None:
        steps = options.how_many_training_steps * options.learning_rate
        self._options = replace(
            options, how_many_training_steps=_STEPS, learning_rate=min(_RATE, steps / _STEPS)
        )
        self._hashes = hashes
        self._dataset = dataset
        self._total = dataset.pictures["sha"].nunique()
        self._kept: deque[Bottleneck] = deque(maxlen=_KEPT)
        self._seen = self._cached = 0
        labels = len(dataset.labels)
        self._next: float = max(_FIRST, _FIRST_OF_EACH * labels) if labels <= _MOST_LABELS else float("inf")
        self._began = self._computing = time.monotonic()
        self._spent = 0.0

    def add(self, bottleneck: Bottleneck) -> None:
        """Take the next bottleneck of the extraction, in whatever order it goes."""
        if bottleneck.vector is None:
            return
        self._kept.append(bottleneck)
        self._seen += 1
        if bottleneck.cached and self._cached + 1 == self._seen:  # where an earlier run was interrupted
            self._cached, self._computing = self._seen, time.monotonic()

    def due(self) -> PreviewReport | None:
        """Return another preview where enough has arrived since the last one, and enough is to come."""
        if self._seen < self._next or self._seen == self._cached:
            return None
        now = time.monotonic()
        pace = (now - self._computing) / (self._seen - self._cached)
        if pace * (self._total - self._seen) < _LEFT:
            return None
        if self._spent > _SHARE * (now - self._began):
            return None
        self._next = self._seen * _GROWTH
        try:
            return self._measured()
        except Exception:  # whatever it is, what was asked for is the training
            self._next = float("inf")
            return None
        finally:
            self._spent += time.monotonic() - now

    @cached_property
    def _pictures(self) -> pd.DataFrame:
        """Each content once, by its sha, with the column target: the index of its label."""
        targets = {label: i for i, label in enumerate(self._dataset.labels)}
        pictures = self._dataset.pictures.drop_duplicates("sha")
        return pictures.assign(target=pictures["label"].map(targets)).set_index("sha", drop=False)

    def _measured(self) -> PreviewReport | None:
        """Cross-validate what is kept; None where that tells nothing."""
        shas, by = [one.sha for one in self._kept], self._options.group_by
        pictures = self._pictures.loc[shas]
        hashes = None if by == "exact" else self._hashes.get(shas)
        groups = group_pictures(pictures, by, hashes=hashes, folder=self._dataset.home)
        # Rare labels may be missing yet, which a draw of evenly chosen labels must not meet.
        present, targets = np.unique(pictures["target"].to_numpy(), return_inverse=True)
        folds, tested = divided(targets, groups)
        if len(present) < 2 or not tested.any():
            return None
        examples = Examples(np.stack([one.vector for one in self._kept if one.vector is not None]), targets)
        found = held_out_probabilities(examples, folds, len(present), self._options)[tested]
        if not np.isfinite(found).all():
            return None
        true = targets[tested]
        counts = np.bincount(self._pictures["target"])[present]
        weights = (counts / np.maximum(np.bincount(true, minlength=len(present)), 1))[true]
        given = np.maximum(found[np.arange(len(true)), true], 1e-12)
        return PreviewReport(
            self._seen,
            self._total,
            float(np.average(found.argmax(axis=1) == true, weights=weights)),
            float(np.average(-np.log(given), weights=weights)),
        )
