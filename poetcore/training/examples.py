"""From a dataset to examples: the vectors of its pictures and of their distorted variants."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.dataset import Dataset
from poetcore.data.file_index import FileIndex
from poetcore.errors import DatasetError
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.features.extraction import Extraction, extract_features
from poetcore.features.litert import calibrate, model_file
from poetcore.features.memmap import FeatureTable
from poetcore.system.progress import OnProgress
from poetcore.training.train import Examples
from poetcore.workspace.workspace import Workspace

__all__ = ["augment", "calibrated", "check_learnable", "examples", "extract_dataset"]


def calibrated(
    backbone: Backbone, split: pd.DataFrame, workspace: Workspace, on_progress: OnProgress
) -> Backbone:
    """Give the backbone, a quantized one calibrated on the training pictures.

    Args:
        backbone: which one.
        split: columns path, sha, split.
        workspace: where its model is kept.
        on_progress: called in the phase `backbone` where a model must be made.
    """
    if not backbone.quantized:
        return backbone
    rows = split[split["split"] == "training"]
    pictures = {sha: Path(path) for sha, path in zip(rows["sha"], rows["path"], strict=True)}
    return calibrate(backbone, pictures, workspace.models, on_progress)


def extract_dataset(
    dataset: Dataset,
    backbone: Backbone,
    vectors: FeatureTable,
    workspace: Workspace,
    index: FileIndex,
    on_progress: OnProgress,
    engine: str = DEFAULT_ENGINE,
) -> Extraction:
    """Extract the features of a dataset, each content once, into a table whose keys are their hashes.

    Args:
        dataset: which pictures.
        backbone: which network.
        vectors: receives the feature vectors.
        workspace: where feature vectors and converted backbones are kept.
        index: where it is recorded which pictures were decoded.
        on_progress: called in the phases `backbone` and `bottlenecks`.
        engine: one of `ENGINES` that can run the backbone.
    """
    pictures = {
        sha: Path(path) for sha, path in zip(dataset.pictures["sha"], dataset.pictures["path"], strict=True)
    }
    with closing(workspace.feature_cache()) as cache:
        return extract_features(
            pictures,
            backbone,
            lambda: model_file(backbone, workspace.models, on_progress),
            cache,
            index,
            sink=vectors.add,
            engine=engine,
            on_progress=on_progress,
        )


def examples(split: pd.DataFrame, part: str, labels: Sequence[str], vectors: FeatureTable) -> Examples:
    """Give the examples of one part of the split.

    Args:
        split: columns label, split, sha.
        part: "training", "validation" or "testing".
        labels: in the order of the model's outputs.
        vectors: of all pictures, by their hashes.
    """
    rows = split[split["split"] == part]
    return Examples(vectors.array, _targets(rows, labels), vectors.rows(rows["sha"]))


def augment(
    training: Examples,
    split: pd.DataFrame,
    labels: Sequence[str],
    augmentation: Augmentation,
    backbone: Backbone,
    vectors: FeatureTable,
    workspace: Workspace,
    index: FileIndex,
    on_progress: OnProgress,
    engine: str = DEFAULT_ENGINE,
) -> Examples:
    """Add augmented copies of the training pictures to them.

    In the table their keys are (variant, hash).
    """
    pictures = split[split["split"] == "training"]
    paths = {sha: Path(path) for sha, path in zip(pictures["sha"], pictures["path"], strict=True)}
    total = augmentation.distortion_variants * len(paths)
    targets, rows = [training.targets], [vectors.rows(pictures["sha"])]

    def add_copies(variant: int, cache: FeatureCache) -> None:
        done_before = (variant - 1) * len(paths)
        message = "Extracting features of augmented copies"
        extract_features(
            paths,
            backbone,
            lambda: model_file(backbone, workspace.models, on_progress),
            cache,
            index,
            sink=lambda sha, vector: vectors.add((variant, sha), vector),
            augmentation=augmentation,
            variant=variant,
            engine=engine,
            on_progress=lambda now: on_progress(
                replace(now, done=done_before + now.done, total=total, message=message)
            ),
        )

    with closing(workspace.feature_cache()) as cache:
        for variant in range(1, augmentation.distortion_variants + 1):
            add_copies(variant, cache)
            # A picture that is gone meanwhile is missing here and does no harm.
            there = pictures[[(variant, sha) in vectors for sha in pictures["sha"]]]
            targets.append(_targets(there, labels))
            rows.append(vectors.rows((variant, sha) for sha in there["sha"]))
    return Examples(vectors.array, np.concatenate(targets), np.concatenate(rows))


def _targets(rows: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    return rows["label"].map({label: i for i, label in enumerate(labels)}).to_numpy(np.int64)


def check_learnable(training: Examples, labels: Sequence[str]) -> None:
    """Make sure that every label has something to learn from.

    Raises:
        DatasetError: a label has not.
    """
    unlearnt = [label for i, label in enumerate(labels) if i not in training.targets]
    if unlearnt:
        raise DatasetError(
            f"All the pictures of {', '.join(unlearnt)} fell to validation and testing, none is left to train"
            " on: add pictures, 20 or more a label."
        )
