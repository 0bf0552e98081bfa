"""What people call a dataset and a run; paths and the names of run folders are for the command line."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from poetcore.data.layout import is_part_name
from poetcore.data.listing import is_listing_name
from poetcore.errors import OptionError, RunError
from poetcore.system.files import write_whole
from poetcore.system.reading import read_text_limited
from poetcore.workspace.records import read_record

__all__ = ["AUTOMATIC_NAME", "automatic_title", "folder_title", "read_title", "write_title"]

#: How a run is named that nobody named.
AUTOMATIC_NAME = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(_\d+)?")

#: Characters of a title that people typed: a line of a list.
_LONGEST = 80

#: Not `%b`, which is another in other languages.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def folder_title(path: Path, *, whole: bool = False) -> str:
    """Return a folder's name, with that of the folder above where it is called like a part of a set.

    >>> folder_title(Path("/photos/flowers/demo")), folder_title(Path("/photos/mushrooms"))
    ('flowers/demo', 'mushrooms')
    >>> folder_title(Path("/photos/flowers/train"), whole=True)
    'flowers'

    Args:
        path: the folder, a CSV file, or a split of one.
        whole: whether the name of the set is enough, without that of its part.
    """
    if not (is_part_name(path.name) and path.parent.name):
        return path.stem if whole and is_listing_name(path) else path.name or str(path)
    return folder_title(path.parent, whole=True) if whole else f"{path.parent.name}/{path.name}"


def automatic_title(folder: Path, began: float) -> str:
    """Return the title of a run that has none of its own: `flowers · lite0 · 25 Nov 22:53`, or its name.

    Args:
        folder: the run's folder, whose name is the title where somebody chose it.
        began: when it began, seconds since 1970.
    """
    if not AUTOMATIC_NAME.fullmatch(folder.name):
        return folder.name
    for file in ("run.json", "config.json"):
        with suppress(RunError):
            told = read_record(folder / file, _Told)
            dataset = folder_title(Path(told.image_dir), whole=True)
            return f"{dataset} · {_short(told.backbone or told.architecture)} · {_moment(began)}"
    return folder.name


@dataclass(frozen=True)
class _Told:
    """What the automatic title of a run is made of, before and after its training."""

    image_dir: str
    backbone: str = ""
    architecture: str = ""


def read_title(file: Path) -> str:
    """Read a title that people gave; empty where there is none."""
    try:
        return read_text_limited(file).strip()
    except (OSError, ValueError):
        return ""


def write_title(file: Path, text: str) -> None:
    """Write a title, or delete the one that is there where the text is empty.

    Raises:
        OptionError: it has control characters, or is longer than a line.
    """
    title = " ".join(text.split())
    if not title:
        file.unlink(missing_ok=True)
        return
    if not title.isprintable() or len(title) > _LONGEST:
        raise OptionError(
            f"A title has 1 to {_LONGEST} characters and no control characters. Received: {title!r}."
        )
    write_whole(file, f"{title}\n")


def _short(backbone: str) -> str:
    return backbone.removeprefix("efficientnet_").replace("_", " ")


def _moment(time: float) -> str:
    when = datetime.fromtimestamp(time)
    return f"{when.day} {_MONTHS[when.month - 1]} {when:%H:%M}"
