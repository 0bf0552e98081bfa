"""The features of the pictures that a run takes of a dataset, and of their augmented copies."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.contents import paths_of
from poetcore.data.dataset import Dataset
from poetcore.data.file_index import FileIndex
from poetcore.data.perceptual_hash import HashIndex
from poetcore.data.subset import spread
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.cache import FeatureCache
from poetcore.features.extraction import Extraction, extract_features
from poetcore.features.litert import model_file
from poetcore.features.memmap import FeatureTable
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.config import RunConfig
from poetcore.training.preview import Preview
from poetcore.training.progress import PreviewProgress
from poetcore.workspace.workspace import Workspace

__all__ = ["RunExtractor", "subset_of"]


def subset_of(whole: Dataset, config: RunConfig) -> Dataset:
    """Return the pictures of a dataset that a run takes.

    Raises:
        OptionError: a label that it names is not there.
    """
    return whole.subset(config.labels, config.max_pictures_per_label)


class RunExtractor:
    """Extracts the features of a run's pictures into one table.

    Its keys are the sha of a picture, and (copy, sha) of an augmented copy.

    Args:
        config: of the run.
        backbone: its network.
        vectors: the table.
        workspace: where the converted backbone is.
        index: gets which pictures were decoded.
        cache: where feature vectors are kept.
        hashes: where perceptual hashes are kept.
        on_progress: called in the phases `backbone` and `bottlenecks`.
        previewed: whether the training is previewed meanwhile; of several labels a picture it never is.
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
        *,
        previewed: bool = False,
    ) -> None:
        self._config = config
        self._backbone = backbone
        self._vectors = vectors
        self._models = workspace.models
        self._index = index
        self._cache = cache
        self._hashes = hashes
        self._on_progress = on_progress
        self._previewed = previewed

    def extract(self, pictures: Mapping[str, Path], preview: Preview | None = None) -> Extraction:
        """Extract the features of pictures, given by their sha, each content once.

        Args:
            pictures: a file of each content, in the order in which they are extracted.
            preview: of the training, reported as it goes.
        """

        def on_progress(now: Progress) -> None:
            self._on_progress(now)
            if preview and (found := preview.due()):
                self._on_progress(PreviewProgress(now.phase, now.done, now.total, now.message, preview=found))

        return self._extract(pictures, NO_AUGMENTATION, 0, on_progress, preview)

    def extract_subset(self, whole: Dataset) -> tuple[Extraction, Dataset]:
        """Extract the features of the pictures that a run takes of a dataset.

        Where a label has more pictures than are taken, others take the place of those that cannot be used.

        Returns:
            What was computed, cached and could not be used; and the subset without the latter.
        """
        subset = subset_of(whole, self._config)
        preview = None
        if self._previewed and not subset.multi_label:
            preview = Preview(subset, self._config.training, self._hashes)
        found = self.extract(paths_of(spread(subset.pictures)), preview)
        new = found
        while new.reasons:
            whole = whole.without(new.reasons)
            pictures = paths_of(subset_of(whole, self._config).pictures)
            missing = {sha: path for sha, path in pictures.items() if sha not in self._vectors}
            new = self.extract(missing) if missing else Extraction()
            found.computed, found.cached = found.computed + new.computed, found.cached + new.cached
            found.engines += new.engines
        return found, subset_of(whole, self._config)

    def copies(self, pictures: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray]]:
        """Extract the features of the augmented copies of pictures.

        Args:
            pictures: columns path and sha.

        Returns:
            For each round of copies, which of the pictures have one, `(n,) bool`, and the rows of these in
            the table, `(k,) int64`.
        """
        paths = paths_of(pictures)
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
        self,
        pictures: Mapping[str, Path],
        augmentation: Augmentation,
        copy: int,
        on_progress: OnProgress,
        preview: Preview | None = None,
    ) -> Extraction:
        def add(sha: str, vector: np.ndarray) -> None:
            self._vectors.add((copy, sha) if copy else sha, vector)

        return extract_features(
            pictures,
            self._backbone,
            lambda one: model_file(one, self._models, self._on_progress),
            self._cache,
            self._index,
            hashes=self._hashes,
            sink=add,
            watch=preview.add if preview else None,
            augmentation=augmentation,
            copy=copy,
            engine=self._config.engine,
            on_progress=on_progress,
        )
