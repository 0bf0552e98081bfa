"""Files: walking folders, writing them whole, their names as text; and work in chunks on every core."""

import os
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase
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
    "make_folder",
    "one_line",
    "printable",
    "replace_patiently",
    "sync_file",
    "sync_folder",
    "sync_tree",
    "walk",
    "write_all",
    "write_whole",
    "writing_whole",
]

T = TypeVar("T")


def walk(
    folder: Path,
    on_litter: Callable[[Path], object] | None = None,
    is_elsewhere: Callable[[str], bool] | None = None,
    on_elsewhere: Callable[[Path], object] | None = None,
) -> Iterator[os.DirEntry[str]]:
    """Yield every file below a folder, names in natural order, without hidden ones.

    Links to folders are followed, and every folder is entered once. A link whose target is gone is yielded
    like a file, so that it can be reported; so is a folder that cannot be read, is gone meanwhile or has too
    long a path, and an empty one with a picture's ending ("x.jpg"), which is most likely a mistake.

    Args:
        folder: where to begin.
        on_litter: called with each file that is passed over because a system or device made it by itself;
            such a folder counts as one.
        is_elsewhere: whether a folder, by its real path, is not entered.
        on_elsewhere: called with each such folder.

    Raises:
        OSError: the folder itself cannot be read.
    """
    top = os.path.realpath(folder)
    seen = {top}
    # Folders that are being walked, outer ones first, each with what is left in it; not by recursion, since
    # a path of 4,000 bytes has room for more folders than Python has for calls.
    walked: list[tuple[os.DirEntry[str] | None, str, Iterator[os.DirEntry[str]]]]
    walked = [(None, top, _listed(str(folder)))]
    filled = [False]
    while walked:
        owner, place, left = walked[-1]
        entry = next(left, None)
        if entry is None:
            walked.pop()
            if filled.pop():
                filled[-1:] = [True]
            elif owner and is_picture_name(owner.name):
                filled[-1:] = [True]
                yield owner
        elif is_hidden(entry.name):
            if on_litter and is_litter(entry.name):
                on_litter(Path(entry.path))
        elif not _is_folder(entry):
            filled[-1] = True
            yield entry
        elif (real := _real(entry, place)) in seen:
            continue
        elif is_elsewhere and is_elsewhere(real):
            if on_elsewhere:
                on_elsewhere(Path(entry.path))
        else:
            seen.add(real)
            try:
                walked.append((entry, real, _listed(entry.path)))
                filled.append(False)
            except OSError:
                filled[-1] = True
                yield entry


def _real(entry: os.DirEntry[str], above: str) -> str:
    """Return the real path of a folder in one whose real path is known: only links need to be followed."""
    if os.name == "nt" or entry.is_symlink():  # a junction of Windows is none of its links
        return os.path.realpath(entry.path)
    return os.path.join(above, entry.name)  # noqa: PTH118


def _listed(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return iter(sorted(entries, key=lambda entry: natural_key(entry.name)))


def is_same_place(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same, by whatever link, and in any case where a disk has none."""
    with suppress(OSError):
        return one.samefile(other)
    # A file or folder may be gone, and the split of a CSV file (`labels.csv/test`) is none.
    return os.path.realpath(one) == os.path.realpath(other)


def write_whole(path: Path, content: str | bytes, *, home: Path | None = None, sync: bool = True) -> None:
    """Write a file under a temporary name, then rename it, so that readers see the old or the new one.

    Args:
        path: of the file.
        content: of the file.
        home: see `writing_whole`.
        sync: see `writing_whole`.
    """
    with writing_whole(path, home=home, sync=sync) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing_whole(path: Path, *, home: Path | None = None, sync: bool = True) -> Iterator[BinaryIO]:
    """Open a file to be written in parts under a temporary name, and rename it once it is whole.

    Args:
        path: of the file. Folders that it lies in and that are missing are made.
        home: a folder above it that is not made again where it is gone, as one of a run that was deleted.
        sync: return only when it would survive a power cut, with what was renamed in its folder before; else
            a power cut may leave the old file, the new one, or an empty one.

    Raises:
        FileNotFoundError: `home` is gone.
    """
    make_folder(path.parent, home=home, sync=sync)
    temporary = temporary_path(path)
    try:
        with temporary.open("wb") as file:
            yield file
            if sync:
                file.flush()
                os.fsync(file.fileno())
        replace_patiently(temporary, path)
    except BaseException as error:  # a full disk, Ctrl-C
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a write that fails does not name its file
        raise
    if sync:
        sync_folder(path.parent)


def write_all(file: RawIOBase, content: bytes) -> None:
    """Write to a file that is open without a buffer; a full disk takes a part first and refuses the rest."""
    while content:
        content = content[file.write(content) or 0 :]


def make_folder(folder: Path, *, home: Path | None = None, sync: bool = True) -> None:
    """Make a folder and those above it, where they are missing.

    Args:
        folder: the folder.
        home: see `writing_whole`.
        sync: return only when they would survive a power cut.

    Raises:
        FileNotFoundError: `home` is gone.
    """
    missing = [place for place in (folder, *folder.parents) if not os.path.lexists(place)]
    if home is None:
        folder.mkdir(parents=True, exist_ok=True)
    else:
        for inner in reversed(missing):
            if inner.is_relative_to(home) and inner != home:
                with suppress(FileExistsError):
                    inner.mkdir()
    for made in reversed(missing) if sync else ():
        sync_folder(made.parent)


def sync_tree(folder: Path) -> None:
    """Wait until all files below a folder would survive a power cut, and the folders too."""
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # a link that leads nowhere
                sync_file(Path(place, name))
        sync_folder(Path(place))


def sync_file(path: Path) -> None:
    """Wait until a file's content would survive a power cut."""
    _sync(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Wait until what was made, renamed and deleted in a folder would survive a power cut.

    Windows has no such call, and some disks refuse it; they keep the order of such changes by themselves.
    """
    if os.name != "nt":
        with suppress(OSError):
            _sync(folder, os.O_RDONLY)


def _sync(path: Path, how: int) -> None:
    number = os.open(path, how)
    try:
        os.fsync(number)
    finally:
        os.close(number)


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
