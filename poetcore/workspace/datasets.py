"""The folders of pictures that a workspace knows, and what may spoil a training on them."""

from pathlib import Path

from poetcore.data.dataset import FEW_PICTURES, Dataset, dataset_exists
from poetcore.data.layout import better_level, demo_beside, folders_in
from poetcore.data.multi_label import labels_of_several
from poetcore.system.figures import count
from poetcore.system.wording import counted, few, in_sentence
from poetcore.workspace.demo_sets import kept_aside
from poetcore.workspace.workspace import Workspace

__all__ = [
    "dataset_notes",
    "dataset_warnings",
    "demo_folders",
    "training_folders",
]

#: A label with this many times the pictures of another is warned of.
IMBALANCE = 3

#: So many names stand in a note.
_NAMED = 3


def training_folders(workspace: Workspace) -> list[Path]:
    """List the folders of training pictures: those of this workspace, then those of earlier runs."""
    sets = folders_in(workspace.datasets)
    found = [level.train if (level := better_level(folder)) else folder for folder in sets]
    found += [Path(run.record().image_dir) for run in workspace.finished_runs()]
    return [folder for folder in dict.fromkeys(found) if dataset_exists(folder)]


def demo_folders(workspace: Workspace) -> list[Path]:
    """List the demo sets of the training folders: folders beside them, and what is kept aside of them."""
    folders = training_folders(workspace)
    found = [demo for folder in folders if (demo := demo_beside(folder) or kept_aside(folder, workspace))]
    return list(dict.fromkeys(found))


def dataset_notes(dataset: Dataset) -> list[str]:
    """List in sentences what lies in a dataset's folder and is not used: files that cannot be, empty folders.

    Args:
        dataset: what a scan found.
    """
    sentences = []
    if refused := len(dataset.refused):
        sentences.append(f"{counted(refused, 'file')} cannot be used: the health check tells why.")
    sentences += [
        f"{in_sentence(label)}: no pictures. Training goes on without this label." for label in dataset.empty
    ]
    if dataset.loose:
        sentences.append(
            f"{counted(len(dataset.loose), 'picture')} beside the label folders instead of in one:"
            f" {few(dataset.loose, _NAMED)}."
        )
    if dataset.hidden:
        sentences.append(
            f"Hidden, as a dot begins the name, and so passed over: {few(dataset.hidden, _NAMED)}."
        )
    if dataset.litter:
        left = counted(dataset.litter, "file")
        sentences.append(f"Passed over: {left} that phones and desktops leave behind.")
    return sentences


def dataset_warnings(dataset: Dataset) -> list[str]:
    """List what may spoil a training, in sentences: too few pictures, labels of very different size.

    Args:
        dataset: with at least one label.
    """
    counts = dataset.counts()
    sentences = []
    small = [f"{in_sentence(label)} ({n})" for label, n in counts.items() if n < FEW_PICTURES]
    if len(counts) < 2:
        sentences.append("There is only one label: a classifier needs at least two to tell apart.")
    if small:
        sentences.append(
            f"Few pictures: {few(small)}. Below {FEW_PICTURES} a label is hard to train and to evaluate."
        )
    if several := labels_of_several(dataset):
        sentences.append(
            f"Labels that look like several: {few(several, _NAMED)}. Where they are, train with several"
            " labels a picture (multi_label)."
        )
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[largest] > IMBALANCE * max(counts[smallest], 1):
        drawn = (
            "picture equally often, and so a small label rarely"
            if dataset.multi_label
            else "label equally often, but of a small label it has few examples"
        )
        sentences.append(
            f"Out of balance: {in_sentence(largest)} has {counted(counts[largest], 'picture')},"
            f" {in_sentence(smallest)} only {count(counts[smallest])}. Training draws every {drawn}."
        )
    return sentences
