"""The process that trains a run in the background: `python -m poetcore.training.worker RUN_FOLDER`.

It reads from the folder what it is to do, and what it prints goes into the run's log.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from time import time

from poetcore.errors import PoetError
from poetcore.system.processes import run_to_exit
from poetcore.system.progress import ProgressLog
from poetcore.training.config import RunConfig
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Job", "work"]


@dataclass(frozen=True)
class Job:
    """What a process is started for: the content of `config.json` in the run's folder.

    Attributes:
        config: of the run.
        root: folder of the workspace.
        models: the workspace's folder for converted backbones.
        bottlenecks: the workspace's folder for the caches.
        summaries: the workspace's folder for TensorBoard's event files.
    """

    config: RunConfig
    root: Path
    models: Path
    bottlenecks: Path
    summaries: Path

    @classmethod
    def of(cls, config: RunConfig, workspace: Workspace) -> "Job":
        """Return the job of a run in a workspace."""
        folders = (workspace.root, workspace.models, workspace.bottlenecks, workspace.summaries)
        return cls(config, *folders)

    def workspace(self) -> Workspace:
        """Return the workspace, with its folders wherever they are."""
        return Workspace(
            self.root, models=self.models, bottlenecks=self.bottlenecks, summaries=self.summaries
        )


def work(run: Run) -> None:
    """Train a run by the configuration in its folder.

    Args:
        run: one that has not begun.

    Raises:
        PoetError: the configuration, the pictures or the backbone cannot be used.
    """
    from poetcore.training.retrain import retrain

    log = ProgressLog(lambda line: print(line, flush=True))
    run.check_cancelled()  # before this process was known
    try:
        job = run.config(Job)
        retrain(job.config, job.workspace(), log)
    except PoetError as error:
        if not run.status().final:  # refused before the training began
            run.write_status(replace(run.status(), phase="failed", heartbeat=time(), message=str(error)))
        raise
    for skipped in run.record().skipped:
        print(f"Skipped: {skipped['path']} {skipped['reason']}.")
    print(run.status().message)


if __name__ == "__main__":
    run_to_exit(lambda: work(Run(Path(sys.argv[1]))))
