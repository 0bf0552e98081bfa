"""Who looks at the pages: the owner, who may do everything, or the public, who see what was published.

The environment variable TFP_PUBLIC makes a server a public one. Everything that a visitor may be shown is in
`Access`; what is not in it does not exist for them.
"""

import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from poetcore.data.file_index import read_content
from poetcore.errors import RunError
from poetcore.system.hosts import PUBLIC, is_on
from poetcore.workspace.published import (
    Published,
    PublishedRun,
    PublishedWorkspace,
    evaluations_of,
    pictures_of,
    published_file,
    read_published,
)
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace, default_workspace

__all__ = ["Access", "access", "is_public", "readable", "served_workspace"]


@dataclass(frozen=True)
class Access:
    """What whoever looks at the pages may see.

    Attributes:
        public: whether visitors look; of the owner's own dashboard the rest is empty.
        published: runs and datasets, by name.
        paths: the file of each picture that is shown, by the sha256 of its content.
        shas: the same the other way round.
    """

    public: bool = False
    published: Published = field(default_factory=Published)
    paths: Mapping[str, str] = field(default_factory=dict)
    shas: Mapping[str, str] = field(default_factory=dict)

    def content(self, sha: str) -> bytes | None:
        """Read the content of a picture that is shown; None for any other, or where its file has changed."""
        path = self.paths.get(sha)
        return read_content(Path(path), sha) if path else None


_OWNER = Access()


def is_public() -> bool:
    """Return whether this server shows what was published to visitors, and nothing else."""
    return is_on(PUBLIC)


def served_workspace() -> Workspace:
    """Return the workspace that the server works in; a public one has no other runs than the published."""
    own = default_workspace()
    return PublishedWorkspace(own.root) if is_public() else own


def access() -> Access:
    """Return what may be seen; read again where what is published has changed, and by any thread."""
    return _reader.now() if is_public() else _OWNER


def readable() -> tuple[list[str], Mapping[str, str]]:
    """Return the folders of published runs, and by their paths the files of published pictures.

    It asks no file, since what asks before a file is read asks here (see `public/confinement.py`).
    """
    return _reader.folders, _reader.found.shas


class _Reader:
    """Reads what is published, and keeps it until one of its files changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: object = None
        self._listed = Published()
        self.found = Access(public=True)
        #: Real paths of the published runs' folders; known before what is in them is read.
        self.folders: list[str] = []

    def now(self) -> Access:
        """Return what is published now."""
        with self._lock:
            place = served_workspace()
            stamp = (str(place.root), _stamp(published_file(place)), *self._evaluation_stamps(place))
            if stamp != self._stamp:
                self._listed = _listed(place)
                self.folders = [os.path.realpath(place.runs / name) for name in self._listed.runs]
                self._stamp = (*stamp[:2], *self._evaluation_stamps(place))
                self.found = _read(place, self._listed)
            return self.found

    def _evaluation_stamps(self, place: Workspace) -> list[tuple[int, int]]:
        """Return when each evaluation that is listed was made: made again, it may have other pictures."""
        listed = self._listed.runs.values()
        folders = [Run(place.runs / run.name).evaluation(name) for run in listed for name in run.evaluations]
        return [_stamp(file) for folder in folders for file in (folder.metrics_file, folder.predictions_file)]


_reader = _Reader()


def _listed(place: Workspace) -> Published:
    try:
        return read_published(place)
    except RunError:  # where the list is damaged, nothing is published
        return Published()


def _read(place: Workspace, listed: Published) -> Access:
    """Read what is published; what is damaged or gone is not shown."""
    there = {run.name for run in place.all_runs()}
    runs = {n: _as_published(place, one) for n, one in listed.runs.items() if n in there}
    found = Published(runs, listed.datasets)
    paths: dict[str, str] = {}
    shas: dict[str, str] = {}
    folders = [folder for run in found.runs.values() for folder in evaluations_of(place, run)]
    reads = [folder.predictions for folder in folders]
    reads += [partial(pictures_of, place, one) for one in found.datasets.values()]
    for read in reads:
        with suppress(RunError):
            table = read()
            for path, sha in table[["path", "sha"]].itertuples(index=False):
                if Path(path).is_absolute():
                    paths[sha], shas[path] = path, sha
    return Access(True, found, paths, shas)


def _as_published(place: Workspace, run: PublishedRun) -> PublishedRun:
    """Return a run with those of its evaluations alone that were not made again since."""
    same = {folder.name for folder in evaluations_of(place, run)}
    return replace(run, evaluations={name: one for name, one in run.evaluations.items() if name in same})


def _stamp(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size
