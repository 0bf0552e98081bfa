"""From a dataset to examples: the vectors of its pictures and of their distorted variants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.dataset import Dataset
from poetcore.errors import DatasetError
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.features.extraction import extract
from poetcore.features.litert import calibrate, model_file
from poetcore.features.memmap import FeatureTable
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.train import Examples
from poetcore.workspace.workspace import Workspace

__all__ = ["Extraction", "augment", "calibrated", "check_learnable", "examples", "extract_features"]


@dataclass
class Extraction:
    """What became of the pictures, by content.

    Attributes:
        reasons: why some cannot be used.
        decoded: of those that were decoded just now: None, or the reason why that failed.
        computed: how many vectors were not known before.
        cached: how many were.
    """

    reasons: dict[str, str] = field(default_factory=dict)
    decoded: dict[str, str | None] = field(default_factory=dict)
    computed: int = 0
    cached: int = 0


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


def extract_features(
    dataset: Dataset,
    backbone: Backbone,
    vectors: FeatureTable,
    workspace: Workspace,
    on_progress: OnProgress,
    engine: str = DEFAULT_ENGINE,
) -> Extraction:
    """Get the bottlenecks of a dataset, each content once, into a table whose keys are their hashes."""
    pictures = {
        sha: Path(path) for sha, path in zip(dataset.pictures["sha"], dataset.pictures["path"], strict=True)
    }

    convert = _model_of(backbone, workspace, on_progress)

    def model() -> Path:
        file = convert()
        on_progress(Progress("bottlenecks", 0, len(pictures)))
        return file

    described = Extraction()
    cache = workspace.feature_cache()
    for done, one in enumerate(extract(pictures, backbone, model, cache, engine=engine), 1):
        if one.vector is not None:
            vectors.add(one.sha, one.vector)
            described.computed += not one.cached
            described.cached += one.cached
        if one.reason is not None:
            described.reasons[one.sha] = one.reason
        if one.decoded:
            described.decoded[one.sha] = one.reason
        on_progress(Progress("bottlenecks", done, len(pictures)))
    cache.close()
    return described


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
    on_progress: OnProgress,
    engine: str = DEFAULT_ENGINE,
) -> Examples:
    """Add distorted variants of the training pictures to them.

    In the table they stand under (variant, hash).
    """
    pictures = split[split["split"] == "training"]
    paths = {sha: Path(path) for sha, path in zip(pictures["sha"], pictures["path"], strict=True)}
    total, done = len(paths) * augmentation.distortion_variants, 0
    targets, rows = [training.targets], [vectors.rows(pictures["sha"])]
    cache, model = workspace.feature_cache(), _model_of(backbone, workspace, on_progress)
    for variant in range(1, augmentation.distortion_variants + 1):
        found = extract(
            paths, backbone, model, cache, augmentation=augmentation, variant=variant, engine=engine
        )
        for one in found:
            if one.vector is not None:
                vectors.add((variant, one.sha), one.vector)
            done += 1
            on_progress(Progress("bottlenecks", done, total, "Extracting features of augmented copies"))
        # A picture that has gone meanwhile is missing here and does no harm.
        there = pictures[[(variant, sha) in vectors for sha in pictures["sha"]]]
        targets.append(_targets(there, labels))
        rows.append(vectors.rows((variant, sha) for sha in there["sha"]))
    cache.close()
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


def _model_of(backbone: Backbone, workspace: Workspace, on_progress: OnProgress) -> Callable[[], Path]:
    return lambda: model_file(backbone, workspace.models, on_progress)
