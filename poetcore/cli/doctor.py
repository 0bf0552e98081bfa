"""The command that checks a workspace, and repairs what can be repaired without asking."""

from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.system.wording import counted
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.curation.doctor import Repaired

__all__ = ["doctor"]


def doctor(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Do what is safe: delete what killed processes left, set damaged files aside, make again"
            " what can be. No picture and no run that can be read is deleted.",
        ),
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Check runs, evaluations, models, caches and leftovers; exit status 1 where something is wrong."""
    from poetcore.cli.terminal import Terminal, next_line
    from poetcore.curation.doctor import Repaired, examine
    from poetcore.curation.doctor import repair as mend
    from poetcore.workspace.file_checks import sizes_of

    place, terminal = Workspace(workspace), Terminal(json)
    if not place.root.is_dir():
        raise OptionError(f"There is no workspace in {place.root}: give its folder with --workspace.")
    with terminal.bars() as bars:
        found = examine(place, bars.show)
    told = mend(found) if repair else [Repaired(one) for one in found]
    left = [one for one in told if not one.done and one.finding.kind != "note"]
    sizes = sizes_of(place)
    can = sum(one.finding.repair is not None for one in left)
    terminal.answer(
        {
            "workspace": str(place.root),
            "sound": not left,
            "findings": [one.finding.as_data() | {"done": one.done, "failed": one.failed} for one in told],
            "bytes": sizes,
        },
        *map(_line, told),
        _sizes(sizes),
        _conclusion(place, len(left)),
        *([next_line("doctor", workspace, "--repair")] if can and not repair else []),
    )
    if left:
        raise typer.Exit(1)


def _conclusion(place: Workspace, wrong: int) -> str:
    if not wrong:
        return f"Nothing is wrong with {place.root}."
    return f"{counted(wrong, 'thing')} {'is' if wrong == 1 else 'are'} wrong with {place.root}."


def _line(one: "Repaired") -> str:
    from poetcore.system.figures import file_size

    words = {"damage": "Damaged", "leftover": "Left over", "note": "Note"}[one.finding.kind]
    takes = f" ({file_size(one.finding.bytes)})" if one.finding.bytes else ""
    line = f"{words}: {one.finding.sentence.rstrip('.')}{takes}."
    if one.done:
        return f"{line} Done: {one.done}."
    return f"{line} Not done: {one.failed}" if one.failed else line


def _sizes(sizes: dict[str, int]) -> str:
    from poetcore.system.figures import file_size

    return "Sizes: " + ", ".join(
        f"{name} {file_size(found)}" for name, found in list(sizes.items())[:8] if found
    )
