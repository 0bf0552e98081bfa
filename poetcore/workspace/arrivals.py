"""Pictures that came in, in a zip file or file by file, become a dataset of the workspace."""

import os
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from poetcore.data.layout import better_level, demo_beside
from poetcore.data.listing import read_listing
from poetcore.errors import DatasetError
from poetcore.system.files import replace_patiently, sync_folder, sync_tree
from poetcore.system.names import to_name

__all__ = ["Arrived", "Arriving", "free_name", "gives_labels", "put_in_place"]


@dataclass(frozen=True)
class Arrived:
    """The outcome: a dataset, and what was not taken.

    Attributes:
        folder: the dataset in the workspace.
        train: the folder of its label folders to train on: `folder`, or one below it; or its CSV file.
        demo: the folder beside it to evaluate on, the split of the CSV file, or None.
        pictures: how many pictures came in.
        excluded: the other files, each with its reason.
        litter: how many files that phones and desktops leave behind were passed over.
        wrappers: names of the folders around the label folders, which were stripped, outer ones first.
    """

    folder: Path
    train: Path
    demo: Path | None
    pictures: int
    excluded: list[tuple[str, str]]
    litter: int = 0
    wrappers: tuple[str, ...] = ()


@dataclass
class Arriving:
    """What is on its way, in a folder that nobody sees yet.

    Attributes:
        pictures: where each picture was written -> what it was called.
        excluded: what a file was called -> why it is not taken.
        litter: how many files that phones and desktops leave behind were passed over.
        empty: folders, relative, without a file; beside label folders they are labels that wait for pictures.
        listing: the CSV file that names the pictures, or None.
    """

    pictures: dict[Path, str] = field(default_factory=dict)
    excluded: dict[str, str] = field(default_factory=dict)
    litter: int = 0
    empty: tuple[Path, ...] = ()
    listing: Path | None = None


def put_in_place(name: str, datasets: Path, whole: Path, found: Arriving) -> Arrived:
    """Strip the folders around the label folders, then move the rest to its place in one step.

    Args:
        name: of the zip file or folder, from which the dataset gets its own.
        datasets: where the dataset goes.
        whole: the folder in which everything lies now.
        found: what lies in it.

    Raises:
        DatasetError: there is no picture in a label folder.
    """
    if found.listing:
        root, train, demo = whole, found.listing, demo_beside(found.listing)
    else:
        root, train, demo = _label_folders(whole, found)
    if not found.pictures:
        raise DatasetError(
            f"No picture in a label folder in {name}: take a folder with one folder per label."
        )
    for place in found.empty:
        if (whole / place).parent in (train, demo):
            with suppress(OSError):  # a name that this system does not take
                (whole / place).mkdir(exist_ok=True)
    target = free_name(datasets / to_name(Path(name).stem, default="upload"))
    sync_tree(root)
    replace_patiently(root, target)
    sync_folder(datasets)
    return Arrived(
        target,
        target / train.relative_to(root),
        target / demo.relative_to(root) if demo else None,
        len(found.pictures),
        list(found.excluded.items()),
        found.litter,
        root.relative_to(whole).parts,
    )


def gives_labels(table: Path, pictures: Container[Path]) -> bool:
    """Return whether a CSV file gives pictures other labels than their folders do.

    What only says again what the folders say does not take their place: folders can be repaired.

    Raises:
        DatasetError: it is no list of pictures.
    """
    labels = read_listing(table).label_of.items()
    return any(path in pictures and path.parent.name != label for path, label in labels)


def free_name(target: Path) -> Path:
    """Return a path that is not taken: this one, or with a number behind its name."""
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem}_{number}{target.suffix}")
    return free


def _label_folders(whole: Path, found: Arriving) -> tuple[Path, Path, Path | None]:
    """Return what stays of the folder, and in it those of the training and demo pictures."""
    level = better_level(whole)
    train, demo = (level.train, level.demo) if level else (whole, None)
    root = Path(os.path.commonpath([train, demo])) if demo else train
    for path, name in list(found.pictures.items()):
        if not path.is_relative_to(root) or path.parent in (root, train, demo):
            found.excluded[name] = "lies in no label folder"
            path.unlink()
            del found.pictures[path]
    return root, train, demo
