"""What is found to be wrong in a workspace, a sentence each, and what can be done about it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from poetcore.system.checksums import checksum_file

if TYPE_CHECKING:
    from poetcore.workspace.workspace import Workspace

__all__ = ["Check", "Finding", "delete", "set_aside", "size_of"]

#: "damage" gives wrong answers or none, a "leftover" takes space, a "note" is to be known only.
Kind = Literal["damage", "leftover", "note"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: how bad that is.
        place: the file or folder.
        sentence: what is wrong, and what can be done.
        bytes: how much it takes; 0 where that does not matter.
        repair: does what is safe, and returns what was done; None where only people can decide.
    """

    kind: Kind
    place: Path
    sentence: str
    bytes: int = 0
    repair: Callable[[], str] | None = field(default=None, repr=False, compare=False)

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "kind": self.kind,
            "place": str(self.place),
            "sentence": self.sentence,
            "bytes": self.bytes,
            "can_be_repaired": self.repair is not None,
        }


#: Looks for one kind of things in a workspace.
Check = Callable[["Workspace"], Iterator[Finding]]


def size_of(place: Path) -> int:
    """Return the bytes of a file, or of all files in a folder; links are not followed."""
    total = 0
    with suppress(OSError):
        if not place.is_dir() or place.is_symlink():
            return place.lstat().st_size
        for folder, _, names in os.walk(place):
            for name in names:
                with suppress(OSError):
                    total += (Path(folder) / name).lstat().st_size
    return total


def set_aside(*files: Path) -> str:
    """Rename damaged files to `NAME.damaged`, so that nothing reads them, and return what was done."""
    for file in files:
        if file.exists():
            file.replace(file.with_name(f"{file.name}.damaged"))
            checksum_file(file).unlink(missing_ok=True)
    named = " and ".join(file.name for file in files)
    return f"{named} {'is' if len(files) == 1 else 'are'} set aside as .damaged"


def delete(place: Path) -> str:
    """Delete what can be made again, or is of no use any more, and return what was done."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    return f"{place.name} is deleted"
