"""The command that makes a run's probabilities mean what they say."""

from dataclasses import asdict
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, RunOption, WorkspaceOption
from poetcore.workspace.workspace import Workspace

__all__ = ["calibrate"]


def calibrate(
    run: RunOption = "latest",
    undo: Annotated[bool, typer.Option("--undo", help="Restore the probabilities of the training.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Correct a run's probabilities, in Poet and in every export, where they are off by more than noise."""
    from poetcore.cli.terminal import Terminal
    from poetcore.training.temperature import calibrate as correct

    done = correct(Workspace(workspace).run(run), undo=undo)
    values = asdict(done)
    Terminal(json).answer(values, f"{done.run}: {done.sentence}")
