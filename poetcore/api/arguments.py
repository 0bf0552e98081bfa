"""What callers from Python may pass: paths as text, a workspace by its folder, progress in three ways."""

import operator
import os
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from rich.console import Console

from poetcore.errors import DatasetError, OptionError
from poetcore.system.files import walk
from poetcore.system.options import build, options_of
from poetcore.system.paths import to_path
from poetcore.system.progress import OnProgress
from poetcore.system.progress_bars import Bars, NotebookBars
from poetcore.workspace.workspace import Workspace, default_workspace

__all__ = [
    "PathLike",
    "Progressing",
    "built",
    "on_progress",
    "path_of",
    "pictures_in",
    "whole_number",
    "workspace_at",
]

Options = TypeVar("Options")

PathLike = str | os.PathLike[str]

#: None: a progress bar where there is a terminal or a notebook; False: none; True: a bar, and in a file
#: lines of text; a function: it is called.
Progressing = OnProgress | bool | None


def path_of(value: object, name: str) -> Path:
    """Return an argument as a path.

    Args:
        value: what was given.
        name: of the argument.

    Raises:
        OptionError: it is empty, can be no path, or is something else.
    """
    if isinstance(value, str | os.PathLike) and isinstance(text := os.fspath(value), str) and text:
        try:
            return to_path(text)
        except OptionError as error:
            raise OptionError(f"{name}: {error}") from None
    raise OptionError(f"{name} must be a path, as text or a Path. Received: {reprlib.repr(value)}.")


def built(kind: type[Options], options: Mapping[str, Any], **others: Any) -> Options:
    """Return a dataclass's instance from options that a caller gave by their names.

    Args:
        kind: the dataclass.
        options: what was given.
        **others: options that are arguments of their own.

    Raises:
        OptionError: one is unknown, missing, or has an impossible value.
    """
    known = options_of(kind)
    for unknown in options.keys() - known.keys():
        raise OptionError(f"Unknown option {unknown!r}: choose from {', '.join(known)}.")
    return build(kind, {**options, **others})


def whole_number(value: int, name: str) -> int:
    """Return an argument as a whole number.

    Raises:
        OptionError: it is something else.
    """
    try:
        return operator.index(value)
    except TypeError:
        raise OptionError(f"{name} must be a whole number. Received: {value!r}.") from None


def workspace_at(folder: PathLike | None) -> Workspace:
    """Return the workspace in a folder, which is made when something is first written into it.

    Args:
        folder: None for the environment's: TFP_WORKSPACE, or tf_files in the current folder.
    """
    return default_workspace() if folder is None else Workspace(path_of(folder, "workspace"))


@contextmanager
def on_progress(progress: Progressing) -> Iterator[OnProgress | None]:
    """Return what a long function is to call, and draw a progress bar meanwhile where one is wanted."""
    if callable(progress):
        yield progress
        return
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    wanted = console.is_terminal or console.is_jupyter if progress is None else progress
    if not wanted:
        yield None
        return
    with NotebookBars() if console.is_jupyter else Bars(console) as bars:
        yield bars.show


def pictures_in(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Return the files that are meant: one file, several, or every file below a folder.

    Raises:
        DatasetError: there is none.
        OptionError: something is no path.
    """
    several = isinstance(paths, Iterable) and not isinstance(paths, str | bytes | os.PathLike)
    given: Iterable[object] = cast("Iterable[object]", paths) if several else [paths]
    found: list[Path] = []
    for path in [path_of(one, "A picture") for one in given]:
        found += [Path(entry.path) for entry in walk(path)] if path.is_dir() else [path]
    if not found:
        raise DatasetError("No pictures given: name files, or folders of pictures.")
    return found
