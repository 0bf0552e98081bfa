"""What was chosen, typed or linked to and is not there, and what may have been meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from poetcore.data.dataset import dataset_exists
from poetcore.data.layout import folders_in
from poetcore.errors import OptionError
from poetcore.ui.fields import typed_path, why_missing
from poetcore.ui.text import brief, plain
from poetcore.workspace.run_record import DAMAGED
from poetcore.workspace.workspace import Workspace

__all__ = ["Missing", "missing_folder", "missing_run", "new_folder"]

#: How alike a name must be, from 0 to 1, to have been meant.
_ALIKE = 0.6


@dataclass(frozen=True)
class Missing:
    """A choice that is not there.

    Attributes:
        name: "dataset", "demo" or "run".
        words: that it is not there, and why, as Markdown.
        instead: the path or name of what may have been meant, or goes with the rest; None for nothing.
        is_new: whether it may well be there and was not looked at: the address alone names it.
    """

    name: str
    words: str
    instead: str | None
    is_new: bool = False


def missing_folder(name: str, label: str, text: str, usual: str | None) -> Missing:
    """Return that a folder is not there, with one beside it that has nearly its name, or the usual one.

    Args:
        name: "dataset" or "demo".
        label: of the field that it was typed into.
        text: what was typed.
        usual: what would be chosen automatically.
    """
    return Missing(name, why_missing(label, text), _meant_folder(text) or usual)


def new_folder(name: str, text: str) -> Missing:
    """Return that a folder which the address names was never used here, with itself to be agreed to."""
    what = "demo pictures that were" if name == "demo" else "a dataset that was"
    words = f"The address of this page names {what} never used here: {plain(brief(text, 200))}."
    return Missing(name, words, text, is_new=True)


def missing_run(text: str, known: Sequence[str], usual: str | None, place: Workspace) -> Missing:
    """Return that a run cannot be used, with the known one that has nearly its name, or the usual one.

    Args:
        text: its name, as it was given.
        known: the names of runs that can be used.
        usual: what would be chosen automatically.
        place: where it may be all the same, damaged.
    """
    close = get_close_matches(text, known, 1, _ALIKE)
    words = f"Run not found: {plain(text)}."
    if any(run.name == text and run.current_status().phase == DAMAGED for run in place.all_runs()):
        words = f"The run {plain(text)} is damaged: delete it on the page Train, under All runs."
    return Missing("run", words, close[0] if close else usual)


def _meant_folder(text: str) -> str | None:
    """Return a dataset whose path differs in the first name that is not there, and is nearly like it."""
    try:
        path = typed_path(text)
    except OptionError:
        return None
    for there in path.parents:
        if not there.is_dir():
            continue
        wrong, *rest = path.relative_to(there).parts
        folders = {folder.name: folder for folder in folders_in(there)}
        for close in get_close_matches(wrong, list(folders), 3, _ALIKE):
            if dataset_exists(found := folders[close].joinpath(*rest)):
                return str(found)
        return None
    return None
