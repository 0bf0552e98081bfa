"""Folders of this computer, to be chosen without typing: where to begin, and how many pictures each holds.

Counted by the names of files alone, and for a bounded time: a folder that is not counted to its end says so.
"""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from poetcore.data.dataset import dataset_exists
from poetcore.data.layout import better_level, demo_beside, folders_in
from poetcore.errors import RunError
from poetcore.system.file_kinds import is_hidden, is_picture_name
from poetcore.system.files import is_unicode, write_whole
from poetcore.workspace.records import read_json
from poetcore.workspace.workspace import Workspace

__all__ = [
    "Place",
    "inside",
    "is_remembered",
    "looked_at",
    "recent_folders",
    "remember_folder",
    "starting_places",
]

#: Folders that are remembered.
_REMEMBERED = 12

#: Folders of the home folder that are offered, as systems call them.
_AT_HOME = ("Pictures", "Desktop", "Downloads", "Documents")

#: Where systems show disks, cards and sticks.
_MOUNTS = ("/Volumes", "/media", "/mnt", "/run/media")


@dataclass(frozen=True)
class Place:
    """A folder, and what it holds.

    Attributes:
        path: the folder.
        labels: how many folders with pictures stand side by side in it, or below its wrappers.
        pictures: how many pictures there are in these, or loose in it where there are none.
        whole: whether all was counted.
        train: the folder to use as a dataset, which may lie below; None where there are no label folders.
        demo: the folder of demo pictures beside it, or None.
    """

    path: Path
    labels: int = 0
    pictures: int = 0
    whole: bool = True
    train: Path | None = None
    demo: Path | None = None


def looked_at(folder: Path, until: float) -> Place:
    """Count the labels and pictures of a folder.

    Args:
        folder: the folder.
        until: the time, by `time.monotonic`, at which counting stops.
    """
    if time.monotonic() > until:
        return Place(folder, whole=False)
    level = better_level(folder)
    train = level.train if level else folder
    labels = pictures = 0
    whole = True
    for label in folders_in(train):
        if time.monotonic() > until:
            whole = False
            break
        count, done = _count(label, until)
        labels, pictures, whole = labels + (count > 0), pictures + count, whole and done
    if labels:
        demo = level.demo if level else demo_beside(train)
        return Place(folder, labels, pictures, whole, train, demo)
    with suppress(OSError):
        pictures = sum(_is_visible_picture(path.name) for path in folder.iterdir())
    return Place(folder, 0, pictures, whole)


def inside(folder: Path, seconds: float = 1.0) -> list[Place]:
    """List the folders in a folder, in natural order, each with what it holds.

    Without those whose names are no Unicode, which no page can show.

    Args:
        folder: the folder.
        seconds: how long counting may take altogether.
    """
    until = time.monotonic() + seconds
    return [looked_at(one, until) for one in folders_in(folder) if is_unicode(one)]


def starting_places() -> list[Path]:
    """List where people keep pictures: their own folders, then disks, cards and sticks."""
    home = Path.home()
    places = [home / name for name in _AT_HOME] + [home, Path.cwd()]
    if os.name == "nt":
        import psutil

        places += [Path(disk.mountpoint) for disk in psutil.disk_partitions()]
    else:
        places += [one for mount in _MOUNTS for one in folders_in(Path(mount))] + [Path("/")]
    return [place for place in dict.fromkeys(places) if is_unicode(place) and place.is_dir()]


def recent_folders(workspace: Workspace) -> list[Path]:
    """List the folders outside of the workspace that were used, the latest first."""
    found = [Path(name) for name in _remembered(workspace)]
    found += [Path(run.record().image_dir) for run in workspace.finished_runs()]
    outside = [one for one in dict.fromkeys(found) if not one.is_relative_to(workspace.root)]
    return [one for one in outside if is_unicode(one) and dataset_exists(one)][:_REMEMBERED]


def remember_folder(workspace: Workspace, folder: Path) -> None:
    """Remember that a folder or CSV file was chosen."""
    names = [str(folder), *(name for name in _remembered(workspace) if name != str(folder))]
    with suppress(OSError):  # a convenience, not worth an error
        write_whole(_file(workspace), json.dumps(names[:_REMEMBERED]))


def is_remembered(workspace: Workspace, folder: Path) -> bool:
    """Return whether a folder is among those that were chosen lately; the disk is not asked after it."""
    return str(folder) in _remembered(workspace)


def _file(workspace: Workspace) -> Path:
    return workspace.root / "recent_folders.json"


def _remembered(workspace: Workspace) -> list[str]:
    with suppress(RunError, TypeError):
        return [str(name) for name in read_json(_file(workspace))]
    return []


def _count(folder: Path, until: float) -> tuple[int, bool]:
    """Count the pictures below a folder, and return whether that came to its end; links are not followed."""
    count = 0
    for _, folders, files in os.walk(folder):
        if time.monotonic() > until:
            return count, False
        folders[:] = [name for name in folders if not is_hidden(name)]
        count += sum(map(_is_visible_picture, files))
    return count, True


def _is_visible_picture(name: str) -> bool:
    return is_picture_name(name) and not is_hidden(name)
