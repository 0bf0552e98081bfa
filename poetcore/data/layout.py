"""Is this folder the right one: not one too high, such as one that holds `train` and `test`, or a wrapper?"""

from dataclasses import dataclass
from pathlib import Path

from poetcore.errors import DatasetError
from poetcore.system.files import printable
from poetcore.system.names import is_hidden

__all__ = ["DEMO_NAMES", "TRAIN_NAMES", "Level", "LevelError", "better_level", "demo_beside"]

#: What the parts of a divided set are called; of several demo parts the first in this order is meant.
TRAIN_NAMES = ("train", "training")
DEMO_NAMES = ("demo", "test", "testing", "valid", "validation", "val", "eval", "holdout", "dev")

#: A wrapper in a wrapper happens; more than that is some other tree.
_DEEPEST = 4


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


class LevelError(DatasetError):
    """A folder one too high was given; `level` has the one that is meant.

    Args:
        level: where the label folders are.
    """

    def __init__(self, level: Level) -> None:
        self.level = level
        beside = f", and {printable(level.demo)} to evaluate on" if level.demo else ""
        super().__init__(
            f"The label folders are not in {printable(level.given)} but further down: give"
            f" {printable(level.train)}{beside}."
        )


def better_level(folder: Path) -> Level | None:
    """Return where the label folders are if they are not in this folder itself, or None.

    A folder is one too high where all its folders are called like the parts of a divided set and hold folders
    themselves, or where it holds one folder only, and that nothing but several folders.

    Args:
        folder: a folder that can be read.
    """
    return _below(folder, folder, _DEEPEST)


def demo_beside(folder: Path) -> Path | None:
    """Return the demo folder beside a folder of training pictures of a divided set, or None."""
    if folder.name.casefold() not in TRAIN_NAMES or not folder.parent.is_dir():
        return None
    return _first(_folders(folder.parent), DEMO_NAMES)


def _below(given: Path, folder: Path, deepest: int) -> Level | None:
    inside = _folders(folder)
    names = {path.name.casefold() for path in inside}
    train = _first(inside, TRAIN_NAMES)
    if train and names <= {*TRAIN_NAMES, *DEMO_NAMES} and _folders(train):
        return Level(given, train, _first(inside, DEMO_NAMES))
    if len(inside) != 1 or not deepest:
        return None
    (only,) = inside
    deeper = _below(given, only, deepest - 1)
    if deeper:
        return deeper
    loose = any(not path.is_dir() and not is_hidden(path.name) for path in only.iterdir())
    return Level(given, only, None) if len(_folders(only)) > 1 and not loose else None


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not is_hidden(path.name) and path.is_dir())
    except OSError:
        return []


def _first(folders: list[Path], names: tuple[str, ...]) -> Path | None:
    """Return the folder whose name comes first among `names`, whatever its case."""
    found = {path.name.casefold(): path for path in reversed(folders)}
    return next((found[name] for name in names if name in found), None)
