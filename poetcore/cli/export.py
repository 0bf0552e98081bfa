"""The command that writes a run as a model file for use elsewhere."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    ForceOption,
    JsonOption,
    RunOption,
    WorkspaceOption,
    takes_options_of,
)
from poetcore.export.export_options import ExportOptions
from poetcore.export.formats import FORMATS
from poetcore.system.options import build
from poetcore.workspace.workspace import Workspace

__all__ = ["export"]

_FOLDERS = [kind.name for kind in FORMATS.values() if kind.folder_marker]


@takes_options_of(ExportOptions, after="out")
def export(
    run: RunOption = "latest",
    format_name: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "keras",
    out: Annotated[
        Path | None,
        typer.Option(
            help=f"File to write (a folder for {', '.join(_FOLDERS)}); by default in the run's exports."
        ),
    ] = None,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Write a run as a model file that predicts as the app does, and check it on real pictures."""
    from poetcore.cli.terminal import Terminal
    from poetcore.export.export import export as write

    terminal, place = Terminal(json), Workspace(workspace)
    with terminal.bars() as bars:
        chosen = build(ExportOptions, options)
        exported = write(place.run(run), place, format_name, out, bars.show, chosen, force=force)
    terminal.answer(
        {
            "format": exported.format,
            "path": str(exported.path),
            "bytes": exported.bytes,
            "parity": asdict(exported.parity),
        },
        f"{exported.path}, {exported.bytes / 1e6:.1f} MB, with its labels and a note how to use it.",
        exported.parity.sentence,
    )
