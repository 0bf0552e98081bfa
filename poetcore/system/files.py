"""Files: walking folders, writing them whole, their names as text; and work in chunks on every core."""

import os
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from poetcore.system.file_kinds import is_hidden, is_litter, is_picture_name
from poetcore.system.names import natural_key
from poetcore.system.temporary import temporary_path

__all__ = [
    "cores",
    "in_chunks",
    "is_same_place",
    "is_unicode",
    "one_line",
    "printable",
    "replace_patiently",
    "walk",
    "write_whole",
    "writing_whole",
]

T = TypeVar("T")


def walk(folder: Path, on_litter: Callable[[Path], object] | None = None) -> Iterator[os.DirEntry[str]]:
    """Yield every file below a folder, names in natural order, without hidden ones.

    Links to folders are followed, and every folder is entered once. A link whose target is gone is yielded
    like a file, so that it can be reported; so is an empty folder with a picture's ending ("x.jpg"), which is
    most likely a mistake.

    Args:
        folder: where to begin.
        on_litter: called with each file that is passed over because a system or device made it by itself;
            such a folder counts as one.
    """
    yield from _walk(str(folder), set(), on_litter)


def _walk(
    folder: str, seen: set[str], on_litter: Callable[[Path], object] | None
) -> Iterator[os.DirEntry[str]]:
    """Walk a folder; `seen` has the real paths of all folders that were entered."""
    seen.add(os.path.realpath(folder))
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: natural_key(entry.name))
    for entry in listed:
        if is_hidden(entry.name):
            if on_litter and is_litter(entry.name):
                on_litter(Path(entry.path))
            continue
        if not _is_folder(entry):
            yield entry
            continue
        if os.path.realpath(entry.path) in seen:
            continue
        try:
            inside = False
            for found in _walk(entry.path, seen, on_litter):
                inside = True
                yield found
        except PermissionError:
            yield entry
        else:
            if not inside and is_picture_name(entry.name):
                yield entry


def is_same_place(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same, by whatever link, and in any case where a disk has none."""
    with suppress(OSError):
        return one.samefile(other)
    # A file or folder may be gone, and the split of a CSV file (`labels.csv/test`) is none.
    return os.path.realpath(one) == os.path.realpath(other)


def write_whole(path: Path, content: str | bytes, *, home: Path | None = None) -> None:
    """Write a file under a temporary name, then rename it, so that readers see the old or the new one.

    Args:
        path: of the file.
        content: of the file.
        home: see `writing_whole`.
    """
    with writing_whole(path, home=home) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing_whole(path: Path, *, home: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file to be written in parts under a temporary name, and rename it once it is whole.

    Args:
        path: of the file. Folders that it lies in and that are missing are made.
        home: a folder above it that is not made again where it is gone, as one of a run that was deleted.

    Raises:
        FileNotFoundError: `home` is gone.
    """
    if home is None:
        path.parent.mkdir(parents=True, exist_ok=True)
    else:
        for folder in list(reversed(path.relative_to(home).parents))[1:]:
            with suppress(FileExistsError):
                (home / folder).mkdir()
    temporary = temporary_path(path)
    try:
        with temporary.open("wb") as file:
            yield file
        replace_patiently(temporary, path)
    except BaseException:  # a full disk, Ctrl-C
        temporary.unlink(missing_ok=True)
        raise


def replace_patiently(temporary: Path, path: Path) -> None:
    """Rename a file or folder; Windows refuses while a program looks into it, which takes moments."""
    for attempt in range(20):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            if attempt == 19:
                raise
            time.sleep(0.05)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def is_unicode(path: Path) -> bool:
    """Return whether a path can be stored and shown: Linux allows any bytes, tables and pages do not."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(path: Path) -> str:
    r"""Return a path as text that can always be stored and shown, foreign bytes as `\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def one_line(text: str) -> str:
    r"""Return a text as one line of a terminal shows it: a line break in a name as `\n`."""
    broken = ("Cc", "Cs", "Zl", "Zp")  # but not the joiners of emoji and other scripts
    return "".join(repr(one)[1:-1] if unicodedata.category(one) in broken else one for one in text)


def in_chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items of a stream in lists of at most `size` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
