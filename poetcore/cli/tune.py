"""The command that tries many settings on the same cached features, and says which differences are real."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poetcore.cli.deletion import DeleteOption, YesOption, delete_named
from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, takes_options_of
from poetcore.errors import OptionError
from poetcore.features.backbones import DEFAULT, from_environment
from poetcore.system.figures import percent, points, with_interval
from poetcore.system.options import build, options_of
from poetcore.system.progress import Progress
from poetcore.training.tuning.options import TuneOptions
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from rich.table import Table

    from poetcore.cli.terminal import Terminal
    from poetcore.system.progress_bars import Bars
    from poetcore.training.tuning.choice import Choice
    from poetcore.training.tuning.study import Study

__all__ = ["tune"]

_OPTIONS = options_of(TuneOptions)

#: Trials that the table lists at the most.
_LISTED = 30

ImageDirOption = Annotated[
    Path | None,
    typer.Option("--image_dir", envvar=_OPTIONS["image_dir"].environment, help=_OPTIONS["image_dir"].help),
]
ArchitectureOption = Annotated[
    str,
    typer.Option(
        default_factory=lambda: from_environment(os.environ),
        show_default=False,
        help=f"{_OPTIONS['architecture'].help}"
        f"  [env: TFP_ARCHITECTURE, TFP_RELATIVE_SIZE, TFP_IMAGE_SIZE; default: {DEFAULT}]",
    ),
]


@takes_options_of(TuneOptions, after="architecture")
def tune(
    *,
    image_dir: ImageDirOption = None,
    architecture: ArchitectureOption,
    resume: Annotated[
        str | None,
        typer.Option(
            help="Go on with a tuning that was stopped, by its name, or latest; other options do not count."
        ),
    ] = None,
    delete: DeleteOption = None,
    yes: YesOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Try many settings of a training by cross validation on the same features, and choose honestly."""
    from poetcore.cli.terminal import Terminal, next_line
    from poetcore.training.tuning.checks import check_resumable, check_tuning
    from poetcore.training.tuning.studies import create_study, delete_study, find_study, studies
    from poetcore.training.tuning.tune import run_study

    place, terminal = Workspace(workspace), Terminal(json)
    if delete:
        delete_named(delete, studies(place), delete_study, what="tuning", yes=yes, terminal=terminal)
        return
    if resume:
        study = find_study(resume, place)
        check_resumable(study)
    elif image_dir is None:
        raise OptionError("image_dir is missing: name the folder of label folders with --image_dir.")
    else:
        wanted = {"image_dir": image_dir, "architecture": architecture or from_environment(os.environ)}
        chosen = build(TuneOptions, options | wanted)
        check_tuning(chosen, place)
        study = create_study(chosen, place)
    try:
        with terminal.bars() as bars:
            choice = run_study(study, place, _Lines(study, terminal, bars).show)
    except KeyboardInterrupt:
        terminal.message(study.status().message)
        terminal.message(next_line("tune", workspace, "--resume", study.name))
        raise
    terminal.answer(
        _answer(study, choice), _table(study, choice), choice.sentence, *_next(study, choice, workspace)
    )


class _Lines:
    """Prints a line for each trial as it ends, beside the bars."""

    def __init__(self, study: "Study", terminal: "Terminal", bars: "Bars") -> None:
        from poetcore.training.tuning.settings import varying

        self._terminal, self._bars = terminal, bars
        self._settings = study.settings()
        self._names = varying(self._settings)

    def show(self, progress: Progress) -> None:
        """Show how far the tuning is, to be given as `on_progress`."""
        from poetcore.training.tuning.reporting import TuningProgress

        self._bars.show(progress)
        if isinstance(progress, TuningProgress) and (trial := progress.trial):
            words = self._settings[trial.number].words(self._names)
            self._terminal.line(f"Trial {trial.number}: {words}: {trial.message or percent(trial.accuracy)}")


def _answer(study: "Study", choice: "Choice") -> dict[str, Any]:
    from dataclasses import asdict

    settings, costs = study.settings(), study.costs()
    trials = [
        asdict(trial)
        | {
            "settings": asdict(settings[number]),
            "interval": None if trial.low is None else [trial.low, trial.high],
            "cost": costs.get(settings[number].architecture),
        }
        for number, trial in study.ended().items()
    ]
    return {"tuning": study.name, "folder": str(study.folder), "trials": trials} | choice.to_dict()


def _table(study: "Study", choice: "Choice") -> "Table":
    """Return the trials, the best first, with what they differ in."""
    from poetcore.cli.terminal import table
    from poetcore.training.tuning.settings import varying

    settings, ended = study.settings(), study.ended()
    names = varying(settings)
    rows = []
    for one in choice.comparisons.head(_LISTED).to_dict("records"):
        trial = ended[one["number"]]
        rows.append(
            [
                settings[trial.number].words(names),
                str(trial.number),
                with_interval(trial.accuracy, (trial.low or 0, trial.high or 1)),
                points(one["difference"]),
                "yes" if one["as_good"] else "no",
            ]
        )
    more = len(ended) - len(rows)
    title = f"{study.name}: {len(ended)} trials{f', {more} of them not listed' if more else ''}"
    columns = ["settings", "trial", "accuracy", "to the best", "as good"]
    return table(title, columns, rows)


def _next(study: "Study", choice: "Choice", workspace: Path) -> list[str]:
    """Return the lines that train what was chosen."""
    from poetcore.cli.terminal import next_line

    folder = str(study.options().image_dir)
    return [
        next_line("retrain", workspace, "--image_dir", folder, *_flags(study, number))
        for number in dict.fromkeys([choice.simplest_as_good, choice.best])
    ]


def _flags(study: "Study", number: int) -> list[str]:
    """Return the options of `retrain` that differ from its defaults."""
    from poetcore.system.options import flatten
    from poetcore.training.config import RunConfig

    values = flatten(study.config_of(number))
    found: list[str] = []
    for name, one in options_of(RunConfig).items():
        if name != "image_dir" and values[name] != one.default:
            found += [f"--{one.flag}"] if values[name] is True else [f"--{one.flag}", str(values[name])]
    return found
