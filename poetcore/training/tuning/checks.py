"""What is checked before a tuning begins or goes on, so that one that must fail is refused at once."""

from poetcore.errors import OptionError, RunError
from poetcore.training.checks import check_config, check_pictures
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.settings import settings_of
from poetcore.training.tuning.study import Study
from poetcore.workspace.workspace import Workspace

__all__ = ["check_resumable", "check_tuning"]


def check_tuning(options: TuneOptions, workspace: Workspace) -> None:
    """Check that a tuning can begin: its settings, its backbones and its pictures.

    Raises:
        DatasetError: the pictures cannot be trained on.
        OptionError: a setting is impossible, a backbone unknown, or there are too many trials.
    """
    settings = settings_of(options)
    for setting in {one.architecture: one for one in settings}.values():
        check_config(setting.config(options), workspace)
    check_pictures(settings[0].config(options), workspace)


def check_resumable(study: Study) -> None:
    """Check that a tuning can go on.

    Raises:
        OptionError: it is going on, or its settings are chosen already.
        RunError: its files are damaged.
    """
    study.settings(), study.options()
    status = study.current_status()
    if status.phase == "done" and _is_chosen(study):
        raise OptionError(f"The tuning {study.name!r} is finished: begin another to try other settings.")
    if not status.final:
        raise OptionError(f"The tuning {study.name!r} is going on: wait for its end, or stop it first.")


def _is_chosen(study: Study) -> bool:
    """Return whether settings are chosen; a choice that cannot be read is made again."""
    try:
        return study.choice() is not None
    except RunError:
        return False
