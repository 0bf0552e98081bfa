"""What is wrong with models, caches, uploads and published lists, and what killed processes left behind."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from poetcore.errors import PoetError
from poetcore.features.litert import is_usable
from poetcore.system.row_checksums import damaged_rows, forget_damaged_rows
from poetcore.system.temporary import find_leftovers
from poetcore.system.wording import counted
from poetcore.workspace.finding import Finding, delete, set_aside, size_of
from poetcore.workspace.offers import UPLOADING
from poetcore.workspace.places import remembered_places
from poetcore.workspace.published import pictures_of, published_file, read_published
from poetcore.workspace.uploads import Upload
from poetcore.workspace.workspace import Workspace

__all__ = [
    "check_caches",
    "check_leftovers",
    "check_models",
    "check_published",
    "check_summaries",
    "check_uploads",
    "sizes_of",
]

#: Databases that can be computed again; of the others only people can decide.
_CACHES = ("vectors", "maps", "fingerprints", "perceptual_hashes", "measures")

#: Seconds after which an upload without a list of its files is none that just begins.
_MAKING = 600


def check_models(workspace: Workspace) -> Iterator[Finding]:
    """Yield converted networks that are damaged, and checksums of files that are gone."""
    for file in sorted(workspace.models.glob("*.tflite")):
        if not is_usable(file):
            yield Finding(
                "damage",
                file,
                f"The converted network {file} is damaged: set it aside, it is made again when it is needed.",
                size_of(file),
                partial(set_aside, file),
            )
    for told in sorted(workspace.models.glob("*.sha256")):
        if not told.with_suffix("").exists():
            sentence = f"{told} is the checksum of a file that is gone: delete it."
            yield Finding("leftover", told, sentence, size_of(told), partial(delete, told))


def check_caches(workspace: Workspace) -> Iterator[Finding]:
    """Yield databases that are damaged, rows that are, and what was set aside before."""
    for folder in (workspace.bottlenecks, workspace.root):
        for file in sorted(folder.glob("*.sqlite")):
            yield from _check_database(file)
        for aside in sorted([*folder.glob("*.damaged"), *workspace.models.glob("*.damaged")]):
            if aside.parent == folder or folder == workspace.root:
                sentence = f"{aside} was damaged and set aside: delete it."
                yield Finding("note", aside, sentence, size_of(aside), partial(delete, aside))


def _check_database(file: Path) -> Iterator[Finding]:
    again = file.stem in _CACHES
    try:
        with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
            ((answer,), *_) = connection.execute("PRAGMA integrity_check(1)").fetchall()
            rows = damaged_rows(connection) if answer == "ok" else 0
    except sqlite3.OperationalError as error:  # locked, or not to be read
        yield Finding("note", file, f"{file} cannot be checked ({error}): try again.")
        return
    except sqlite3.DatabaseError as error:
        answer, rows = str(error), 0
    if answer != "ok":
        what = "what is in it is computed again" if again else "what it remembers is lost"
        yield Finding(
            "damage",
            file,
            f"The database {file} is damaged ({str(answer).splitlines()[0]}): set it aside, {what}.",
            size_of(file),
            partial(_set_aside, file),
        )
    elif rows:
        what = "what was in them is computed again" if again else "what they remember is lost"
        yield Finding(
            "damage",
            file,
            f"{counted(rows, 'row')} of {file} {'is' if rows == 1 else 'are'} damaged: delete them, {what}.",
            repair=partial(_forget_rows, file, rows),
        )


def _set_aside(file: Path) -> str:
    for leftover in ("-wal", "-shm"):
        file.with_name(file.name + leftover).unlink(missing_ok=True)
    return set_aside(file)


def _forget_rows(file: Path, rows: int) -> str:
    with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
        forget_damaged_rows(connection)
    return f"{counted(rows, 'row')} of {file.name} {'is' if rows == 1 else 'are'} deleted"


def check_leftovers(workspace: Workspace) -> Iterator[Finding]:
    """Yield temporary files and folders that no process owns any more, in the workspace and beside it."""
    found = find_leftovers(workspace.root, deep=True)
    for place in remembered_places(workspace):
        found += [*find_leftovers(place.parent), *find_leftovers(place, deep=True)]
    for left in dict.fromkeys(found):
        yield Finding(
            "leftover",
            left,
            f"{left} was left by a process that ended before it was done: delete it.",
            size_of(left),
            partial(delete, left),
        )


def check_uploads(workspace: Workspace) -> Iterator[Finding]:
    """Yield uploads that nothing can go on with: without a list of their files, or with a damaged one."""
    for upload in map(Upload, sorted(workspace.datasets.glob(f"{UPLOADING}*"))):
        folder = upload.folder
        if upload.exists():
            try:
                _ = upload.offer
            except PoetError as error:
                said = f"{str(error).rstrip('.')}, and delete {folder}."
                yield Finding("damage", folder, said, size_of(folder))
        elif time.time() - folder.stat().st_mtime > _MAKING:
            sentence = f"{folder} is of an upload that never began or was discarded: delete it."
            yield Finding("leftover", folder, sentence, size_of(folder), partial(delete, folder))


def check_published(workspace: Workspace) -> Iterator[Finding]:
    """Yield the list of what is published where it is damaged, and published datasets without their table."""
    file = published_file(workspace)
    try:
        published = read_published(workspace)
    except PoetError as error:
        sentence = f"Visitors see nothing of what is published: {error}"
        yield Finding("damage", file, sentence, repair=partial(set_aside, file))
        return
    for one in published.datasets.values():
        try:
            pictures_of(workspace, one)
        except PoetError:
            yield Finding(
                "damage",
                file,
                f"The list of the pictures of the published dataset {one.name!r} is missing or damaged: use"
                f" publish --dataset {one.folder}, or publish --withdraw {one.name}.",
            )


def check_summaries(workspace: Workspace) -> Iterator[Finding]:
    """Yield curves for TensorBoard whose run is gone; they may be wanted, so that only people can decide."""
    names = {run.name for run in workspace.all_runs()}
    with suppress(OSError):
        for folder in sorted(workspace.summaries.iterdir()):
            if folder.is_dir() and folder.name not in names and not folder.name.startswith("."):
                yield Finding(
                    "note",
                    folder,
                    f"{folder} has curves for TensorBoard, and no run has its name: delete it if nobody wants"
                    " them.",
                    size_of(folder),
                )


def sizes_of(workspace: Workspace) -> dict[str, int]:
    """Return how many bytes each part of a workspace takes, the largest first."""
    with suppress(OSError):
        found = {one.name: size_of(one) for one in workspace.root.iterdir()}
        return dict(sorted(found.items(), key=lambda one: -one[1]))
    return {}
