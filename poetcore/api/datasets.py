"""Datasets from Python: what is in a folder of label folders, what is wrong with it, and its demo part."""

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.analysis.feature_files import check_feature_file, picture_features, write_features
from poetcore.analysis.issues import Issue, find_issues
from poetcore.analysis.label_errors import label_issues_of
from poetcore.api.arguments import (
    PathLike,
    Progressing,
    on_progress,
    path_of,
    workspace_at,
)
from poetcore.curation.repair import Repairs
from poetcore.data.dataset import Dataset, scan
from poetcore.data.listing import write_listing
from poetcore.features.backbones import DEFAULT
from poetcore.features.network_file import find_network
from poetcore.system.outputs import check_source_stays
from poetcore.workspace.demo_sets import keep_aside, release
from poetcore.workspace.workspace import Workspace

__all__ = ["ImageDataset", "load_dataset"]


class ImageDataset:
    """A folder of label folders, or the pictures that a CSV file lists.

    Args:
        dataset: what a scan found.
        workspace: where what is computed is kept.

    Example:
        >>> data = poet.load_dataset("sample/train")
        >>> data
        ImageDataset(5 labels, 60 pictures, 0 files that cannot be used)
    """

    def __init__(self, dataset: Dataset, workspace: Workspace) -> None:
        self._dataset = dataset
        self._workspace = workspace

    @property
    def folder(self) -> Path:
        """The folder that holds the label folders."""
        return self._dataset.folder

    @property
    def classes_(self) -> np.ndarray:
        """The labels, `(labels,) str`, in natural order: 2 before 10."""
        return np.array(self._dataset.labels)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many usable pictures each label has.

        Example:
            >>> data.counts["rose"]
            12
        """
        return self._dataset.counts()

    @property
    def pictures(self) -> pd.DataFrame:
        """One row a usable picture: path, label, width, height, format, bytes, sha (of its content)."""
        return self._dataset.pictures

    @property
    def refused(self) -> pd.DataFrame:
        """The files that cannot be used: path, label, reason."""
        return self._dataset.refused

    def to_csv(self, path: PathLike, *, force: bool = False) -> Path:
        """Write path and label of each usable picture as a CSV file that `load_dataset` reads.

        Args:
            path: the CSV file; pictures below its folder are written relative to it.
            force: whether to replace a file that Poet did not write.

        Raises:
            OptionError: the file cannot be written, its name does not end in .csv, or the dataset is read
                from it.

        Example:
            >>> len(poet.load_dataset(data.to_csv("flowers.csv"))) == len(data)
            True
        """
        file = path_of(path, "path")
        check_source_stays(file, self.folder)
        write_listing(file, ("path", "label"), self.pictures[["path", "label"]].to_numpy(), force)
        return file

    @property
    def empty(self) -> tuple[str, ...]:
        """The label folders without pictures; they are none of `classes_`."""
        return self._dataset.empty

    @property
    def loose(self) -> tuple[str, ...]:
        """The pictures that lie beside the label folders, and so have no label."""
        return self._dataset.loose

    def merge_labels(self, label: str, into: str, *, progress: Progressing = None) -> "ImageDataset":
        """Put all pictures of a label under another one; its folder goes, and `poetcore undo` brings it back.

        Args:
            label: the label whose folder is emptied.
            into: the label that takes its pictures; a new name renames the label.
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.

        Returns:
            The dataset as it is then.

        Raises:
            OptionError: there is no such label folder, or the two are one.
            DatasetError: the folder cannot be written.
        """
        with on_progress(progress) as show:
            Repairs(self.folder).merge(label, into, show)
        return load_dataset(self.folder, workspace=self._workspace.root, progress=progress)

    def keep_aside(self, share: str = "20%", *, progress: Progressing = None) -> "ImageDataset":
        """Keep pictures aside as demo pictures: later trainings leave them out, and no file is moved.

        Groups of near duplicates are not divided.

        Args:
            share: of each label, such as "20%", or a number of pictures of each label, such as "50".
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.

        Returns:
            The pictures that are kept aside; `folder` is the list of them, which `evaluate` takes.

        Raises:
            DatasetError: there are too few pictures.
            OptionError: the share is impossible.

        Example:
            >>> len(data.keep_aside("25%"))
            15
            >>> data.release()
        """
        with on_progress(progress) as show:
            place = keep_aside(self._dataset, self._workspace, share, on_progress=show)
        return load_dataset(place, workspace=self._workspace.root, progress=progress)

    def release(self) -> None:
        """Undo `keep_aside`: later trainings use all pictures again."""
        release(self.folder, self._workspace)

    def find_issues(self, *, progress: Progressing = None) -> pd.DataFrame:
        """Find what is wrong with which picture: damaged, blurry, dark, doubled, under two labels and more.

        Returns:
            One row an issue, the gravest first: path, issue, detail, severity, score, sha, label, related.

        Example:
            >>> list(data.find_issues().columns)[:3]
            ['path', 'issue', 'detail']
        """
        with on_progress(progress) as show:
            verified = Repairs(self.folder).verified()
            found = find_issues(self._dataset, self._workspace, on_progress=show, verified=verified)
        columns = [field.name for field in dataclasses.fields(Issue)]
        return pd.DataFrame([dataclasses.astuple(issue) for issue in found], columns=columns)

    def find_label_issues(self, architecture: str = DEFAULT, *, progress: Progressing = None) -> pd.DataFrame:
        """Find the pictures whose label is probably wrong, the most suspect first.

        Args:
            architecture: the backbone whose features are used, or several joined by `+`.
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.

        Returns:
            Columns path, label, suggested (another label), score (the given label's probability, 0 to 1) and
            more.

        Example:
            >>> list(data.find_label_issues().columns)[:4]
            ['path', 'label', 'suggested', 'score']
        """
        verified = Repairs(self.folder).verified()
        with on_progress(progress) as show:
            network = find_network(architecture, self._workspace.models, on_progress=show)
            return label_issues_of(self._dataset, network, self._workspace, show, verified=verified)

    def extract_features(
        self,
        file: PathLike | None = None,
        architecture: str = DEFAULT,
        *,
        force: bool = False,
        progress: Progressing = None,
    ) -> pd.DataFrame:
        """Compute the feature vector (bottleneck) of each picture; cached ones are not computed again.

        Args:
            file: a file that ends in .csv, .npz or .parquet, into which they are written too; None for none.
            architecture: a backbone, one of `list_backbones()`, several joined by `+`, or a path.
            force: whether to replace a file that Poet did not write.
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.

        Returns:
            One row a picture: path, label, then its features, `feature_0` and so on, float32.

        Raises:
            BackboneError: the backbone is unknown or its weights cannot be read or downloaded.
            OptionError: the file has another ending or cannot be written.

        Example:
            >>> data.extract_features("features.npz").shape
            (60, 1282)
        """
        target = None if file is None else path_of(file, "file")
        if target:
            check_feature_file(target, self.folder, force)
        with on_progress(progress) as show:
            network = find_network(architecture, self._workspace.models, on_progress=show)
            found = picture_features(self._dataset, network, self._workspace, show)
        if target:
            write_features(target, found, force)
        return found.table()

    def __len__(self) -> int:
        return len(self._dataset.pictures)

    def __repr__(self) -> str:
        more = f", {len(self.empty)} empty label folders" if self.empty else ""
        more += f", {len(self.loose)} loose pictures" if self.loose else ""
        return (
            f"ImageDataset({len(self.classes_)} labels, {len(self)} pictures,"
            f" {len(self.refused)} files that cannot be used{more})"
        )

    def _repr_html_(self) -> str:
        table = pd.Series(self.counts, name="pictures").rename_axis("label")
        return table.to_frame().to_html()


def load_dataset(
    folder: PathLike, *, workspace: PathLike | None = None, progress: Progressing = None
) -> ImageDataset:
    """Scan a folder of label folders; what is in unchanged files is known from before.

    Args:
        folder: one folder of pictures per label; or a CSV file with the columns path, label and, where there
            are demo pictures among them, split (`labels.csv/test` names those of one split).
        workspace: the folder in which Poet keeps what it makes; by default TFP_WORKSPACE's, or tf_files.
        progress: None for a bar where there is a terminal or notebook, False for none, or a function.

    Raises:
        DatasetError: the folder is missing or holds no label folders.

    Example:
        >>> len(poet.load_dataset("sample/train"))
        60
    """
    place = workspace_at(workspace)
    with on_progress(progress) as show, place.file_index() as index:
        return ImageDataset(scan(path_of(folder, "folder"), index, on_progress=show), place)
