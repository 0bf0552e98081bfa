"""The command that says what visitors of the public view may see."""

from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.system.wording import counted
from poetcore.workspace.workspace import Workspace

__all__ = ["publish"]


def publish(
    run: Annotated[
        list[str] | None,
        typer.Option(help="Name of a run to publish with its evaluations; latest is the newest."),
    ] = None,
    dataset: Annotated[
        list[Path] | None, typer.Option(help="Folder of label folders, or CSV file, to publish as it is now.")
    ] = None,
    demo: Annotated[
        Path | None, typer.Option(help="Of the runs publish the evaluation on these demo pictures alone.")
    ] = None,
    withdraw: Annotated[
        list[str] | None, typer.Option(help="Name of a run or dataset to publish no longer.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Say what visitors of `dashboard --public` see, and list it; without options it is listed alone."""
    from poetcore.cli.terminal import Terminal, table, typed, workspace_option
    from poetcore.workspace.published import publish_dataset, publish_run, read_published
    from poetcore.workspace.published import withdraw as take_back

    terminal, place = Terminal(json), Workspace(workspace)
    if demo is not None and not run:
        raise OptionError("--demo says which evaluation of a run is published: name the --run too.")
    with terminal.bars() as bars:
        for name in run or ():
            one = publish_run(place, place.run(name), demo, bars.show)
            on = ", ".join(one.evaluations.values()) or "no evaluation: visitors can only try it"
            terminal.message(f"Published the run {one.name} with {on}.")
        for folder in dataset or ():
            new, pictures = publish_dataset(place, folder, bars.show)
            terminal.message(f"Published {counted(pictures, 'picture')} of {new.folder} as {new.name}.")
    for name in withdraw or ():
        terminal.message(f"Withdrawn: {' and '.join(take_back(place, name))}.")
    published = read_published(place)
    rows = [[one.name, "run", ", ".join(one.evaluations.values())] for one in published.runs.values()]
    rows += [[one.name, "dataset", one.folder] for one in published.datasets.values()]
    shown = table("Published", ["name", "kind", "what"], rows, whole=["name"])
    words = ["dashboard", "--public"] if rows else ["publish", "--run", "latest"]
    command = typed(["python", "-m", "poetcore", *words, *workspace_option(workspace)])
    terminal.answer(
        {
            "runs": {one.name: dict(one.evaluations) for one in published.runs.values()},
            "datasets": {one.name: one.folder for one in published.datasets.values()},
        },
        shown if rows else "Nothing is published.",
        f"{'Visitors see it with' if rows else 'Publish a run with'}: {command}",
    )
