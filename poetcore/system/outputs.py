"""Files that are written where someone says: what they may be called, and that nothing of theirs is lost."""

from collections.abc import Collection
from pathlib import Path

from poetcore.errors import OptionError
from poetcore.system.files import is_same_place, printable, write_whole
from poetcore.system.temporary import temporary_path

__all__ = ["check_ending", "check_source_stays", "check_writable", "write_output"]


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


def check_writable(file: Path) -> None:
    """Check that a file can be written, before the work that is to end in it; its folder is made.

    Raises:
        OptionError: it cannot.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_path(file)
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise _refused(file, error) from None


def write_output(file: Path, content: str | bytes) -> None:
    """Write a file whole; one that is there is replaced.

    Raises:
        OptionError: it cannot be written.
    """
    try:
        write_whole(file, content)
    except OSError as error:
        raise _refused(file, error) from None


def _refused(file: Path, error: OSError) -> OptionError:
    return OptionError(f"{printable(file)} cannot be written ({error.strerror or error}): give another file.")
