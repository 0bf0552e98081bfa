"""Trainings as child processes: start, follow, cancel. What they do is written in their run folders.

A child goes on when the page, the browser or the server ends, and is found again by its run's folder.
"""

import subprocess
from dataclasses import replace

from poetcore.system.processes import start_module, tail
from poetcore.training.checks import check_config, check_pictures
from poetcore.training.config import RunConfig
from poetcore.training.worker import Job
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace

__all__ = ["Jobs"]


class Jobs:
    """The trainings of a workspace.

    Args:
        workspace: where the runs are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        # Kept only so that ended children are reaped; everything else is on disk.
        self._children: list[subprocess.Popen[bytes]] = []

    def start_training(self, config: RunConfig) -> Run:
        """Start a training and return its run.

        Args:
            config: of the run; it is written into the run's folder for the process that trains it.

        Raises:
            DatasetError: the pictures cannot be trained on; then there is no run.
            OptionError: an option is impossible, or the run's name is taken.
        """
        check_config(config, self.workspace)
        check_pictures(config, self.workspace)
        run = self.workspace.create_run(config.name)
        run.write_config(Job.of(replace(config, name=run.name), self.workspace))
        child = start_module("poetcore.training.worker", [str(run.folder)], run.log_file)
        self._children.append(child)
        # The child needs a good part of a second before it writes its first status.
        run.write_status(run.status().of_process(child.pid))
        return run

    def status(self, run: Run) -> Status:
        """Return what a run is doing, or how it ended; see `Run.current_status`."""
        return run.current_status()

    def recover(self) -> None:
        """Write `failed` into the folders of runs whose process died without saying so."""
        # First: children that have ended are reaped, so that none counts as alive.
        self._children = [child for child in self._children if child.poll() is None]
        for run in self.workspace.all_runs():
            status = self.status(run)
            if status.phase == "failed" and run.state() != "failed" and not status.elsewhere:
                run.write_status(status)

    def running(self) -> Run | None:
        """Return the newest run that is being trained, or None."""
        for run in self.workspace.all_runs():
            if not self.status(run).final:
                return run
        return None

    def finish(self, run: Run) -> None:
        """Let a run that is being fine-tuned end that with the best so far, and go on to its end."""
        run.stop_file.touch()

    def cancel(self, run: Run) -> Status:
        """Interrupt a run's process and return how the run ended; see `JobFolder.cancel`."""
        if not self.status(run).final:
            run.stop_file.touch()  # so that an interrupted fine-tuning ends, and is not finished
        return run.cancel("Stopped before it was finished.")

    def log_tail(self, run: Run, lines: int = 15) -> str:
        """Return the end of what the process printed."""
        return "\n".join(tail(run.log_file, lines))
