"""The files in label folders and beside them, whatever happens to the folders meanwhile."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from poetcore.system.file_kinds import is_sidecar
from poetcore.system.files import walk

__all__ = ["LabelFiles", "label_files", "may_be_pictures"]

#: Bytes; what is larger and lies beside the label folders is hardly a picture.
_LARGEST_LOOSE = 200_000_000

#: Why a link to a folder is not followed, as the end of a sentence.
_CROSSES = "leads to the pictures of another label or to a folder above, so it is not followed"


@dataclass(frozen=True)
class LabelFiles:
    """What lies in label folders.

    Attributes:
        label_of: each file, also one that is a folder which cannot be read or is gone: its label.
        passed_over: files that a system or device made by itself.
        crossing: links that are not followed, each with the reason.
    """

    label_of: dict[Path, str]
    passed_over: tuple[Path, ...]
    crossing: dict[Path, str]


def label_files(folders: Sequence[Path]) -> LabelFiles:
    """List the files in label folders, in natural order; no link makes one count under two labels.

    Args:
        folders: whose names are the labels.
    """
    real = {folder: os.path.realpath(folder) for folder in folders}
    labels = frozenset(real.values())
    above = {str(parent) for place in labels for parent in Path(place).parents}
    label_of: dict[Path, str] = {}
    passed_over: list[Path] = []
    crossing: list[Path] = []
    for folder in folders:
        own = real[folder]

        def crosses(place: str, own: str = own) -> bool:
            if f"{place}{os.sep}".startswith(f"{own}{os.sep}"):
                return False
            return place in above or any(str(one) in labels for one in (Path(place), *Path(place).parents))

        try:
            found = walk(folder, passed_over.append, crosses, crossing.append)
            inside = [Path(entry.path) for entry in found]
        except OSError:  # no permission, or gone: listed among the refused, with the reason
            inside = [folder]
        label_of |= dict.fromkeys(inside, folder.name)
    return LabelFiles(label_of, tuple(passed_over), dict.fromkeys(crossing, _CROSSES))


def may_be_pictures(files: Iterable[Path]) -> list[Path]:
    """Return the files that are worth reading: not an archive of gigabytes that lies there, nor its notes."""
    return [path for path in files if not is_sidecar(path.name) and _is_readable_size(path)]


def _is_readable_size(path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:  # gone, or no permission
        return False
    return S_ISREG(found.st_mode) and found.st_size <= _LARGEST_LOOSE
