"""Trainings as child processes: start, watch, cancel. What they do is written in their run folders.

A child goes on when the page, the browser or the server ends, and whoever comes next finds it again.
"""

import contextlib
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

import psutil

from poetcore.system.processes import find_process, start_module, tail
from poetcore.training.config import RunConfig
from poetcore.workspace.run import Run, Status
from poetcore.workspace.workspace import Workspace

__all__ = ["Jobs"]

#: Seconds between making a run's folder and knowing its process, at the most.
_GRACE = 10

#: Seconds that a process may take to end after it was asked.
_PATIENCE = 10


class Jobs:
    """The trainings of a workspace.

    Args:
        workspace: where the runs are.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        # Kept only so that ended children are reaped; nothing else is known here that is not on disk.
        self._children: list[subprocess.Popen[bytes]] = []

    def start_training(self, config: RunConfig) -> Run:
        """Start a training and give its run.

        Raises:
            OptionError: the run's name is taken or impossible.
        """
        arguments = ["retrain", f"--image_dir={config.image_dir}", f"--architecture={config.architecture}"]
        arguments.append(f"--engine={config.engine}")
        arguments += [f"--{name}={value}" for name, value in asdict(config.training).items()]
        if config.augmentation.any:
            augmentation = asdict(config.augmentation)
            arguments += ["--flip_left_right"] if augmentation.pop("flip_left_right") else []
            arguments += [f"--{name}={value}" for name, value in augmentation.items()]
        if config.demo_dir:
            arguments.append(f"--demo_dir={config.demo_dir}")
        return self._start(arguments, config.name)

    def start_demo(self) -> Run:
        """Start the whole job on the drawn sample set and give its run."""
        return self._start(["demo"], None)

    def status(self, run: Run) -> Status:
        """Say what a run is doing; one whose process died without a word is failed from now on."""
        status = run.status()
        alive = not status.final and _alive(status)
        # Only now: a child that has just ended is to be reaped before it is reported.
        self._children = [child for child in self._children if child.poll() is None]
        if status.final or alive:
            return status
        status = run.status()  # it may have ended between the two looks
        if not status.final:
            message = "The training's process ended unexpectedly; its last words are in the log."
            status = replace(status, phase="failed", message=message)
            run.write_status(status)
        return status

    def running(self) -> Run | None:
        """Give the newest run that is being worked on, or None."""
        for run in self.workspace.all_runs():
            if not self.status(run).final:
                return run
        return None

    def cancel(self, run: Run) -> Status:
        """Ask a run's process to stop, end it if it does not, and say how the run stands."""
        status = self.status(run)
        if status.final:
            return status
        if status.pid:
            _end(status.pid)
        status = run.status()
        # On Windows a process has no chance to say goodbye, and elsewhere it may stumble over the signal.
        if status.phase not in ("done", "cancelled"):
            status = replace(
                status, phase="cancelled", heartbeat=time.time(), message="Stopped before it was finished."
            )
            run.write_status(status)
        return status

    def log_tail(self, run: Run, lines: int = 15) -> str:
        """Give the end of what the child process printed."""
        return "\n".join(tail(run.log_file, lines))

    def _start(self, arguments: Sequence[str], name: str | None) -> Run:
        run = self.workspace.create_run(name)
        places = [f"--run_name={run.name}", f"--workspace={self.workspace.root}"]
        child = start_module("poetcore", [*arguments, *places], run.log_file)
        self._children.append(child)
        # The child needs a good part of a second before it writes a word of its own.
        run.write_status(replace(run.status(), pid=child.pid, heartbeat=time.time()))
        return run


def _end(pid: int) -> None:
    """Ask a process to end; if it does not within its time, end it."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(pid)
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except psutil.TimeoutExpired:
            process.kill()
            # One that nobody reaps stays in the table; it does nothing any more.
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(_PATIENCE)


def _alive(status: Status) -> bool:
    """Tell whether the process that wrote a status still works on it."""
    if status.pid == 0:
        return time.time() - status.heartbeat < _GRACE
    return find_process(status.pid, not_after=status.heartbeat) is not None
