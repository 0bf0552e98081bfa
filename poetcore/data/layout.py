"""Is this folder the right one: not one too high, such as one that holds `train` and `test`, or a wrapper?"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from poetcore.data.labels import unusable_name
from poetcore.data.listing import demo_part, is_listing
from poetcore.data.part_names import DEMO_NAMES, TRAIN_NAMES
from poetcore.errors import DatasetError
from poetcore.system.disks import is_folder
from poetcore.system.file_kinds import is_hidden, is_picture_name
from poetcore.system.files import printable, walk
from poetcore.system.names import natural_key
from poetcore.system.wording import few

__all__ = [
    "QUARANTINE",
    "QUARANTINE_MARK",
    "Level",
    "LevelError",
    "better_level",
    "demo_beside",
    "folders_in",
    "is_part_name",
    "level_above",
]

#: Beside the label folders, what was set aside; a folder of this name without the mark is a label like any.
QUARANTINE = "quarantine"
QUARANTINE_MARK = ".poet"


#: A wrapper in a wrapper happens; more than that is some other tree.
_DEEPEST = 4

#: So many labels are named where a folder above is proposed.
_NAMED = 3


@dataclass(frozen=True)
class Level:
    """Where the label folders are, seen from a folder that was given.

    Attributes:
        given: the folder that was given.
        train: the folder that holds the label folders to train on.
        demo: the folder beside it that holds the same labels for evaluation, or None.
    """

    given: Path
    train: Path
    demo: Path | None

    @property
    def is_above(self) -> bool:
        """Whether the folder that was given is one too low: a label folder itself."""
        return self.given.parent == self.train


class LevelError(DatasetError):
    """A folder one too high or too low was given; `level` has the one that is meant.

    Args:
        level: where the label folders are.
    """

    def __init__(self, level: Level) -> None:
        self.level = level
        given, train = printable(level.given), printable(level.train)
        if level.is_above:
            labels = [path.name for path in folders_in(level.train) if not unusable_name(path.name)]
            super().__init__(
                f"{given} holds pictures itself, not one folder per label: give the folder above it, {train},"
                f" whose label folders are {few(labels, _NAMED)}."
            )
            return
        beside = f", and {printable(level.demo)} to evaluate on" if level.demo else ""
        super().__init__(f"The label folders are not in {given} but further down: give {train}{beside}.")


def folders_in(folder: Path) -> list[Path]:
    """List the folders in a folder that may be label folders, in natural order.

    Hidden ones and what Poet set aside are no labels; of a folder that cannot be read there are none.
    """
    try:
        inside = list(folder.iterdir())
    except OSError:
        return []
    found = [path for path in inside if not is_hidden(path.name) and is_folder(path)]
    return sorted((p for p in found if not _is_quarantine(p)), key=lambda path: natural_key(path.name))


def _is_quarantine(folder: Path) -> bool:
    return folder.name == QUARANTINE and os.path.lexists(folder / QUARANTINE_MARK)


def better_level(folder: Path) -> Level | None:
    """Return where the label folders are if they are not in this folder itself, or None.

    A folder is one too high where its folders are called like the parts of a divided set and hold folders
    themselves, or where it holds one folder only, with several folders that hold most of its files.

    Args:
        folder: a folder that can be read.
    """
    return _below(folder, folder, _DEEPEST)


def level_above(folder: Path) -> Level | None:
    """Return the folder above if this one is a label folder among others, or None.

    Args:
        folder: one without folders in it.
    """
    beside = [path for path in folders_in(folder.parent) if _holds_pictures(path)]
    if folder.parent == folder or len(beside) < 2 or not _holds_pictures(folder):
        return None
    return Level(folder, folder.parent, demo_beside(folder.parent))


def demo_beside(folder: Path) -> Path | None:
    """Return the demo folder beside a folder of training pictures of a divided set, or None.

    Args:
        folder: the folder; of a CSV file the demo pictures are some of its rows.
    """
    if is_listing(folder):
        with suppress(DatasetError):
            return part if (part := demo_part(folder)) != folder else None
        return None
    if not _is_part(folder.name, TRAIN_NAMES):
        return None
    return _demo_among(folders_in(folder.parent))


def _below(given: Path, folder: Path, deepest: int) -> Level | None:
    if not deepest:  # links may lead in a circle
        return None
    inside = folders_in(folder)
    train = _first(inside, TRAIN_NAMES)
    if train and folders_in(train) and _is_divided(inside, train, deepest):
        return Level(given, _unwrapped(train, deepest), _demo_among(inside, deepest))
    if len(inside) != 1:
        return None
    (only,) = inside
    deeper = _below(given, only, deepest - 1)
    if deeper:
        return deeper
    return Level(given, only, None) if _holds_labels(only) else None


def _is_divided(inside: Sequence[Path], train: Path, deepest: int) -> bool:
    """Return whether these are the parts of one set: by their names, or as another part has its labels."""
    if all(is_part_name(path.name) for path in inside):
        return True
    demo = _demo_among(inside, deepest)
    return demo is not None and len(_names(_unwrapped(train, deepest)) & _names(demo)) > 1


def _demo_among(folders: Sequence[Path], deepest: int = _DEEPEST) -> Path | None:
    """Return the demo part of a divided set; pictures without labels cannot be evaluated on."""
    demo = _first([path for path in folders if folders_in(path)], DEMO_NAMES)
    return _unwrapped(demo, deepest) if demo else None


def _unwrapped(part: Path, deepest: int) -> Path:
    """Return the folder of label folders of a part: some are wrapped once more, `train/train/<label>`."""
    deeper = _below(part, part, deepest - 1)
    return deeper.train if deeper else part


def _holds_labels(only: Path) -> bool:
    """Return whether a folder looks like one of label folders: several, and few files beside them."""
    loose = sum(1 for _ in _files(only))
    filled = [path for path in folders_in(only) if _first_file(path) or folders_in(path)]
    in_folders = sum(1 for _ in islice((entry for path in filled for entry in _walk(path)), loose + 1))
    return len(filled) > 1 and in_folders > loose


def _names(folder: Path) -> set[str]:
    return {path.name.casefold() for path in folders_in(folder)}


def _files(folder: Path) -> Iterator[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    yield from (path for path in inside if not is_hidden(path.name) and not is_folder(path))


def _holds_pictures(folder: Path) -> bool:
    """Return whether a picture lies in a folder, by the names of its files."""
    return any(is_picture_name(path.name) for path in _files(folder))


def _first_file(folder: Path) -> Path | None:
    return next(_files(folder), None)


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        yield from walk(folder)
    except OSError:
        return


def _first(folders: Sequence[Path], names: tuple[str, ...]) -> Path | None:
    """Return the folder whose name comes first among `names`, whatever its case."""
    ranks = {path: rank for path in folders if (rank := _rank(path.name, names)) is not None}
    return min(ranks, key=lambda path: (ranks[path], path.name)) if ranks else None


def is_part_name(name: str) -> bool:
    """Return whether a folder is called like a part of a divided set: train, demo, validation ..."""
    return _is_part(name, (*TRAIN_NAMES, *DEMO_NAMES))


def _is_part(name: str, names: tuple[str, ...]) -> bool:
    return _rank(name, names) is not None


def _rank(name: str, names: tuple[str, ...]) -> int | None:
    """Return the place in `names` of a word that a folder is called by: `Train`, `seg_test`, `test set`."""
    words = re.split(r"[\s_\-.]+", name.casefold())
    if len(words) > 2:
        return None
    return next((rank for rank, part in enumerate(names) if part in words), None)
