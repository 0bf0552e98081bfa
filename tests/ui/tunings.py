"""Tunings made by hand, without a training: a plan, trials that ended, and what was chosen."""

import time
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.training.tuning.choice import COMPARED, Choice, Separate
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.records import Trial
from poetcore.training.tuning.studies import create_study
from poetcore.training.tuning.study import Study
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace

#: Four settings vary, in 2 x 2 x 2 x 3 trials.
PLAN = {
    "architecture": "efficientnet_lite0,efficientnet_lite0+efficientnet_lite2",
    "head": "gradient_descent",
    "learning_rate": "0.01,0.1",
    "how_many_training_steps": "2000",
    "weight_decay": "0,0.001",
    "max_pictures_per_label": "50,100,-1",
}

_COSTS = {
    "efficientnet_lite0": {"multiply_adds": 385.0, "megabytes": 18.6, "pictures_per_second": 95.0},
    "efficientnet_lite0+efficientnet_lite2": {
        "multiply_adds": 1390.0,
        "megabytes": 43.0,
        "pictures_per_second": None,
    },
}


def made_study(
    place: Workspace,
    image_dir: Path,
    ended: int = 24,
    phase: str = "done",
    diverged: int = -1,
    **options: str,
) -> Study:
    """Make the folder of a tuning.

    Args:
        place: the workspace.
        image_dir: the dataset.
        ended: how many trials have ended; of a finished tuning all.
        phase: of its status; nobody works on it.
        diverged: number of a trial without an accuracy.
        **options: of `TuneOptions`, in place of those of `PLAN`.
    """
    study = create_study(TuneOptions(image_dir, **(PLAN | options)), place)
    settings = study.settings()
    study.write_environment({"pictures": 1000, "labels": ["a", "b"], "costs": _COSTS, "cores": 2})
    draw = np.random.default_rng(0)
    for number, setting in enumerate(settings[:ended]):
        accuracy = (
            0.88
            + 0.02 * ("+" in setting.architecture)
            + 0.01 * (setting.learning_rate > 0.05)
            + 0.01 * (setting.max_pictures_per_label == -1)
            + float(draw.normal(0, 0.003))
        )
        if number == diverged:
            study.add(Trial(number, None, None, None, None, 0.1, "The training diverged."), {})
            continue
        study.add(Trial(number, accuracy, accuracy - 0.02, accuracy + 0.018, 0.4 - accuracy / 10, 1.2), {})
    if phase == "done":
        study.write_choice(_choice(study.trials()))
    study.write_status(Status(phase, ended, len(settings), heartbeat=time.time() - 60, pid=0))
    return study


def _choice(trials: pd.DataFrame) -> Choice:
    """Choose the most accurate, and the first that is at most 2.5 points worse."""
    lag = trials["accuracy"] - trials["accuracy"].max()
    best, simplest = int(trials["number"][lag.idxmax()]), int(trials["number"][(lag > -0.025).idxmax()])
    rows = [
        (n, one, one - 0.02, one + 0.02, 0.2, min(1.0, 0.05 - one), one > -0.025)
        for n, one in lag.dropna().items()
    ]
    compared = pd.DataFrame(rows, columns=list(COMPARED)).sort_values("difference", ascending=False)
    how = "In turn a fifth of the pictures was held out, the choice made without it, and tried on it."
    return Choice(
        best,
        simplest,
        compared,
        Separate(0.902, 1000, (0.88, 0.92), how),
        Separate(0.894, 1000, (0.87, 0.91), how),
        f"Trial {simplest} is as good as the best, trial {best}, as far as 1,000 pictures can tell.",
    )
