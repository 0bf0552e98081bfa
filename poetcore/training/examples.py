"""From a folder of pictures to examples: scan, split, extract the features, add augmented copies."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from poetcore.data.contents import paths_of
from poetcore.data.dataset import Dataset, scan
from poetcore.data.grouping import group_pictures
from poetcore.data.held_out import HeldOut
from poetcore.data.label_sets import by_label, label_targets
from poetcore.data.multi_label import scan_label_sets
from poetcore.data.perceptual_hash import HashIndex, hash_all
from poetcore.data.splitting import SPLITS, split_groups, undivided_labels
from poetcore.data.trainable import check_trainable
from poetcore.features.backbones import Backbone
from poetcore.features.extraction import Extraction
from poetcore.features.litert import calibrate
from poetcore.features.memmap import FeatureTable
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.augmented import measure_change
from poetcore.training.config import RunConfig
from poetcore.training.extractor import RunExtractor, subset_of
from poetcore.training.progress import ScannedProgress
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.demo_sets import keep_aside, keep_renamed, kept_pictures, training_part
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
        owners: which row of `split` each of `everything` is, or is a copy of, `(len(everything),) int64`.
        extraction: what was computed, cached and could not be used.
        seconds: for calibration, extraction and augmentation.
        change: how far the augmented copies are from their pictures (`measure_change`); None without any.
        kept_aside: the demo pictures of the same folder, which are none of all these; None where there are
            none.
    """

    dataset: Dataset
    split: pd.DataFrame
    backbone: Backbone
    parts: dict[str, Examples]
    training: Examples
    everything: Examples
    groups: np.ndarray
    owners: np.ndarray
    extraction: Extraction
    seconds: float
    change: float | None = None
    kept_aside: HeldOut | None = None

    @property
    def originals(self) -> int:
        """How many of `everything` are pictures themselves and no augmented copies."""
        return len(self.split)

    @property
    def training_groups(self) -> np.ndarray:
        """The group of each of `training`, `(len(training),) int64`."""
        trained = (self.split["split"] == "training").to_numpy()
        return np.concatenate([self.groups[: self.originals][trained], self.groups[self.originals :]])

    def group_record(self, by: str) -> dict[str, Any]:
        """Return what `run.json` holds of the groups.

        Args:
            by: one of `GROUP_BY`.
        """
        sizes = np.bincount(self.split["group"])
        rows = by_label(self.split) if self.dataset.multi_label else self.split
        return {
            "by": by,
            "count": len(sizes),
            "largest": int(sizes.max(initial=0)),
            "undivided": undivided_labels(rows, rows["group"].to_numpy()),
        }

    def augmentation_record(self) -> dict[str, Any]:
        """Return what `run.json` holds of the augmented copies; nothing where there are none."""
        copies = len(self.everything) - self.originals
        return {"copies": copies, "change": self.change} if copies else {}


