"""From a folder of pictures to examples: scan, split, extract the features, add augmented copies."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from poetcore.data.dataset import Dataset, check_trainable, scan
from poetcore.data.file_index import FileIndex
from poetcore.data.grouping import group_pictures
from poetcore.data.perceptual_hash import HashIndex, hash_all
from poetcore.data.splitting import SPLITS, check_groups, split_groups
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
        split: columns path, label, split, sha and group, the number of the group that is not divided.
        backbone: a quantized one calibrated on the training pictures.
        parts: the examples of each of `SPLITS`.
        training: the training examples with their augmented copies.
        everything: the examples of all parts in the order of `split`, then the augmented copies.
        groups: the group of each of `everything`, `(len(everything),) int64`.
        extraction: what was computed, cached and could not be used.
        seconds: for calibration, extraction and augmentation.
    """

    dataset: Dataset
    split: pd.DataFrame
    backbone: Backbone
    parts: dict[str, Examples]
    training: Examples
    everything: Examples
    groups: np.ndarray
    extraction: Extraction
    seconds: float

    @property
    def originals(self) -> int:
        """How many of `everything` are pictures themselves and no augmented copies."""
        return len(self.split)

    def group_record(self, by: str) -> dict[str, Any]:
        """Return what `run.json` holds of the groups.

        Args:
            by: one of `GROUP_BY`.
        """
        sizes = np.bincount(self.split["group"])
        return {"by": by, "count": len(sizes), "largest": int(sizes.max(initial=0))}


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
        with workspace.feature_cache() as cache, workspace.hash_index() as hashes:
            splitter = _Splitter(options, workspace, hashes, on_progress)
            backbone = _calibrated(backbone, dataset, splitter, workspace, on_progress)
            extractor = _Extractor(config, backbone, vectors, workspace, index, cache, hashes, on_progress)
            extraction = extractor.extract(_paths(dataset.pictures))
            usable = dataset.without(extraction.reasons)
            check_trainable(usable, options.validation_percentage, options.testing_percentage)
            split = splitter.split(usable)
            parts = {name: _examples(split, name, usable.labels, vectors) for name in SPLITS}
            trained = split[split["split"] == "training"]
            copies = extractor.copies(trained) if config.augmentation.any else []
        training = _with_copies(parts["training"], trained, copies, usable.labels, vectors)
        everything = Examples(vectors.array, _targets(split, usable.labels), vectors.rows(split["sha"]))
        groups = [split["group"], *(trained["group"][there] for there, _ in copies)]
    seconds = time.perf_counter() - before
    return Prepared(
        usable,
        split,
        backbone,
        parts,
        training,
        _with_copies(everything, trained, copies, usable.labels, vectors),
        np.concatenate(groups).astype(np.int64),
        extraction,
        seconds,
    )


class _Splitter:
    """Splits the pictures of a run by groups that are not divided."""

    def __init__(
        self,
        options: TrainingOptions,
        workspace: Workspace,
        hashes: HashIndex,
        on_progress: OnProgress,
    ) -> None:
        self._options = options
        self._workspace = workspace
        self._hashes = hashes
        self._on_progress = on_progress

    def split(self, dataset: Dataset) -> pd.DataFrame:
        """Return the pictures with the columns group and split, and remember the groups' names.

        Raises:
            DatasetError: there are too few groups.
        """
        options, pictures = self._options, dataset.pictures
        paths = _paths(pictures)
        known = None
        if options.group_by != "exact":
            # Pictures whose features were extracted by an earlier version have no hash yet.
            hash_all(paths, self._hashes, self._on_progress)
            known = self._hashes.get(paths)
        groups = group_pictures(pictures, options.group_by, hashes=known, folder=dataset.folder)
        held_out = options.validation_percentage + options.testing_percentage
        if held_out:
            check_groups(pictures, groups, options.group_by)
        with self._workspace.group_names() as names:
            remembered = names.get(options.group_by, paths)
            split = split_groups(
                pictures,
                groups,
                remembered,
                options.validation_percentage,
                options.testing_percentage,
            )
            new = {sha: name for sha, name in split.names.items() if remembered.get(sha) != name}
            names.put(options.group_by, new)
        return pictures.assign(split=split.parts, group=groups)


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
        hashes: HashIndex,
        on_progress: OnProgress,
    ) -> None:
        self._config = config
        self._backbone = backbone
        self._vectors = vectors
        self._models = workspace.models
        self._index = index
        self._cache = cache
        self._hashes = hashes
        self._on_progress = on_progress

    def extract(self, pictures: dict[str, Path]) -> Extraction:
        """Extract the features of pictures, given by their sha, each content once."""
        return self._extract(pictures, NO_AUGMENTATION, 0, self._on_progress)

    def copies(self, pictures: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
        """Extract the features of the augmented copies of pictures.

        Args:
            pictures: columns path and sha.

        Returns:
            For each round of copies, which of the pictures have one, `(n,) bool`, and the rows of these in
            the table, `(k,) int64`.
        """
        paths = _paths(pictures)
        copies = self._config.augmentation.distortion_variants
        found = []
        for copy in range(1, copies + 1):
            done_before, total = (copy - 1) * len(paths), copies * len(paths)

            def on_copies(now: Progress, before: int = done_before, total: int = total) -> None:
                message = "Extracting features of augmented copies"
                self._on_progress(replace(now, done=before + now.done, total=total, message=message))

            self._extract(paths, self._config.augmentation, copy, on_copies)
            # A picture that is gone meanwhile is missing here and does no harm.
            there = np.array([(copy, sha) in self._vectors for sha in pictures["sha"]], bool)
            found.append((there, self._vectors.rows((copy, sha) for sha in pictures["sha"][there])))
        return found

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
            hashes=self._hashes,
            sink=add,
            augmentation=augmentation,
            copy=copy,
            engine=self._config.engine,
            on_progress=on_progress,
        )


def _with_copies(
    examples: Examples,
    trained: pd.DataFrame,
    copies: Sequence[tuple[np.ndarray, np.ndarray]],
    labels: Sequence[str],
    vectors: FeatureTable,
) -> Examples:
    """Return examples with those of augmented copies behind them, over one and the same table."""
    targets = _targets(trained, labels)
    return Examples(
        vectors.array,
        np.concatenate([examples.targets, *(targets[there] for there, _ in copies)]),
        np.concatenate([np.asarray(examples.rows), *(rows for _, rows in copies)]),
    )


def _calibrated(
    backbone: Backbone,
    dataset: Dataset,
    splitter: _Splitter,
    workspace: Workspace,
    on_progress: OnProgress,
) -> Backbone:
    """Return the backbone, a quantized one calibrated on the training pictures."""
    if not backbone.quantized:
        return backbone
    split = splitter.split(dataset)
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
