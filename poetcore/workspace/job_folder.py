"""A folder in which a process works: `status.json` says what it is doing, `job.log` what it printed.

A run's folder is one, and a tuning's. Whoever reads it asks nobody else whether the process still lives: it
holds the folder's lock, which the system takes from one that ends, on every machine that shares the disk.
"""

import contextlib
import functools
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from poetcore.errors import OptionError, RunError
from poetcore.system.files import write_whole
from poetcore.system.identity import end_process
from poetcore.system.locks import holder_of, in_use, locked, users_of
from poetcore.system.temporary import temporary_path
from poetcore.workspace.records import as_record, read_record
from poetcore.workspace.run_record import DAMAGED, Status, why_it_died

__all__ = ["JobFolder", "using_run"]

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")
Used = TypeVar("Used", bound="JobFolder")


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
        #: Where this lies, its process ends as soon as it can, on whatever machine.
        self.cancel_file = folder / "cancel"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    def status(self) -> Status:
        """Read what it is doing, or how it ended.

        Raises:
            RunError: `status.json` is missing or damaged, or the folder is gone.
        """
        if not self.folder.is_dir():
            raise self.gone()
        return read_record(self._status_file, Status, self.remedy)

    def current_status(self) -> Status:
        """Return what it is doing, or how it ended, without writing anything.

        It is failed where its process died without saying so, and damaged where its files cannot be read.
        """
        try:
            status = self.status()
            if not status.final and not self.is_worked_on(status):
                status = self.status()  # it may have ended between the two looks
                if not status.final:
                    return replace(status, phase="failed", message=why_it_died(self.log_file))
            self.check_readable(status)
        except RunError as error:
            began = self.began()
            return Status(DAMAGED, started=began, heartbeat=began, pid=0, message=str(error))
        return status

    def write_status(self, status: Status) -> None:
        """Write `status.json`; how it ended is written so that a power cut does not undo it.

        Raises:
            RunError: the folder was deleted or renamed meanwhile.
        """
        self.write("status.json", as_record(status.identified()), sync=status.final)

    def write(self, name: str, content: str | bytes, *, sync: bool = True) -> None:
        """Write a file of the folder whole; the folder itself is never made again.

        Args:
            name: of the file, with slashes where it lies in folders.
            content: of the file.
            sync: return only when it would survive a power cut.

        Raises:
            RunError: the folder was deleted or renamed meanwhile.
        """
        try:
            write_whole(self.folder / name, content, home=self.folder, sync=sync)
        except FileNotFoundError:
            raise self.gone() from None

    def gone(self) -> RunError:
        """Return what is raised where the folder was deleted or renamed while it was worked on or read."""
        return RunError(f"{self.folder} was deleted or renamed meanwhile: {self.remedy}.")

    @contextlib.contextmanager
    def worked_on(self, doing: str) -> Iterator[None]:
        """Hold the folder's lock for the time of a `with` block, in which this process works on it.

        Args:
            doing: what others are told: "is being trained".

        Raises:
            OptionError: another process works on it.
        """
        with locked(self.folder, doing):
            yield

    def check_unused(self, called: str) -> None:
        """Check that nobody works on it or reads it.

        Args:
            called: what it is called in a sentence: "run".

        Raises:
            OptionError: somebody does.
        """
        if not self.folder.is_dir():
            raise RunError(f"There is no {called} {self.name!r} any more: it was deleted or renamed.")
        status = self.current_status()
        if not status.final:
            where = f" on {status.elsewhere}" if status.elsewhere else ""
            raise OptionError(
                f"The {called} {self.name!r} is being worked on{where}: stop it first, then delete it."
            )
        for user in users_of(self.folder):
            raise OptionError(f"The {called} {self.name!r} {user.words}: delete it when that is done.")

    def delete(self, called: str) -> None:
        """Delete the folder with everything in it.

        Args:
            called: as in `check_unused`.

        Raises:
            OptionError: somebody works on it or reads it; nothing is deleted then.
            RunError: it is not there.
        """
        self.check_unused(called)
        with locked(self.folder, "is being deleted"):
            self.check_unused(called)
            gone = temporary_path(self.folder)
            self.folder.rename(gone)  # at once, so that nothing half deleted is listed
            shutil.rmtree(gone, ignore_errors=True)

    def is_worked_on(self, status: Status) -> bool:
        """Return whether the process of a status that is not final still works.

        Args:
            status: as it was read.
        """
        return status.is_alive() or holder_of(self.folder) is not None

    def check_cancelled(self) -> None:
        """Check whether the process that works on it is asked to end, and interrupt it then.

        Raises:
            KeyboardInterrupt: it is.
        """
        if self.cancel_file.exists():
            raise KeyboardInterrupt

    def cancel(self, message: str) -> Status:
        """Ask the process to end, interrupt it and end it if it goes on, and return how it ended.

        One on another machine, or that does not run a command of Poet's, such as a notebook, is asked only;
        then what is returned is not final.

        Args:
            message: of the status, where the process does not write one itself.
        """
        status = self.current_status()
        if status.final:
            return status
        self.cancel_file.touch()
        if not status.elsewhere:
            end_process(status.pid, status.birth, not_after=status.heartbeat)
        status = self.status()
        if status.phase in ("done", "cancelled"):
            return status
        if status.final or not status.pid or not self.is_worked_on(status):
            # On Windows a process cannot write how it ended, and elsewhere it may fail on the signal.
            status = replace(status, phase="cancelled", heartbeat=time.time(), message=message)
            self.write_status(status)
        return status

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


def using_run(
    doing: str,
) -> Callable[
    [Callable[Concatenate[Used, Arguments], Returned]], Callable[Concatenate[Used, Arguments], Returned]
]:
    """Return a decorator for a function that reads the run it is given first, which is not deleted meanwhile.

    Args:
        doing: what others are told: "is being evaluated".
    """

    def decorated(
        function: Callable[Concatenate[Used, Arguments], Returned],
    ) -> Callable[Concatenate[Used, Arguments], Returned]:
        @functools.wraps(function)
        def used(run: Used, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
            with in_use(run.folder, doing):
                return function(run, *args, **kwargs)

        return used

    return decorated
