"""The process that works on a tuning in the background: `python -m poetcore.training.tuning.worker FOLDER`.

It reads from the folder what it is to do, and what it prints goes into the tuning's log.
"""

import sys
from dataclasses import replace
from pathlib import Path
from time import time

from poetcore.errors import PoetError
from poetcore.system.processes import run_to_exit
from poetcore.system.progress import ProgressLog
from poetcore.training.tuning.study import Study
from poetcore.workspace.workspace import Workspace

__all__ = ["work"]


def work(study: Study) -> None:
    """Work on a tuning by the plan in its folder, which lies in its workspace.

    Raises:
        PoetError: the plan, the pictures or a backbone cannot be used.
    """
    from poetcore.training.tuning.tune import run_study

    log = ProgressLog(lambda line: print(line, flush=True))
    try:
        print(run_study(study, Workspace(study.folder.parents[1]), log).sentence)
    except PoetError as error:
        if not study.status().final:  # refused before it began
            study.write_status(replace(study.status(), phase="failed", heartbeat=time(), message=str(error)))
        raise


if __name__ == "__main__":
    run_to_exit(lambda: work(Study(Path(sys.argv[1]))))
