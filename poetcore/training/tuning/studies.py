"""The tunings of a workspace: create one, find one, list them."""

import time
from datetime import datetime
from pathlib import Path

from poetcore.errors import OptionError, RunError
from poetcore.features.engines import concrete
from poetcore.system.options import flatten
from poetcore.system.temporary import take_name, temporary_folder
from poetcore.system.wording import few
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.records import Plan
from poetcore.training.tuning.settings import settings_of
from poetcore.training.tuning.study import Study
from poetcore.version import __version__
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace, check_run_name

__all__ = ["create_study", "delete_study", "find_study", "studies"]


def create_study(options: TuneOptions, workspace: Workspace) -> Study:
    """Create the folder of a tuning in the phase "starting".

    Raises:
        OptionError: its name is taken or cannot be a folder's name, or there are too many trials.
    """
    settings = settings_of(options)
    name = options.name or f"{datetime.now():%Y-%m-%d_%H-%M-%S}"
    check_run_name(name, "A tuning's name")
    workspace.tunings.mkdir(parents=True, exist_ok=True)
    values = {
        key: str(value) if isinstance(value, Path) else value for key, value in flatten(options).items()
    }
    created = datetime.now().astimezone().isoformat(timespec="seconds")
    with temporary_folder(workspace.tunings / name) as made:
        Study(made).write_status(Status("starting", total=len(settings), pid=0, heartbeat=time.time()))
        for number in range(1, 1000):
            folder = workspace.tunings / (name if number == 1 else f"{name}_{number}")
            chosen = values | {"name": folder.name, "engine": concrete(options.engine)}
            Study(made).write_plan(Plan(chosen, settings, {"poet": __version__}, created))
            if take_name(made, folder):
                return Study(folder)
            if options.name:
                break
    raise OptionError(f"A tuning named {name!r} is there already: choose another name, or resume it.")


def delete_study(study: Study) -> None:
    """Delete a tuning with its trials; runs that were trained from it stay.

    Raises:
        OptionError: it is going on.
    """
    study.delete("tuning")


def studies(workspace: Workspace) -> list[Study]:
    """List every tuning of a workspace, the newest first, damaged ones among them."""
    try:
        found = [study for folder in workspace.tunings.iterdir() if (study := Study(folder)).exists()]
    except OSError:  # there are none yet
        return []
    return sorted(found, key=lambda study: (study.began(), study.name), reverse=True)


def find_study(name: str, workspace: Workspace) -> Study:
    """Find a tuning by its name; `latest` is the newest.

    Raises:
        RunError: there is none of that name.
    """
    every = studies(workspace)
    for study in every:
        if name in ("latest", study.name):
            return study
    listed = few([study.name for study in every]) if every else "none yet"
    raise RunError(f"No tuning named {name!r} in {workspace.tunings}. There are: {listed}.")
