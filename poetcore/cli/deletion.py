"""What `runs --delete` and `tune --delete` do: what is named is deleted, once that was confirmed."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from poetcore.errors import OptionError, RunError
from poetcore.system.wording import few

if TYPE_CHECKING:
    from poetcore.cli.terminal import Terminal
    from poetcore.workspace.job_folder import JobFolder

__all__ = ["DeleteOption", "YesOption", "delete_named"]

DeleteOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Delete it for good, whether it is finished, failed or damaged; may be given more than once."
        " One that is being worked on stays.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Delete without asking.")]

Folder = TypeVar("Folder", bound="JobFolder")


def delete_named(
    names: Sequence[str],
    there: Sequence[Folder],
    delete: Callable[[Folder], object],
    *,
    what: str,
    yes: bool,
    terminal: "Terminal",
) -> None:
    """Delete what is named, all or nothing, after asking on a terminal.

    Args:
        names: of the folders.
        there: all that there are.
        delete: deletes one; raises where somebody works on it.
        what: one of them is called: "run".
        yes: do not ask.
        terminal: gets the answer.

    Raises:
        OptionError: nobody can be asked, or one is being worked on.
        RunError: there is none of a name.
    """
    known = {one.name: one for one in there}
    unknown = [name for name in dict.fromkeys(names) if name not in known]
    if unknown:
        listed = few(list(known)) if known else "none yet"
        raise RunError(f"No {what} named {few(unknown)}. There are: {listed}.")
    chosen = [known[name] for name in dict.fromkeys(names)]
    listed = few([one.name for one in chosen])
    if not yes:
        if not sys.stdin.isatty():
            raise OptionError(f"Nobody can be asked here whether to delete {listed}: add --yes.")
        plural = "" if len(chosen) == 1 else "s"
        if not typer.confirm(f"Delete the {what}{plural} {listed} for good? The pictures stay.", err=True):
            terminal.answer({"deleted": []}, "Nothing was deleted.")
            return
    deleted = []
    for one in chosen:
        delete(one)
        deleted.append(one.name)
        terminal.message(f"Deleted: {one.name}.")
    terminal.answer({"deleted": deleted})
