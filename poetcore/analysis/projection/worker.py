"""The process that arranges a map: `python -m poetcore.analysis.projection.worker FOLDER`."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from poetcore.analysis.projection.methods import project_to_2d
from poetcore.analysis.projection.stored import Projection
from poetcore.system.processes import run_to_exit
from poetcore.system.progress import Progress

__all__ = ["work"]


def work(projection: Projection) -> None:
    """Project what lies in a folder, with the method that its name begins with.

    Raises:
        PoetError: it cannot be projected so.
    """

    def show(progress: Progress, phase: str = "") -> None:
        projection.check_cancelled()
        status = projection.status()
        if not status.final:
            projection.write_status(
                replace(
                    status.of_process(os.getpid()),
                    phase=phase or progress.phase,
                    done=progress.done,
                    total=progress.total,
                )
            )

    with projection.worked_on("is being arranged"):
        shas, components = projection.components()
        show(Progress("projecting"))
        projection.write_places(shas, project_to_2d(components, projection.method, on_progress=show))
        show(Progress("projecting"), "done")


if __name__ == "__main__":
    # Threads of OpenMP that wait by running in circles take the cores from all others.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    run_to_exit(lambda: work(Projection(Path(sys.argv[1]))))
