"""Collecting: pictures come from the camera one by one, each into a label's folder of a dataset.

Nothing is held back until all is there, as it is of an upload: a picture is in its dataset as soon as it was
taken. Which hold it is of, its name says (`data/holds`).
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from poetcore.data import images
from poetcore.data.holds import LONGEST_HOLD, check_hold, hold_of, picture_name
from poetcore.data.labels import match_labels
from poetcore.data.layout import QUARANTINE, folders_in
from poetcore.errors import DatasetError, OptionError, PictureError
from poetcore.system.file_kinds import is_hidden, is_picture_name
from poetcore.system.files import write_whole
from poetcore.system.names import check_name
from poetcore.workspace.datasets import training_folders
from poetcore.workspace.workspace import Workspace

__all__ = [
    "LARGEST",
    "PIXELS",
    "Collected",
    "add_label",
    "collectable",
    "collected",
    "dataset_at",
    "pictures_at",
    "place_of",
    "remove_label",
    "take_picture",
]

#: Pixels of the longer side of a picture from the camera: every backbone sees fewer than half of them, which
#: leaves room to crop, and one is some 60 KB.
PIXELS = 640

#: Bytes that stay free on the disk, as of an upload.
RESERVE = 500_000_000

#: Bytes of a picture at the most; one of 640 x 640 has 400,000 where it is nothing but noise.
LARGEST = 2_000_000


@dataclass(frozen=True)
class Collected:
    """What is there of a label.

    Attributes:
        label: the label.
        pictures: how many files with a picture's ending lie in its folder itself, wherever they come from.
        holds: each hold, the newest first, with the files of its pictures, in the order of taking.
    """

    label: str
    pictures: int
    holds: tuple[tuple[str, tuple[Path, ...]], ...]


def collectable(workspace: Workspace) -> list[Path]:
    """List the folders of label folders that take pictures: those that lie in the workspace's datasets."""
    inside = [path for path in training_folders(workspace) if path.is_relative_to(workspace.datasets)]
    return [path for path in inside if path.is_dir()]


def dataset_at(workspace: Workspace, place: str) -> Path:
    """Return the dataset that a place means; it need not be there yet.

    Args:
        workspace: where it is.
        place: below the workspace's datasets, with slashes: "rock paper scissors", "sample/train".

    Raises:
        OptionError: it cannot be a folder's name.
    """
    parts = place.split("/")
    for part in parts:
        check_name(part, "The name of a dataset")
    folder = workspace.datasets.joinpath(*parts)
    if len(parts) > 1 and not folder.is_dir():
        raise OptionError(
            f"The name of a dataset becomes that of a folder, and so has no slash. Received: {place!r}."
        )
    return folder


def place_of(workspace: Workspace, folder: Path) -> str:
    """Return what `dataset_at` takes for a folder of `collectable`."""
    return folder.relative_to(workspace.datasets).as_posix()


def add_label(folder: Path, label: str) -> str:
    """Make a label's folder, and the dataset's where it is missing; return the label as it is called there.

    Raises:
        OptionError: it cannot be a folder's name, or means what was set aside.
    """
    label = " ".join(label.split())
    label = _known(folder, label) or label
    check_name(label, "A label")
    if label.casefold() == QUARANTINE:
        raise OptionError(f"{label!r} is where pictures are set aside: choose another label.")
    (folder / label).mkdir(parents=True, exist_ok=True)
    return label


def remove_label(folder: Path, label: str) -> None:
    """Remove the folder of a label that has no pictures.

    Raises:
        OptionError: there is none, or something lies in it.
    """
    try:
        _label_folder(folder, label).rmdir()
    except OSError:
        raise OptionError(f"The label {label!r} has pictures: delete these first.") from None


def take_picture(folder: Path, label: str, hold: str, number: int, content: bytes) -> Path:
    """Write a picture from the camera into a label's folder; the same one sent again stays once.

    Args:
        folder: the dataset.
        label: one that it has.
        hold: the name of the hold.
        number: its place in the hold, from 1.
        content: a JPEG.

    Returns:
        Its file.

    Raises:
        OptionError: there is no such label, or the hold cannot be.
        PictureError: it is no JPEG that can be decoded.
        DatasetError: the disk is nearly full, or another picture stands there.
    """
    place = _label_folder(folder, label)
    check_hold(hold)
    if not 1 <= number <= LONGEST_HOLD:
        raise OptionError(
            f"A hold has at most {LONGEST_HOLD} pictures: let go of the button, and hold it down again."
        )
    if images.identify(content).format != "JPEG":
        raise PictureError("is not a JPEG, which the camera makes")
    images.to_square(content, 64)  # decoded once, so that nothing broken lies among the pictures
    if shutil.disk_usage(place).free < RESERVE:
        raise DatasetError(
            f"Less than {RESERVE / 1e9:.1f} GB are free where the workspace lies: make room there."
        )
    file = place / picture_name(hold, number)
    if file.exists():
        if images.read(file) == content:
            return file
        raise DatasetError(f"{file.name} is there already: let go of the button, and hold it down again.")
    write_whole(file, content)
    return file


def collected(folder: Path) -> list[Collected]:
    """List what is there of each label, in natural order; nothing of a dataset that is not there yet."""
    found = []
    for place in folders_in(folder):
        files = [path for path in _files(place) if is_picture_name(path.name) and not is_hidden(path.name)]
        holds: dict[str, list[Path]] = {}
        for path in files:
            if hold := hold_of(path.name):
                holds.setdefault(hold, []).append(path)
        newest = sorted(holds.items(), reverse=True)
        found.append(
            Collected(place.name, len(files), tuple((name, tuple(sorted(own))) for name, own in newest))
        )
    return found


def pictures_at(folder: Path, label: str, names: Sequence[str]) -> list[Path]:
    """Return the files of pictures of holds, by their names; those that are gone are passed over.

    Raises:
        OptionError: there is no such label, or a name is not that of a picture of a hold.
    """
    place = _label_folder(folder, label)
    for name in names:
        if not hold_of(name):
            raise OptionError(f"{name!r} is no picture that was taken here: see the page Overview.")
    return [file for name in names if (file := place / name).is_file()]


def _label_folder(folder: Path, label: str) -> Path:
    known = _known(folder, label)
    if known is None:
        raise OptionError(f"There is no label {label[:80]!r} any more: add it first.")
    return folder / known


def _known(folder: Path, label: str) -> str | None:
    """Return the label folder that a label means, by what it looks like; None for none."""
    return match_labels([label], [place.name for place in folders_in(folder)]).get(label)


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:  # it was deleted meanwhile, or may not be read
        return []
