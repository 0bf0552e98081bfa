"""The worker of a tuning that waits for its end after some trials: `... held_worker FOLDER TRIALS`."""

import sys
import time
from pathlib import Path
from typing import Any

from poetcore.system.processes import run_to_exit
from poetcore.training.tuning.study import Study
from poetcore.training.tuning.worker import work

if __name__ == "__main__":
    study, trials = Study(Path(sys.argv[1])), int(sys.argv[2])
    add = Study.add

    def held(self: Study, *arguments: Any) -> None:
        add(self, *arguments)
        while len(self.ended()) >= trials:
            time.sleep(1)

    Study.add = held  # type: ignore[method-assign]
    run_to_exit(lambda: work(study))
