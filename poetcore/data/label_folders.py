"""What is in a folder of label folders, by the names alone: labels, and what is none of them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from poetcore.data.labels import match_labels, unusable_name
from poetcore.data.layout import LevelError, better_level, folders_in, level_above
from poetcore.data.listing import is_listing_name, listing_hint
from poetcore.errors import DatasetError
from poetcore.system.disks import is_folder
from poetcore.system.file_kinds import is_hidden, is_litter, is_picture_name
from poetcore.system.files import printable
from poetcore.system.names import natural_key

__all__ = ["LabelFolders", "label_folders"]

#: Endings of what people download datasets as; only the dashboard unpacks them, and only zip files.
_ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz"}


@dataclass(frozen=True)
class LabelFolders:
    """The folders and files in a folder of label folders.

    Attributes:
        folders: those whose names are the labels, in natural order.
        unusable: folders whose name cannot be a label, each with the reason.
        loose: visible files beside the folders, in natural order.
        hidden: folders with pictures that are passed over, as a dot begins their name.
    """

    folders: tuple[Path, ...]
    unusable: Mapping[Path, str]
    loose: tuple[Path, ...]
    hidden: tuple[Path, ...]


def label_folders(folder: Path, known_labels: Sequence[str] | None = ()) -> LabelFolders:
    """List the label folders in a folder, and what lies beside them.

    Args:
        folder: the folder of label folders.
        known_labels: where all its folders are called like these, it is the right one whatever they hold;
            None where it must be taken as it is.

    Raises:
        DatasetError: the folder is missing, cannot be read or holds no label folders.
        LevelError: it is one too high or too low.
    """
    inside = _inside(folder)
    found = folders_in(folder)
    files = tuple(path for path in inside if not is_hidden(path.name) and not is_folder(path))
    if not found:
        hint = listing_hint(folder)
        level = level_above(folder) if known_labels is not None and not hint else None
        if level:
            raise LevelError(level)
        make = "Its files lie loose: make" if files else "Make"
        raise DatasetError(
            f"No label folders in {printable(folder)}. {make} one folder per category, named after it,"
            f" and put its pictures inside.{hint}"
        )
    names = [path.name for path in found]
    if known_labels is not None and len(match_labels(names, known_labels)) < len(names):
        level = better_level(folder)
        if level:
            raise LevelError(level)
    unusable = {path: reason for path in found if (reason := unusable_name(path.name))}
    if len(unusable) == len(found):
        path, reason = next(iter(unusable.items()))
        raise DatasetError(
            f"No label folder in {printable(folder)} can be used: {printable(path)!r} {reason}."
        )
    return LabelFolders(
        tuple(path for path in found if path not in unusable),
        unusable,
        files,
        tuple(path for path in inside if _is_hidden_label(path)),
    )


def _inside(folder: Path) -> list[Path]:
    if not os.path.lexists(folder):
        if is_listing_name(folder):
            raise DatasetError(f"No such CSV file: {printable(folder)}. Give one of paths and labels.")
        raise DatasetError(
            f"No such folder: {printable(folder)}. Give a folder that holds one folder per label."
        )
    if not is_folder(folder):
        first = "unpack it and " if folder.suffix.lower() in _ARCHIVES else ""
        raise DatasetError(
            f"{printable(folder)} is a file: {first}give a folder that holds one folder per label, or a CSV"
            " file of paths and labels."
        )
    try:
        return sorted(folder.iterdir(), key=lambda path: natural_key(path.name))
    except OSError as error:
        raise DatasetError(
            f"The folder {printable(folder)} may not be read"
            f" ({error.strerror or error}): change its permissions."
        ) from None


def _is_hidden_label(folder: Path) -> bool:
    """Return whether pictures lie in a folder that somebody hid by a dot, by the names of the files."""
    if not folder.name.startswith(".") or is_litter(folder.name):
        return False
    try:
        names = [path.name.lower() for path in folder.iterdir()]
    except OSError:
        return False
    return any(is_picture_name(name) for name in names if not is_hidden(name))
