"""Files that are written where someone says: what they may be called, and that nothing of theirs is lost.

What is there already is replaced only where Poet wrote it and nobody changed it since, where it is empty, or
where that is asked for (`--force`). Which files those are is told by a note in their folder, `.poet_written`,
of the hash and the size of each content that was written there: so it holds whatever a file is called, for
whichever workspace, and goes along where the folder is moved.
"""

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from poetcore.errors import OptionError, PoetError
from poetcore.system.failures import unwritable
from poetcore.system.files import is_same_place, printable, writing_whole
from poetcore.system.reading import read_limited
from poetcore.system.temporary import temporary_path

__all__ = [
    "NOTE",
    "check_ending",
    "check_output",
    "check_output_folder",
    "check_source_stays",
    "is_written",
    "note_written",
    "write_output",
    "writing_output",
]

#: The note of what was written into a folder.
NOTE = ".poet_written"

_NOTE_HEAD = (
    "# SHA-256 and size of what Poet wrote into this folder. A file with another content is not replaced"
    " without --force.\n"
)
_NOTE_BYTES = 50_000_000


def check_ending(file: Path, endings: Collection[str], what: str) -> None:
    """Check that a file of this name can be written.

    Args:
        file: what is to be written.
        endings: those that are known, in lower case, each with its dot.
        what: what is written, as the beginning of a sentence.

    Raises:
        OptionError: its ending is none of these, or a folder of that name is there.
    """
    if file.suffix.lower() not in endings:
        raise OptionError(
            f"{what} written as {', '.join(endings)}: choose one of these endings. Received:"
            f" {printable(file)}."
        )
    if file.is_dir():
        raise OptionError(f"{printable(file)} is a folder: give the name of a file.")


def check_source_stays(file: Path, dataset: Path) -> None:
    """Check that a file to be written is not the CSV file that a dataset is read from.

    Args:
        file: what is to be written.
        dataset: a folder, a CSV file, or a split of one (`labels.csv/test`).

    Raises:
        OptionError: it is.
    """
    if is_same_place(file, dataset) or is_same_place(file, dataset.parent):
        raise OptionError(
            f"{printable(file)} is the list of pictures itself, which would be lost: give another file."
        )


def check_output(file: Path, force: bool = False) -> None:
    """Check that a file can be written, before the work that is to end in it; its folder is made.

    Args:
        file: what is to be written; a link is judged by the file that it leads to.
        force: whether to replace what others wrote. Only a usual file is ever replaced.

    Raises:
        OptionError: it cannot be written, is no usual file, or holds something that Poet did not write.
    """
    target = _replaceable(file, force)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_path(target)
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise _refused(file, error) from None


def check_output_folder(folder: Path, name: str) -> None:
    """Check that a folder into which files are written is one, or can become one.

    Args:
        folder: it may be missing.
        name: of the option, such as `--heat_maps`.

    Raises:
        OptionError: a file, a pipe or the like is there.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise OptionError(f"{printable(folder)} is a file: {name} is a folder.")


def write_output(file: Path, content: str | bytes, force: bool = False) -> None:
    """Write a file whole, as `writing_output` does."""
    with writing_output(file, force) as out:
        out.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing_output(file: Path, force: bool = False) -> Iterator[BinaryIO]:
    """Open a file to be written in parts; it is there once it is whole, and noted as Poet's.

    Args:
        file: one that is there is replaced if Poet wrote it; through a link, what it leads to.
        force: whether to replace what others wrote.

    Raises:
        OptionError: as `check_output` raises it.
    """
    target = _replaceable(file, force)
    try:
        with writing_whole(target) as out:
            yield out
            out.flush()
            note_written(target.parent, [Path(out.name)])
    except OSError as error:
        raise _refused(file, error) from None


def note_written(folder: Path, files: Iterable[Path]) -> None:
    """Note the contents of files as written by Poet into a folder; where that fails, they need `--force`.

    Args:
        folder: where they are, or will be once they have their names.
        files: as they are now.
    """
    note = folder / NOTE
    with suppress(OSError):
        lines = [_line(file) for file in files]
        known = _noted(folder)
        if note.is_symlink() or (os.path.lexists(note) and not known.startswith(_NOTE_HEAD.encode())):
            return  # it is something else
        added = "".join(dict.fromkeys(line for line in lines if line.encode() not in known))
        with note.open("a", encoding="ascii", newline="\n") as out:
            out.write(added if known else _NOTE_HEAD + added)


def _replaceable(file: Path, force: bool) -> Path:
    """Return the file that is to be written, behind all links.

    Raises:
        OptionError: it may not be replaced.
    """
    target = Path(os.path.realpath(file))
    try:
        found = target.stat()
    except FileNotFoundError:
        return target
    except OSError as error:
        raise _refused(file, error) from None
    if stat.S_ISDIR(found.st_mode):
        raise OptionError(f"{printable(file)} is a folder: give the name of a file.")
    if not stat.S_ISREG(found.st_mode):
        raise OptionError(
            f"{printable(file)} is not a file (a pipe or a device), and is never replaced: give another file."
        )
    if found.st_size and not force and not is_written(target):
        raise OptionError(
            f"{printable(file)} is there already, and Poet has no note that it wrote it as it is now (older"
            " versions left none): give another file, or replace it with --force (in Python force=True)."
        )
    return target


def is_written(file: Path, folder: Path | None = None) -> bool:
    """Return whether Poet wrote a file as it is now.

    Args:
        file: it is there.
        folder: that has the note of it; by default its own.
    """
    noted = _noted(folder or file.parent)
    try:
        # What has a size of none is not hashed to its end.
        return f" {file.stat().st_size}\n".encode() in noted and _line(file).encode() in noted
    except OSError:
        return False


def _noted(folder: Path) -> bytes:
    """Return what the note of a folder holds; nothing where there is none."""
    with suppress(OSError):
        return read_limited(folder / NOTE, _NOTE_BYTES)
    return b""


def _line(file: Path) -> str:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return f"{digest} {opened.tell()}\n"


def _refused(file: Path, error: OSError) -> PoetError:
    return unwritable(file, error, "give another file")
