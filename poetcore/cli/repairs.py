"""The commands that repair a folder of label folders, as the dashboard does, and undo it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import DatasetError, OptionError
from poetcore.system.wording import counted

if TYPE_CHECKING:
    from poetcore.curation.changes import Outcome

__all__ = ["merge", "undo"]

DirArgument = Annotated[Path, typer.Argument(help="Folder that holds one folder of pictures per label.")]


def merge(
    dir: DirArgument,
    label: Annotated[str, typer.Argument(help="The label whose folder is emptied and removed.")],
    into: Annotated[str, typer.Argument(help="The label that takes its pictures; a new name renames it.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Put all pictures of a label under another one, such as 'Rose ' under rose; it can be undone."""
    from poetcore.cli.terminal import Terminal, command_line
    from poetcore.curation.repair import Repairs

    terminal = Terminal(json)
    with terminal.bars() as bars:
        step = Repairs(dir).merge(label, into, bars.show)
    moved, refused = step.of("applied"), _troubles(step.of("refused"))
    if not moved:
        raise DatasetError(
            f"No file of {label!r} could be moved: {refused[0]['path']}: {refused[0]['reason']}."
        )
    terminal.skipped("Left where it is", refused)
    terminal.answer(
        {"label": label, "into": into, "moved": len(moved), "skipped": refused, "step": step.id},
        f"Put under {into!r}, of {label!r}: {counted(len(moved), 'file')}.",
        f"Undo it with: {command_line('undo', dir, step.id)}",
    )


def undo(
    dir: DirArgument,
    step: Annotated[
        str, typer.Argument(help="The step's number; by default the last that is not undone.")
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Undo a repair of a folder, made here or in the dashboard: every picture goes back to where it was."""
    from poetcore.cli.terminal import Terminal
    from poetcore.curation.repair import Repairs

    terminal, repairs = Terminal(json), Repairs(dir)
    last = next((one.id for one in repairs.steps() if one.of("applied")), None)
    if not step and last is None:
        raise OptionError(f"There is no repair of {dir} to undo.")
    with terminal.bars() as bars:
        done = repairs.undo(step or str(last), bars.show)
    undone, refused = done.of("undone"), _troubles(done.of("applied"))
    if not undone:
        raise DatasetError(f"Step {done.id} cannot be undone: {refused[0]['path']}: {refused[0]['reason']}.")
    terminal.skipped("Left where it is", refused)
    terminal.answer(
        {"step": done.id, "undone": len(undone), "skipped": refused},
        f"Step {done.id} is undone, back where it was: {counted(len(undone), 'file')}.",
    )


def _troubles(outcomes: "list[Outcome]") -> list[dict[str, str]]:
    return [
        {"path": str(one.change.path), "reason": one.trouble[:1].lower() + one.trouble[1:].rstrip(".")}
        for one in outcomes
    ]
