"""Tunings as child processes: start, follow, stop, resume. What they do is written in their folders.

A child goes on when the page, the browser or the server ends, and is found again by its tuning's folder.
"""

import subprocess
from dataclasses import replace

from poetcore.system.processes import start_module, tail
from poetcore.training.tuning.checks import check_resumable, check_tuning
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.reporting import stopped_after
from poetcore.training.tuning.studies import create_study, studies
from poetcore.training.tuning.study import Study
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace

__all__ = ["Tunings"]


class Tunings:
    """The tunings of a workspace.

    Args:
        workspace: where they are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        # Kept only so that ended children are reaped; everything else is on disk.
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self, options: TuneOptions) -> Study:
        """Start a tuning and return its folder.

        Raises:
            DatasetError: the pictures cannot be trained on; then there is no tuning.
            OptionError: an option is impossible, or the name is taken.
        """
        check_tuning(options, self.workspace)
        study = create_study(options, self.workspace)
        self._work_on(study)
        return study

    def resume(self, study: Study) -> None:
        """Go on with a tuning that was stopped, failed or died; trials that have ended are not done again.

        Raises:
            OptionError: it is going on, or its settings are chosen already.
            RunError: its files are damaged.
        """
        check_resumable(study)
        study.cancel_file.unlink(missing_ok=True)
        study.write_status(replace(study.status().of_process(0), phase="starting", message=""))
        self._work_on(study)

    def running(self) -> Study | None:
        """Return the newest tuning that goes on, or None."""
        for study in studies(self.workspace):
            if not self.status(study).final:
                return study
        return None

    def status(self, study: Study) -> Status:
        """Return what a tuning is doing, or how it ended; see `Study.current_status`."""
        return study.current_status()

    def recover(self) -> None:
        """Write `failed` into the folders of tunings whose process died without saying so."""
        # First: children that have ended are reaped, so that none counts as alive.
        self._children = [child for child in self._children if child.poll() is None]
        for study in studies(self.workspace):
            status = self.status(study)
            if status.phase == "failed" and not study.status().final and not status.elsewhere:
                study.write_status(status)

    def cancel(self, study: Study) -> Status:
        """Interrupt a tuning's process, end it if it goes on, and return how the tuning ended.

        What has ended of it is kept: `resume` goes on.
        """
        return study.cancel(stopped_after(study))

    def log_tail(self, study: Study, lines: int = 15) -> str:
        """Return the end of what the process printed."""
        return "\n".join(tail(study.log_file, lines))

    def _work_on(self, study: Study) -> None:
        child = start_module("poetcore.training.tuning.worker", [str(study.folder)], study.log_file)
        self._children.append(child)
        # The child needs a good part of a second before it writes its first status.
        study.write_status(study.status().of_process(child.pid))
