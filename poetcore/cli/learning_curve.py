"""The command that tells whether more pictures would help."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from poetcore.system.figures import interval, percent, points_interval
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.training.forecast import Curve

__all__ = ["learning_curve"]


def learning_curve(
    run: RunOption = "latest",
    again: Annotated[
        bool, typer.Option("--again", help="Measure it also where it is there already.")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Measure whether more pictures would help: accuracy at fewer of a run's pictures, and a forecast."""
    from poetcore.cli.terminal import Terminal, table
    from poetcore.training.learning_curve import LearningCurve
    from poetcore.training.learning_curve import learning_curve as measure

    terminal, place = Terminal(json), Workspace(workspace)
    chosen = place.run(run)
    found = None if again else LearningCurve.load(chosen)
    if found is None:
        with terminal.bars() as bars:
            found = measure(chosen, place, bars.show)
    measured = [
        [f"{one.pictures:,}", percent(one.accuracy), interval(one.low, one.high), ""] for one in found.points
    ]
    foretold = [
        [
            f"{one.pictures:,} (forecast)",
            percent(one.accuracy),
            interval(one.low, one.high),
            points_interval(one.gain_low, one.gain_high),
        ]
        for one in found.forecast
    ]
    of_labels = [[label, *_row(curve)] for label, curve in found.per_label.items()]
    terminal.answer(
        asdict(found),
        table(
            f"Accuracy of {found.run} by training pictures",
            ["training pictures", "accuracy", "95 % band", "gain"],
            measured + foretold,
        ),
        table(
            "Each label, when all labels grow together",
            ["label", "training pictures", "labelled right", "with twice as many", "gain"],
            of_labels,
        ),
        found.advice,
    )


def _row(curve: "Curve") -> list[str]:
    now, twice = curve.points[-1], curve.forecast[0]
    return [
        f"{now.pictures:,}",
        percent(now.accuracy),
        percent(twice.accuracy),
        points_interval(twice.gain_low, twice.gain_high),
    ]
