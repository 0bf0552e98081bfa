"""The folders of pictures that a workspace knows, and zip files that become such folders."""

import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from poetcore.data import images
from poetcore.data.dataset import FEW_PICTURES, Dataset, dataset_exists
from poetcore.data.layout import better_level, demo_beside
from poetcore.errors import DatasetError, PictureError
from poetcore.system.names import is_hidden, to_name
from poetcore.workspace.workspace import Workspace

__all__ = [
    "MAX_FILES",
    "MAX_GIGABYTES",
    "Unpacked",
    "dataset_notes",
    "dataset_warnings",
    "demo_folders",
    "training_folders",
    "unpack",
]

#: What a zip file may hold at the most.
MAX_FILES = 50_000
MAX_GIGABYTES = 5
MAX_PICTURE_MEGABYTES = 200

#: A label with this many times the pictures of another is warned of.
IMBALANCE = 3


@dataclass(frozen=True)
class Unpacked:
    """The outcome of unpacking a zip file.

    Attributes:
        folder: where its label folders are now.
        pictures: how many pictures were unpacked.
        excluded: the other files, each with its reason.
    """

    folder: Path
    pictures: int
    excluded: list[tuple[str, str]]


def training_folders(workspace: Workspace) -> list[Path]:
    """List the folders of training pictures: those of this workspace, then those of earlier runs."""
    found = [level.train if (level := better_level(folder)) else folder for folder in _datasets(workspace)]
    found += [Path(run.record().image_dir) for run in workspace.finished_runs()]
    return [folder for folder in dict.fromkeys(found) if dataset_exists(folder)]


def demo_folders(workspace: Workspace) -> list[Path]:
    """List the folders of demo pictures: those beside training folders, then those of earlier evaluations."""
    found = [demo for folder in training_folders(workspace) if (demo := demo_beside(folder))]
    return list(dict.fromkeys(found))


def unpack(workspace: Workspace, name: str, archive: BinaryIO) -> Unpacked:
    """Unpack a zip file of label folders into the workspace; only pictures, and nothing outside of it.

    Args:
        workspace: where its dataset goes.
        name: the zip file's name, from which the dataset gets its own.
        archive: the zip file.

    Raises:
        DatasetError: it is not a zip file, holds too much, or no picture in a folder.
    """
    stem = to_name(Path(name).stem, default="upload")
    target = workspace.datasets / stem
    number = 1
    while target.exists():
        number += 1
        target = workspace.datasets / f"{stem}_{number}"
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [m for m in opened.infolist() if not m.is_dir()]
            _check_size(name, members)
            workspace.datasets.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".upload.", dir=workspace.datasets) as temporary:
                whole = Path(temporary) / "whole"
                pictures, excluded = _extract(opened, members, whole)
                if not pictures:
                    raise DatasetError(
                        f"No picture in a label folder in {name}: zip a folder that holds one folder per"
                        " label."
                    )
                _strip(whole).rename(target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise DatasetError(f"{name} cannot be unpacked ({error}): make a plain zip file of it.") from None
    return Unpacked(target, pictures, excluded)


def _check_size(name: str, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_FILES or total > MAX_GIGABYTES * 1e9:
        raise DatasetError(
            f"{name} holds {len(members)} files of {total / 1e9:.1f} GB; at most {MAX_FILES} files of"
            f" {MAX_GIGABYTES} GB can be unpacked: unpack it by hand and give its folder."
        )


def _extract(
    opened: zipfile.ZipFile, members: list[zipfile.ZipInfo], target: Path
) -> tuple[int, list[tuple[str, str]]]:
    pictures, excluded = 0, []
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if any(is_hidden(part) for part in parts if part != ".."):
            continue
        try:
            _check_place(member, parts)
            content = opened.read(member)
            images.identify(content)
            place = target.joinpath(*parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        except (PictureError, zipfile.BadZipFile, zlib.error, OSError) as error:
            # One bad file does not spoil the rest.
            excluded.append((member.filename, getattr(error, "strerror", None) or str(error)))
        else:
            pictures += 1
    return pictures, excluded


def _check_place(member: zipfile.ZipInfo, parts: tuple[str, ...]) -> None:
    if not parts or ".." in parts or parts[0] == "/" or ":" in member.filename:
        raise PictureError("points outside of the zip file")
    if len(parts) < 2:
        raise PictureError("lies in no label folder")
    if member.file_size > MAX_PICTURE_MEGABYTES * 1e6:
        raise PictureError(f"is larger than {MAX_PICTURE_MEGABYTES} MB")


def _strip(folder: Path) -> Path:
    """Return the folder of the label folders; zip programs like to wrap it in another one."""
    inside = list(folder.iterdir())
    if len(inside) == 1 and inside[0].is_dir() and all(path.is_dir() for path in inside[0].iterdir()):
        return inside[0]
    return folder


def _datasets(workspace: Workspace) -> list[Path]:
    if not workspace.datasets.is_dir():
        return []
    inside = sorted(path for path in workspace.datasets.iterdir() if path.is_dir())
    return [path for path in inside if not is_hidden(path.name)]


def dataset_notes(dataset: Dataset) -> list[str]:
    """List in sentences what lies in a dataset's folder and is not used: files that cannot be, empty folders.

    Args:
        dataset: what a scan found.
    """
    refused, litter = len(dataset.refused), dataset.litter
    files = "1 file" if refused == 1 else f"{refused:,} files"
    sentences = [f"{files} cannot be used: the health check tells why."] if refused else []
    sentences += [f"{label}: no pictures. Training goes on without this label." for label in dataset.empty]
    if dataset.loose:
        pictures = "1 picture" if len(dataset.loose) == 1 else f"{len(dataset.loose):,} pictures"
        sentences.append(
            f"{pictures} beside the label folders instead of in one: {_first_few(dataset.loose)}."
        )
    if dataset.hidden:
        sentences.append(
            f"Hidden, as a dot begins the name, and so passed over: {_first_few(dataset.hidden)}."
        )
    if litter:
        left = "1 file" if litter == 1 else f"{litter:,} files"
        sentences.append(f"Passed over: {left} that phones and desktops leave behind.")
    return sentences


def _first_few(names: Sequence[str], most: int = 3) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def dataset_warnings(dataset: Dataset) -> list[str]:
    """List what may spoil a training, in sentences: too few pictures, labels of very different size.

    Args:
        dataset: with at least one label.
    """
    counts = dataset.counts()
    sentences = []
    few = {label: n for label, n in counts.items() if n < FEW_PICTURES}
    if len(counts) < 2:
        sentences.append("There is only one label: a classifier needs at least two to tell apart.")
    if few:
        listed = ", ".join(f"{label} ({n})" for label, n in few.items())
        sentences.append(
            f"Few pictures: {listed}. Below {FEW_PICTURES} a label is hard to train and to evaluate."
        )
    largest, smallest = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[largest] > IMBALANCE * max(counts[smallest], 1):
        sentences.append(
            f"Out of balance: {largest} has {counts[largest]} pictures, {smallest} only {counts[smallest]}."
            " Training draws every label equally often, but of a small label it has few examples."
        )
    return sentences
