"""Planning to put all pictures of a label under another one: which file goes where, what that empties."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from poetcore.curation.changes import Change
from poetcore.curation.moving import content_of, free_name
from poetcore.data.layout import QUARANTINE, folders_in
from poetcore.errors import OptionError
from poetcore.system.files import is_unicode, printable
from poetcore.system.names import check_name

__all__ = ["Merge", "plan_merge"]


@dataclass(frozen=True)
class Merge:
    """What becomes of a label folder that is merged into another.

    Attributes:
        changes: one a file, whatever it is; its path is where it is now.
        targets: where each of them goes, in the same order.
        emptied: the folder and those inside it, inner ones first.
    """

    changes: tuple[Change, ...]
    targets: tuple[Path, ...]
    emptied: tuple[Path, ...]


def plan_merge(folder: Path, label: str, into: str) -> Merge:
    """Plan to move all files of a label folder into another; sub-folders keep their names.

    Args:
        folder: the folder of label folders.
        label: the name of the label folder that is emptied.
        into: the name of the one that takes its files; made where it is missing.

    Raises:
        OptionError: that is impossible.
    """
    labels = [path.name for path in folders_in(folder)]
    if label not in labels:
        names = ", ".join(map(repr, labels)) or "none"
        raise OptionError(f"No label folder {label!r} in {printable(folder)}: choose one of {names}.")
    if into not in labels:
        check_name(into, "A label")
    if QUARANTINE in (label.casefold(), into.casefold()):
        raise OptionError(f"{QUARANTINE!r} is the folder of what is set aside: rename that label by hand.")
    source, target = folder / label, folder / into
    if source == target or (target.exists() and source.samefile(target)):
        # Also where a disk holds Rose and rose, or two ways to compose a letter, for the same name.
        raise OptionError(
            f"{label!r} and {into!r} are one folder on this disk, so there is nothing to merge: rename it."
        )
    folders: list[Path] = [source]
    files: list[Path] = []
    for path in _below(source):
        (folders if path.is_dir() and not path.is_symlink() else files).append(path)
    if not files:
        raise OptionError(f"The label folder {printable(source)!r} is empty: remove it.")
    strange = [path for path in files if not is_unicode(path)]
    if strange:
        raise OptionError(f"{printable(strange[0])!r} has a name that is not valid Unicode: rename it first.")
    reason = f"{label!r} is merged into {into!r}"
    changes = tuple(Change(path, "relabel", content_of(path) or "", reason, into) for path in files)
    return Merge(changes, tuple(_targets(files, source, target)), tuple(reversed(folders)))


def _below(folder: Path) -> Iterator[Path]:
    """Yield everything below a folder, hidden or not, outer folders first; links are not followed.

    Raises:
        OptionError: a folder may not be read.
    """
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise OptionError(
            f"The folder {printable(folder)} may not be read ({error.strerror or error}): change its"
            " permissions."
        ) from None
    for path in inside:
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)


def _targets(files: Collection[Path], source: Path, target: Path) -> Iterator[Path]:
    taken: set[Path] = set()
    for path in files:
        free = free_name(target / path.relative_to(source), taken)
        taken.add(free)
        yield free
