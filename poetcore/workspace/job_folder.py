"""A folder in which a process works: `status.json` says what it is doing, `job.log` what it printed.

A run's folder is one, and a tuning's. Whoever reads it asks nobody else whether the process still lives.
"""

from dataclasses import asdict, replace
from pathlib import Path

from poetcore.errors import RunError
from poetcore.system.files import write_whole
from poetcore.workspace.records import read_record, to_json
from poetcore.workspace.run_record import DAMAGED, Status, why_it_died

__all__ = ["JobFolder"]


class JobFolder:
    """The folder of one piece of work.

    Args:
        folder: must exist.
    """

    #: What to do where its status is damaged, for the end of a sentence.
    remedy = "start again"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.log_file = folder / "job.log"
        self._status_file = folder / "status.json"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    def status(self) -> Status:
        """Read what it is doing, or how it ended.

        Raises:
            RunError: `status.json` is missing or damaged.
        """
        status = read_record(self._status_file, Status)
        if not status.is_sound():
            raise RunError(f"{self._status_file} is damaged: {self.remedy}.")
        return status

    def current_status(self) -> Status:
        """Return what it is doing, or how it ended, without writing anything.

        It is failed where its process died without saying so, and damaged where its files cannot be read.
        """
        try:
            status = self.status()
            if not status.final and not status.is_alive():
                status = self.status()  # it may have ended between the two looks
                if not status.final:
                    return replace(status, phase="failed", message=why_it_died(self.log_file))
            self.check_readable(status)
        except RunError as error:
            began = self.began()
            return Status(DAMAGED, started=began, heartbeat=began, pid=0, message=str(error))
        return status

    def write_status(self, status: Status) -> None:
        """Write `status.json`."""
        write_whole(self._status_file, to_json(asdict(status)))

    def began(self) -> float:
        """Return when it began, seconds since 1970; if that is damaged, when its folder was changed."""
        try:
            return self.status().started
        except RunError:
            return self.folder.stat().st_mtime

    def check_readable(self, status: Status) -> None:
        """Check that what must be there by now can be read.

        Args:
            status: what it is doing, or how it ended.

        Raises:
            RunError: it cannot.
        """
