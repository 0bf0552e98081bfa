"""The folder beside the label folders in which pictures are set aside, with a list of the reasons."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from poetcore.data.layout import QUARANTINE, QUARANTINE_MARK
from poetcore.system.files import make_folder, sync_folder, write_whole
from poetcore.system.spreadsheets import csv_text
from poetcore.system.temporary import clear_leftovers

__all__ = ["Quarantine"]

_REASONS = "REASONS.csv"


class Quarantine:
    """The pictures that are set aside from a dataset: `quarantine/<label>/<picture>`.

    Args:
        dataset: the folder of label folders.
    """

    def __init__(self, dataset: Path) -> None:
        self.folder = dataset / QUARANTINE
        self._mark = self.folder / QUARANTINE_MARK
        self._reasons = self.folder / _REASONS

    def is_a_label(self) -> bool:
        """Return whether the user keeps pictures of a label in a folder of that name."""
        return self.folder.is_dir() and not self._mark.exists() and any(self.folder.iterdir())

    def prepare(self) -> None:
        """Create the folder and mark it, so that it is not taken for a label."""
        make_folder(self.folder)
        clear_leftovers(self.folder)
        self._mark.touch()
        sync_folder(self.folder)

    def list_reasons(self, pictures: Iterable[tuple[str, str, str, str]]) -> None:
        """Write the list for people to read.

        Args:
            pictures: one a row: where it is now, where it was, the reason, when it was proposed.
        """
        if not self._mark.exists():
            return
        text = csv_text([("picture", "from", "reason", "time"), *pictures])
        # Windows refuses while the list is open in another program; the next step writes it again.
        with contextlib.suppress(OSError):
            write_whole(self._reasons, text.encode("utf-8-sig"))

    def clear(self) -> None:
        """Remove the list and the mark if nothing is set aside."""
        clear_leftovers(self.folder)
        if self._mark.exists() and {p.name for p in self.folder.iterdir()} <= {_REASONS, QUARANTINE_MARK}:
            self._reasons.unlink(missing_ok=True)
            self._mark.unlink()
