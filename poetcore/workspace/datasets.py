"""The folders of pictures that a workspace knows, and what may spoil a training on them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from poetcore.data.dataset import FEW_PICTURES, Dataset, dataset_exists
from poetcore.data.layout import better_level, demo_beside, folders_in
from poetcore.workspace.workspace import Workspace

__all__ = [
    "dataset_notes",
    "dataset_warnings",
    "demo_folders",
    "training_folders",
]

#: A label with this many times the pictures of another is warned of.
IMBALANCE = 3


def training_folders(workspace: Workspace) -> list[Path]:
    """List the folders of training pictures: those of this workspace, then those of earlier runs."""
    sets = folders_in(workspace.datasets)
    found = [level.train if (level := better_level(folder)) else folder for folder in sets]
    found += [Path(run.record().image_dir) for run in workspace.finished_runs()]
    return [folder for folder in dict.fromkeys(found) if dataset_exists(folder)]


def demo_folders(workspace: Workspace) -> list[Path]:
    """List the folders of demo pictures: those beside training folders, then those of earlier evaluations."""
    found = [demo for folder in training_folders(workspace) if (demo := demo_beside(folder))]
    return list(dict.fromkeys(found))


def dataset_notes(dataset: Dataset, shown: Callable[[str], str] = str) -> list[str]:
    """List in sentences what lies in a dataset's folder and is not used: files that cannot be, empty folders.

    Args:
        dataset: what a scan found.
        shown: what a name looks like in a sentence.
    """
    refused, litter = len(dataset.refused), dataset.litter
    files = "1 file" if refused == 1 else f"{refused:,} files"
    sentences = [f"{files} cannot be used: the health check tells why."] if refused else []
    sentences += [
        f"{shown(label)}: no pictures. Training goes on without this label." for label in dataset.empty
    ]
    if dataset.loose:
        pictures = "1 picture" if len(dataset.loose) == 1 else f"{len(dataset.loose):,} pictures"
        sentences.append(
            f"{pictures} beside the label folders instead of in one: {_first_few(dataset.loose, shown)}."
        )
    if dataset.hidden:
        sentences.append(
            f"Hidden, as a dot begins the name, and so passed over: {_first_few(dataset.hidden, shown)}."
        )
    if litter:
        left = "1 file" if litter == 1 else f"{litter:,} files"
        sentences.append(f"Passed over: {left} that phones and desktops leave behind.")
    return sentences


def _first_few(names: Sequence[str], shown: Callable[[str], str], most: int = 3) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(map(shown, names[:most]))}{more}"


def dataset_warnings(dataset: Dataset, shown: Callable[[str], str] = str) -> list[str]:
    """List what may spoil a training, in sentences: too few pictures, labels of very different size.

    Args:
        dataset: with at least one label.
        shown: what a label looks like in a sentence.
    """
    counts = dataset.counts()
    sentences = []
    few = {label: n for label, n in counts.items() if n < FEW_PICTURES}
    if len(counts) < 2:
        sentences.append("There is only one label: a classifier needs at least two to tell apart.")
    if few:
        listed = _first_few(list(few), lambda label: f"{shown(label)} ({few[label]})", 12)
        sentences.append(
            f"Few pictures: {listed}. Below {FEW_PICTURES} a label is hard to train and to evaluate."
        )
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[largest] > IMBALANCE * max(counts[smallest], 1):
        sentences.append(
            f"Out of balance: {shown(largest)} has {counts[largest]} pictures, {shown(smallest)} only"
            f" {counts[smallest]}."
            " Training draws every label equally often, but of a small label it has few examples."
        )
    return sentences
