"""Pictures of a folder that are kept for evaluation: a list of their contents, which works like a folder.

The pictures stay where they are. Since the list names contents, not files, it follows a picture that is
renamed, or given another label: its label is that of the folder in which it lies now.
"""

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from poetcore.errors import DatasetError
from poetcore.system.checksums import sealed, unsealed
from poetcore.system.files import printable, write_whole
from poetcore.system.reading import open_regular, read_text_limited
from poetcore.system.shapes import fits

__all__ = ["HeldOut", "home_of", "is_held_out", "read_held_out", "write_held_out"]

#: How such a file begins, by which it is told from any other JSON.
_MARK = '{"held_out_of": '

_SHA = re.compile(r"[0-9a-f]{64}")


class _Listed(TypedDict):
    """What such a file holds."""

    held_out_of: str
    how: str
    contents: list[str]


@dataclass(frozen=True)
class HeldOut:
    """A list of held-out pictures.

    Attributes:
        home: the folder of label folders, or the CSV file, that the pictures are of; absolute.
        how: what was held out, "20%" of each label or "50" pictures of each; "" of a run's testing pictures.
        contents: sha256 of each picture, 64 hexadecimal digits.
    """

    home: Path
    how: str
    contents: frozenset[str]


def is_held_out(path: Path) -> bool:
    """Return whether a path is a list of held-out pictures, as `write_held_out` makes one."""
    if path.suffix.lower() != ".json":
        return False
    try:
        with open_regular(path) as file:
            return file.read(len(_MARK)) == _MARK.encode()
    except (OSError, ValueError):
        return False


def read_held_out(path: Path) -> HeldOut:
    """Read a list of held-out pictures.

    Raises:
        DatasetError: it is missing or damaged.
    """
    try:
        values = unsealed(json.loads(read_text_limited(path)))
        contents = frozenset(values["contents"])
        if not (fits(values, _Listed) and all(map(_SHA.fullmatch, contents))):
            raise ValueError
        home = Path(values["held_out_of"])
        if is_held_out(home):  # of a list there is no list: it might lead in a circle
            raise ValueError
        return HeldOut(home, str(values["how"]), contents)
    except OSError as error:
        reason = error.strerror or error
        raise DatasetError(f"The list of pictures {printable(path)} cannot be read ({reason}).") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DatasetError(
            f"The list of pictures {printable(path)} is damaged: delete it, and hold out pictures anew."
        ) from None


def write_held_out(path: Path, home: Path, contents: Iterable[str], how: str = "") -> None:
    """Write a list of held-out pictures.

    Args:
        path: the file, whose name ends in .json; one that is there is replaced.
        home: the dataset that the pictures are of; of a list, what that is of.
        contents: sha256 of each picture.
        how: as in `HeldOut`.
    """
    values = {"held_out_of": os.path.abspath(home_of(home)), "how": how, "contents": sorted(set(contents))}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(sealed(values)) + "\n")


def home_of(path: Path) -> Path:
    """Return where the pictures of a dataset lie: of a list of held-out ones the folder, else the path."""
    return read_held_out(path).home if is_held_out(path) else path