def prepare_examples(
    config: RunConfig,
    backbone: Backbone,
    workspace: Workspace,
    on_progress: OnProgress,
    *,
    previewed: bool = False,
) -> Prepared:
    """Scan the pictures of a run, split them, and extract their features.

    Args:
        config: of the run.
        backbone: its network.
        workspace: where feature vectors and converted backbones are kept.
        on_progress: called in the phases `scanning`, `hashing`, `backbone` and `bottlenecks`.
        previewed: whether the training is previewed while features are extracted (`PreviewProgress`).

    Raises:
        PoetError: the pictures or the backbone cannot be used.
    """
    options = config.training
    with (
        workspace.file_index() as index,
        # What was read of the table stays when it is closed.
        FeatureTable(workspace.bottlenecks, backbone.vector_length) as vectors,
    ):
        files = Progress("scanning")

        def on_scan(now: Progress) -> None:
            nonlocal files
            files = now
            on_progress(now)

        on_scan(files)
        scanner = scan_label_sets if config.multi_label else scan
        whole = scanner(config.image_dir, index, on_progress=on_scan)
        keep_renamed(whole, workspace)
        if config.keep_aside and not kept_pictures(whole.folder, workspace):
            keep_aside(
                whole, workspace, config.keep_aside, group_by=options.group_by, on_progress=on_progress
            )
        kept = kept_pictures(whole.folder, workspace)
        whole = training_part(whole, workspace)
        dataset = subset_of(whole, config)
        check_trainable(dataset, chosen=len(dataset.labels) < len(whole.labels))
        on_progress(ScannedProgress("scanning", files.done, files.total, dataset=dataset))
        before = time.perf_counter()
        with workspace.feature_cache() as cache, workspace.hash_index() as hashes:
            splitter = _Splitter(options, workspace, hashes, on_progress)
            backbone = _calibrated(backbone, dataset, splitter, workspace, on_progress)
            extractor = RunExtractor(
                config, backbone, vectors, workspace, index, cache, hashes, on_progress, previewed=previewed
            )
            extraction, usable = extractor.extract_subset(whole)
            check_trainable(usable)
            split = splitter.split(usable)
            parts = {name: _examples(split, name, usable, vectors) for name in SPLITS}
            trained = split[split["split"] == "training"]
            copies = extractor.copies(trained) if config.augmentation.any else []
        training = _with_copies(parts["training"], trained, copies, usable, vectors)
        everything = Examples(vectors.array, _targets(split, usable), vectors.rows(split["sha"]))
        own = np.flatnonzero(split["split"] == "training")
        owners = np.concatenate([np.arange(len(split)), *(own[there] for there, _ in copies)])
        change = _change_of(trained, copies, vectors) if copies else None
    seconds = time.perf_counter() - before
    return Prepared(
        usable,
        split,
        backbone,
        parts,
        training,
        _with_copies(everything, trained, copies, usable, vectors),
        split["group"].to_numpy(np.int64)[owners],
        owners,
        extraction,
        seconds,
        change,
        kept,
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
        groups = self._grouped(dataset)
        with self._workspace.group_names() as names:
            remembered = names.get(options.group_by, dict.fromkeys(pictures["sha"]))
            # A picture of several labels counts for each, so that none is without pictures to train on.
            rows = by_label(pictures) if dataset.multi_label else pictures
            split = split_groups(
                rows,
                pd.Series(groups, pictures.index)[rows.index].to_numpy(),
                remembered,
                options.validation_percentage,
                options.testing_percentage,
            )
            new = {sha: name for sha, name in split.names.items() if remembered.get(sha) != name}
            names.put(options.group_by, new)
        parts = split.parts[~split.parts.index.duplicated()]
        return pictures.assign(split=parts, group=groups)

    def _grouped(self, dataset: Dataset) -> np.ndarray:
        """Return the number of each picture's group, `(n,) int64`."""
        by, known = self._options.group_by, None
        if by != "exact":
            paths = paths_of(dataset.pictures)
            # Pictures whose features were extracted by an earlier version have no hash yet.
            hash_all(paths, self._hashes, self._on_progress)
            known = self._hashes.get(paths)
        return group_pictures(dataset.pictures, by, hashes=known, folder=dataset.home)


def _with_copies(
    examples: Examples,
    trained: pd.DataFrame,
    copies: Sequence[tuple[np.ndarray, np.ndarray]],
    dataset: Dataset,
    vectors: FeatureTable,
) -> Examples:
    """Return examples with those of augmented copies behind them, over one and the same table."""
    targets = _targets(trained, dataset)
    return Examples(
        vectors.array,
        np.concatenate([examples.targets, *(targets[there] for there, _ in copies)]),
        np.concatenate([np.asarray(examples.rows), *(rows for _, rows in copies)]),
    )


def _change_of(
    trained: pd.DataFrame, copies: Sequence[tuple[np.ndarray, np.ndarray]], vectors: FeatureTable
) -> float | None:
    """Return how far the augmented copies are from their pictures."""
    pictures = vectors.rows(trained["sha"])
    owners, rows = ([pictures[there] for there, _ in copies], [rows for _, rows in copies])
    return measure_change(vectors.array, np.concatenate(owners), np.concatenate(rows))


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
    pictures = paths_of(split[split["split"] == "training"])
    return calibrate(backbone, pictures, workspace.models, on_progress)


def _examples(split: pd.DataFrame, part: str, dataset: Dataset, vectors: FeatureTable) -> Examples:
    rows = split[split["split"] == part]
    return Examples(vectors.array, _targets(rows, dataset), vectors.rows(rows["sha"]))


def _targets(rows: pd.DataFrame, dataset: Dataset) -> np.ndarray:
    """Return the targets of pictures, as `Examples` has them."""
    if dataset.multi_label:
        return label_targets(rows["label"], dataset.labels)
    places = {label: i for i, label in enumerate(dataset.labels)}
    return rows["label"].map(places).to_numpy(np.int64)
