"""`review.csv`: what reviewers said of the pictures of an evaluation, a line for each time they said it.

Lines are only ever added, under a lock, so that two windows lose nothing to each other; one that a killed
process left half written does not count. Of the lines of a content the last one does.
"""

import os
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from filelock import FileLock, Timeout

from poetcore.errors import RunError
from poetcore.system.failures import as_poet_error, is_full, why_refused
from poetcore.system.files import sync_folder, write_all
from poetcore.system.reading import read_text_limited
from poetcore.system.spreadsheets import csv_line, read_line

__all__ = ["ReviewEntry", "ReviewFile"]

#: Seconds to wait for another writer; adding a thousand lines takes less than one.
_PATIENCE = 20.0


@dataclass(frozen=True)
class ReviewEntry:
    """What was said of a picture.

    Attributes:
        time: when, ISO 8601 with the time zone.
        sha: of its content.
        path: where it lay, for people who read the file.
        label: its true label then.
        predicted: its predicted label then.
        verdict: the verdict; "" takes an earlier one back.
        right_label: the label that it should have, for the verdict that its label is wrong.
        comment: in the reviewer's words.
    """

    time: str
    sha: str
    path: str
    label: str
    predicted: str
    verdict: str
    right_label: str = ""
    comment: str = ""


class ReviewFile:
    """The review of an evaluation on disk.

    Args:
        file: `EvaluationFolder.review_file`, which need not be there.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def state(self) -> tuple[int, ...]:
        """Return what changes with every line that is added; nothing where there is no file."""
        try:
            found = self.file.stat()
        except OSError:
            return ()
        return found.st_size, found.st_mtime_ns

    def last(self) -> dict[str, ReviewEntry]:
        """Read the last entry of each content, in the order in which these were first reviewed.

        Raises:
            RunError: the file is there and cannot be read, or is of another program.
        """
        try:
            text = read_text_limited(self.file, encoding="utf-8-sig", errors="replace")
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise RunError(
                f"{self.file} cannot be read ({error.strerror or error}): change its permissions."
            ) from None
        found: dict[str, ReviewEntry] = {}
        lines = text.split("\n")
        rows = [cells for line in lines if len(cells := read_line(line.rstrip("\r"))) == len(_COLUMNS)]
        if not rows and not csv_line(_COLUMNS).startswith(lines[0].rstrip("\r")):  # not torn: another kind
            raise RunError(
                f"{self.file} is damaged or was saved by another program: save it as CSV in UTF-8 with"
                " commas between the cells, or rename it to begin again."
            )
        for cells in rows:
            if cells != _COLUMNS:
                found[cells[1]] = ReviewEntry(*cells)
        return found

    def append(self, entries: Sequence[ReviewEntry]) -> None:
        """Add entries; returns when they would survive a power failure.

        Raises:
            RunError: the evaluation is gone, the file cannot be written, is of another program, or another
                program keeps it locked.
        """
        if not entries:
            return
        self.last()  # what is to be added to a file that cannot be read would hide that
        if not self.file.parent.is_dir():
            raise RunError(f"The evaluation {self.file.parent} is not there any more: evaluate again.")
        try:
            with FileLock(self.file.with_suffix(".lock")).acquire(timeout=_PATIENCE):
                self._add("".join(csv_line(astuple(entry)) for entry in entries))
        except Timeout:
            raise RunError(f"Another program keeps {self.file} locked: try again when it is done.") from None
        except OSError as error:
            if is_full(error):
                raise as_poet_error(OSError(error.errno, error.strerror, str(self.file))) or error from None
            why = why_refused(error, self.file)
            raise RunError(
                f"{self.file} cannot be written, because {why}: change the permissions of its folder."
            ) from None

    def _add(self, text: str) -> None:
        with self.file.open("ab+", buffering=0) as file:
            if not file.seek(0, os.SEEK_END):
                text = csv_line(_COLUMNS) + text
            else:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    text = "\r\n" + text  # the torn line of a killed process ends here
            end = file.seek(0, os.SEEK_END)
            try:
                write_all(file, text.encode("utf-8", "backslashreplace"))
                os.fsync(file.fileno())
            except OSError:  # a full disk
                file.truncate(end)
                raise
        sync_folder(self.file.parent)


_COLUMNS = [one.name for one in fields(ReviewEntry)]
