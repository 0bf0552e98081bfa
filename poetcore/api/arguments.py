"""What callers from Python may pass: paths as text, a workspace by its folder, progress in three ways."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from poetcore.errors import DatasetError
from poetcore.system.files import walk
from poetcore.system.progress import OnProgress
from poetcore.system.progress_bars import Bars
from poetcore.workspace.workspace import Workspace

__all__ = ["PathLike", "Progressing", "on_progress", "pictures_in", "workspace_at"]

PathLike = str | os.PathLike[str]

#: None: a progress bar where there is a terminal or a notebook; False: none; a function: it is called.
Progressing = OnProgress | bool | None


def workspace_at(folder: PathLike) -> Workspace:
    """Return the workspace in a folder, which is made when something is first written into it."""
    return Workspace(Path(folder))


@contextmanager
def on_progress(progress: Progressing) -> Iterator[OnProgress | None]:
    """Return what a long function is to call, and draw a progress bar meanwhile where one is wanted."""
    if callable(progress):
        yield progress
        return
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    seen = console.is_terminal or console.is_jupyter
    if progress is False or not (seen or progress):
        yield None
        return
    with Bars(console) as bars:
        yield bars.show


def pictures_in(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """Return the files that are meant: one file, several, or every file below a folder.

    Raises:
        DatasetError: there is none.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    found: list[Path] = []
    for path in map(Path, given):
        found += [Path(entry.path) for entry in walk(path)] if path.is_dir() else [path]
    if not found:
        raise DatasetError("No pictures given: name files, or folders of pictures.")
    return found
