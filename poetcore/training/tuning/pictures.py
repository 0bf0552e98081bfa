"""The pictures of a tuning: the features by each backbone, the folds, and what each backbone costs."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from poetcore.data.subset import take_of_each
from poetcore.errors import DatasetError, PoetError
from poetcore.features.backbones import Backbone
from poetcore.features.feature_extractor import PictureExtractor
from poetcore.features.litert import converted_file, model_file
from poetcore.system.files import cores
from poetcore.system.progress import OnProgress
from poetcore.training.checks import check_config
from poetcore.training.cross_validation import divided
from poetcore.training.examples import Prepared, prepare_examples
from poetcore.training.train import Examples
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.records import Cost
from poetcore.training.tuning.settings import Setting
from poetcore.workspace.workspace import Workspace

__all__ = ["LEAST_FOLDS", "TunedPictures", "prepare_pictures"]

#: Without one of them, and without another, there is still one to train on.
LEAST_FOLDS = 3

#: Passes through a network that are timed.
_TIMED = 5


@dataclass(frozen=True)
class TunedPictures:
    """The pictures of a tuning with their features by one backbone.

    Attributes:
        prepared: as for a run, with a mirrored copy of each training picture where any trial wants it.
        folds: `(n,) int64`, the fold of each picture, from 0.
        tested: `(n,) bool`, which ones a layer can be tested on; the others' labels stand in one fold only.
        groups: `(n,) int64`, its group, which no fold divides.
        cost: of the backbone.
    """

    prepared: Prepared
    folds: np.ndarray
    tested: np.ndarray
    groups: np.ndarray
    cost: Cost

    @property
    def targets(self) -> np.ndarray:
        """The true label of each picture, `(n,) int64`."""
        return self.prepared.everything.targets[: len(self.folds)]

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return len(self.prepared.dataset.labels)

    @property
    def state(self) -> str:
        """A hash of the pictures, their labels and their folds."""
        split = self.prepared.split
        known = zip(split["sha"], split["label"], self.folds.tolist(), strict=True)
        return hashlib.sha256("\n".join(f"{one}" for one in known).encode()).hexdigest()

    def examples(self, setting: Setting) -> tuple[Examples, np.ndarray]:
        """Return what a trial may be trained on, and which picture each example is or is a copy of."""
        every, owners = self.prepared.everything, self.prepared.owners
        taken = take_of_each(self.prepared.split.reset_index(drop=True), setting.max_pictures_per_label)
        used = np.zeros(len(self.folds), bool)
        used[taken.index] = True
        chosen = used[owners]
        if not setting.flip_left_right:
            chosen[len(self.folds) :] = False
        rows = np.arange(len(every)) if every.rows is None else every.rows
        return Examples(every.vectors, every.targets[chosen], rows[chosen]), owners[chosen]

    def environment(self, costs: dict[str, Cost]) -> dict[str, Any]:
        """Return what `tuning.json` holds of the pictures and this machine."""
        return {
            "pictures": len(self.folds),
            "labels": list(self.prepared.dataset.labels),
            "groups": len(np.unique(self.groups)),
            "folds": int(self.folds.max()) + 1,
            "state": self.state,
            "cores": cores(),
            "costs": {name: asdict(cost) for name, cost in costs.items()},
        }


def prepare_pictures(
    architecture: str,
    settings: Sequence[Setting],
    options: TuneOptions,
    workspace: Workspace,
    on_progress: OnProgress,
) -> TunedPictures:
    """Extract the features of a tuning's pictures by one backbone, and divide them into folds.

    Args:
        architecture: name of the backbone.
        settings: of all trials.
        options: of the tuning.
        workspace: where features and backbones are kept.
        on_progress: called in the phases of a run before its training.

    Raises:
        PoetError: the pictures or the backbone cannot be used.
    """
    mirrored = any(one.flip_left_right for one in settings if one.architecture == architecture)
    config = Setting(architecture, flip_left_right=mirrored).config(options)
    prepared = prepare_examples(config, check_config(config, workspace), workspace, on_progress)
    count = prepared.originals
    _, groups = np.unique(prepared.groups[:count], return_inverse=True)
    folds, tested = divided(prepared.everything.targets[:count], groups)
    if int(folds.max()) + 1 < LEAST_FOLDS or not tested.any():
        raise DatasetError(
            "There are too few different pictures to compare settings: add some, so that every label has at"
            f" least {LEAST_FOLDS}, where those of a group, such as near duplicates, count as one."
        )
    return TunedPictures(prepared, folds, tested, groups, _cost_of(prepared.backbone, workspace))


def _cost_of(backbone: Backbone, workspace: Workspace) -> Cost:
    return Cost(
        backbone.multiply_adds,
        backbone.megabytes,
        _pictures_per_second(backbone, workspace),
        len(backbone.members),
    )


def _pictures_per_second(backbone: Backbone, workspace: Workspace) -> float | None:
    """Time the network on one core; None where its file is not here, as where only features are cached."""
    if not all(converted_file(one, workspace.models).is_file() for one in backbone.members):
        return None
    try:
        extractor = PictureExtractor(backbone, lambda one: model_file(one, workspace.models))
        pixels = np.zeros((backbone.input_size, backbone.input_size, 3), np.uint8)
        seconds = []
        for _ in range(_TIMED + 1):
            before = time.perf_counter()
            extractor.extract(pixels)
            seconds.append(time.perf_counter() - before)
    except PoetError:
        return None
    return 1 / min(seconds[1:])  # the first one also makes ready
