"""From a folder of pictures to examples: scan, split, extract the features, add augmented copies."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.dataset import SPLITS, Dataset, assign_splits, check_trainable, scan
from poetcore.data.file_index import FileIndex
from poetcore.errors import DatasetError
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.cache import FeatureCache
from poetcore.features.extraction import Extraction, extract_features
from poetcore.features.litert import calibrate, model_file
from poetcore.features.memmap import FeatureTable
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.config import RunConfig
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.workspace import Workspace

__all__ = ["Prepared", "prepare_examples"]


@dataclass(frozen=True)
class Prepared:
    """A dataset whose features are extracted.

    Attributes:
        dataset: without the pictures that cannot be used.
        split: columns path, label, split, sha.
        backbone: a quantized one calibrated on the training pictures.
        parts: the examples of each of `SPLITS`.
        training: the training examples with their augmented copies.
        extraction: what was computed, cached and could not be used.
        seconds: for calibration, extraction and augmentation.
    """

    dataset: Dataset
    split: pd.DataFrame
    backbone: Backbone
    parts: dict[str, Examples]
    training: Examples
    extraction: Extraction
    seconds: float


def prepare_examples(
    config: RunConfig, backbone: Backbone, workspace: Workspace, on_progress: OnProgress
) -> Prepared:
    """Scan the pictures of a run, split them, and extract their features.

    Args:
        config: of the run.
        backbone: its network.
        workspace: where feature vectors and converted backbones are kept.
        on_progress: called in the phases `scanning`, `backbone` and `bottlenecks`.

    Raises:
        PoetError: the pictures or the backbone cannot be used.
    """
    options = config.training
    with (
        workspace.file_index() as index,
        # What was read of the table stays when it is closed.
        FeatureTable(workspace.bottlenecks, backbone.vector_length) as vectors,
    ):
        on_progress(Progress("scanning"))
        dataset = scan(config.image_dir, index, on_progress=on_progress)
        check_trainable(dataset, options.validation_percentage, options.testing_percentage)
        before = time.perf_counter()
        backbone = _calibrated(backbone, _split(dataset, options), workspace, on_progress)
        with workspace.feature_cache() as cache:
            extractor = _Extractor(config, backbone, vectors, workspace, index, cache, on_progress)
            pictures = dataset.pictures
            extraction = extractor.extract(_paths(pictures))
            usable = dataset.without(extraction.reasons)
            check_trainable(usable, options.validation_percentage, options.testing_percentage)
            split = _split(usable, options)
            parts = {name: _examples(split, name, usable.labels, vectors) for name in SPLITS}
            _check_every_label(parts["training"], usable.labels)
            training = parts["training"]
            if config.augmentation.any:
                training = extractor.augmented(training, split[split["split"] == "training"], usable.labels)
    seconds = time.perf_counter() - before
    return Prepared(usable, split, backbone, parts, training, extraction, seconds)


class _Extractor:
    """Extracts the features of a run's pictures into one table.

    Its keys are the sha of a picture, and (copy, sha) of an augmented copy.
    """

    def __init__(
        self,
        config: RunConfig,
        backbone: Backbone,
        vectors: FeatureTable,
        workspace: Workspace,
        index: FileIndex,
        cache: FeatureCache,
        on_progress: OnProgress,
    ) -> None:
        self._config = config
        self._backbone = backbone
        self._vectors = vectors
        self._models = workspace.models
        self._index = index
        self._cache = cache
        self._on_progress = on_progress

    def extract(self, pictures: dict[str, Path]) -> Extraction:
        """Extract the features of pictures, given by their sha, each content once."""
        return self._extract(pictures, NO_AUGMENTATION, 0, self._on_progress)

    def augmented(self, training: Examples, pictures: pd.DataFrame, labels: Sequence[str]) -> Examples:
        """Return the training examples with those of the augmented copies of their pictures.

        Args:
            training: examples of the pictures themselves.
            pictures: columns path, label, sha, in the same order.
            labels: in the order of the model's outputs.
        """
        paths = _paths(pictures)
        copies = self._config.augmentation.distortion_variants
        targets, rows = [training.targets], [self._vectors.rows(pictures["sha"])]
        for copy in range(1, copies + 1):
            done_before, total = (copy - 1) * len(paths), copies * len(paths)

            def on_copies(now: Progress, before: int = done_before, total: int = total) -> None:
                message = "Extracting features of augmented copies"
                self._on_progress(replace(now, done=before + now.done, total=total, message=message))

            self._extract(paths, self._config.augmentation, copy, on_copies)
            # A picture that is gone meanwhile is missing here and does no harm.
            there = pictures[[(copy, sha) in self._vectors for sha in pictures["sha"]]]
            targets.append(_targets(there, labels))
            rows.append(self._vectors.rows((copy, sha) for sha in there["sha"]))
        return Examples(self._vectors.array, np.concatenate(targets), np.concatenate(rows))

    def _extract(
        self, pictures: dict[str, Path], augmentation: Augmentation, copy: int, on_progress: OnProgress
    ) -> Extraction:
        def add(sha: str, vector: np.ndarray) -> None:
            self._vectors.add((copy, sha) if copy else sha, vector)

        return extract_features(
            pictures,
            self._backbone,
            lambda: model_file(self._backbone, self._models, self._on_progress),
            self._cache,
            self._index,
            sink=add,
            augmentation=augmentation,
            copy=copy,
            engine=self._config.engine,
            on_progress=on_progress,
        )


def _split(dataset: Dataset, options: TrainingOptions) -> pd.DataFrame:
    pictures = dataset.pictures
    return pictures.assign(
        split=assign_splits(pictures, options.validation_percentage, options.testing_percentage)
    )


def _calibrated(
    backbone: Backbone, split: pd.DataFrame, workspace: Workspace, on_progress: OnProgress
) -> Backbone:
    """Return the backbone, a quantized one calibrated on the training pictures."""
    if not backbone.quantized:
        return backbone
    pictures = _paths(split[split["split"] == "training"])
    return calibrate(backbone, pictures, workspace.models, on_progress)


def _paths(pictures: pd.DataFrame) -> dict[str, Path]:
    """Return a file of each content, by its sha."""
    return {sha: Path(path) for sha, path in zip(pictures["sha"], pictures["path"], strict=True)}


def _examples(split: pd.DataFrame, part: str, labels: Sequence[str], vectors: FeatureTable) -> Examples:
    rows = split[split["split"] == part]
    return Examples(vectors.array, _targets(rows, labels), vectors.rows(rows["sha"]))


def _targets(rows: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    return rows["label"].map({label: i for i, label in enumerate(labels)}).to_numpy(np.int64)


def _check_every_label(training: Examples, labels: Sequence[str]) -> None:
    """Check that every label has a training picture.

    Raises:
        DatasetError: a label has none.
    """
    missing = [label for i, label in enumerate(labels) if i not in training.targets]
    if missing:
        raise DatasetError(
            f"All the pictures of {', '.join(missing)} fell to validation and testing, none is left to train"
            " on: add pictures, 20 or more a label."
        )
