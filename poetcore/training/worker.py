"""The process that trains a run in the background: `python -m poetcore.training.worker RUN_FOLDER`.

It reads from the folder what it is to do, and what it prints goes into the run's log.
"""

import sys
from pathlib import Path

from poetcore.system.processes import run_to_exit
from poetcore.system.progress import ProgressLog
from poetcore.training.config import Job
from poetcore.training.retrain import demo, retrain
from poetcore.workspace.run import Run

__all__ = ["work"]


def work(run: Run) -> None:
    """Train a run by the configuration in its folder.

    Args:
        run: one that has not begun.

    Raises:
        PoetError: the configuration, the pictures or the backbone cannot be used.
    """
    job = run.config(Job)
    log = ProgressLog(lambda line: print(line, flush=True))
    if job.draw_sample:
        demo(job.workspace(), log, run.name)
    else:
        retrain(job.config, job.workspace(), log)
    for skipped in run.record().skipped:
        print(f"Skipped: {skipped['path']} {skipped['reason']}.")
    print(run.status().message)


if __name__ == "__main__":
    run_to_exit(lambda: work(Run(Path(sys.argv[1]))))
