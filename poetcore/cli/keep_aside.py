"""The command that keeps pictures of a folder aside as its demo pictures, and undoes it."""

from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.system.wording import counted
from poetcore.workspace.workspace import Workspace

__all__ = ["keep_aside"]


def keep_aside(
    dir: Annotated[
        Path, typer.Argument(help="Folder that holds one folder of pictures per label, or a CSV file.")
    ],
    share: Annotated[
        str, typer.Argument(help="A share of each label such as 20%, or a number of each such as 50.")
    ] = "20%",
    undo: Annotated[bool, typer.Option("--undo", help="Let later trainings use all pictures again.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Keep pictures aside as demo pictures: trainings leave them out, evaluate takes them, no file moves."""
    from poetcore.cli.terminal import Terminal, command_line, typed, workspace_option
    from poetcore.data.dataset import scan
    from poetcore.workspace.demo_sets import keep_aside as keep
    from poetcore.workspace.demo_sets import kept_aside, release

    terminal, place = Terminal(json), Workspace(workspace)
    if undo:
        if kept_aside(dir, place) is None:
            raise OptionError(f"Nothing is kept aside of {dir} in the workspace {place.root}.")
        release(dir, place)
        terminal.answer(
            {"list": None, "kept": {}}, f"Nothing of {dir} is kept aside any more: trainings use it all."
        )
        return
    with place.file_index() as index, terminal.bars() as bars:
        whole = scan(dir, index, on_progress=bars.show)
        file = keep(whole, place, share, on_progress=bars.show)
        kept = scan(file, index)
    undoing = ["--undo", *workspace_option(workspace)]
    terminal.answer(
        {"list": str(file), "kept": kept.counts()},
        f"Kept aside of {dir} as demo pictures, groups of near duplicates undivided:"
        f" {', '.join(f'{count:,} {label}' for label, count in kept.counts().items())}.",
        f"{counted(len(whole.pictures) - len(kept.pictures), 'picture')} are left to train on. No file was"
        f" moved; the list is {file}.",
        f"Undo it with: {command_line('keep_aside', dir.absolute())} {typed(undoing)}",
    )
