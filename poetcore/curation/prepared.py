"""The folder of a prepared set: what is in it, its manifest, and copying pictures into it.

DEST/train/<label>/    training pictures
DEST/demo/<label>/     demo pictures
DEST/manifest.csv      every file of the source: its part and destination, or why it was rejected
"""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from poetcore.analysis.issues import Issue, find_issues
from poetcore.curation.placing import put
from poetcore.curation.prepare import COLUMNS, FOUND, ExistingSplit, Plan
from poetcore.curation.repair import Repairs
from poetcore.curation.selection import PARTS
from poetcore.data.dataset import Dataset, scan
from poetcore.errors import DatasetError, ResourceError, RunError
from poetcore.system.failures import is_full, why_refused
from poetcore.system.files import cores, in_chunks, printable, sync_tree, walk, write_whole
from poetcore.system.locks import check_free, locked
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.reading import TEXT_BYTES, read_limited
from poetcore.system.temporary import clear_leftovers
from poetcore.workspace.records import read_table, to_csv
from poetcore.workspace.workspace import Workspace

__all__ = ["Outcome", "check_apart", "execute", "existing_split", "manifest_of", "scan_source"]

#: Files copied between two reports of progress.
_CHUNK = 32


@dataclass(frozen=True)
class Outcome:
    """What a preparation did.

    Attributes:
        plan: what was planned, less what failed.
        manifest: the list of all files of the source.
        copied: files that were copied now.
        linked: files that were hard-linked now.
        kept: files that were there already.
        removed: files of an earlier preparation that were removed.
        failed: files of the source that could not be copied, each with the reason.
        not_linked: why copies were made where links were asked for, or empty.
    """

    plan: Plan
    manifest: Path
    copied: int
    linked: int
    kept: int
    removed: int
    failed: tuple[tuple[str, str], ...]
    not_linked: str = ""


def manifest_of(folder: Path) -> Path:
    """Return the path of a prepared set's manifest."""
    return folder / "manifest.csv"


def check_apart(source: Path, folder: Path) -> Path:
    """Check that a source and a new set lie apart; return the set's absolute path.

    Raises:
        DatasetError: one lies in the other, or a file is in the way.
    """
    folder = Path(os.path.abspath(folder))
    old, new = Path(os.path.realpath(source)), Path(os.path.realpath(folder))
    if old == new or old in new.parents or new in old.parents:
        raise DatasetError(
            f"{printable(folder)} and the source {printable(source)} lie in one another: the new set needs a"
            " folder of its own, so that the originals stay untouched."
        )
    for place in (folder, *(folder / part for part in PARTS)):
        if place.exists() and not place.is_dir():
            raise DatasetError(f"{printable(place)} is a file: give a folder for the new set.")
    return folder


def scan_source(
    source: Path, workspace: Workspace, on_progress: OnProgress | None = None
) -> tuple[Dataset, list[Issue]]:
    """Scan a source and find what is wrong with its pictures; what the user verified there is not reported.

    Args:
        source: the folder of label folders.
        workspace: remembers what is in files.
        on_progress: called in the phases `scanning`, `decoding` and `measuring`.

    Raises:
        DatasetError: it holds no label folders, or not in itself, such as a prepared set.
    """
    repairs = Repairs(source)
    repairs.recover()
    with workspace.file_index() as index:
        dataset = scan(source, index, verify=True, on_progress=on_progress)
    issues = find_issues(dataset, workspace, on_progress=on_progress, verified=repairs.verified())
    return dataset, issues


def existing_split(folder: Path, workspace: Workspace) -> ExistingSplit:
    """List what is in a set's folder already; only files that changed are read.

    Raises:
        DatasetError: its manifest was not written by Poet.
        OptionError: it is being prepared.
    """
    check_free(folder, levels=0)
    paths = [path for _, path in _files_in(folder)]
    with workspace.file_index() as index:
        files = {p.path.relative_to(folder).as_posix(): p.sha for p in index.lookup(paths)}
    listed = _read_manifest(manifest_of(folder))
    return ExistingSplit(
        files, frozenset(name for name, sha in files.items() if sha and listed.get(name) == sha)
    )


def _files_in(folder: Path) -> list[tuple[str, Path]]:
    """List the files in the two parts of a set: relative to its folder, with slashes, and their paths."""
    inside = (Path(entry.path) for part in PARTS if (folder / part).is_dir() for entry in walk(folder / part))
    return [(path.relative_to(folder).as_posix(), path) for path in inside]


def execute(
    plan: Plan, folder: Path, *, link: bool = False, on_progress: OnProgress | None = None
) -> Outcome:
    """Copy pictures as planned; the originals stay as they are, and so does what others put there.

    Every file appears whole or not at all, so that an interrupted preparation is finished by a repetition.

    Args:
        plan: what goes where.
        folder: the set's folder.
        link: give the originals a second name instead of copying them, where the system can.
        on_progress: called in the phase `copying`.

    Raises:
        DatasetError: nothing usable was chosen, the folder cannot be written, or it is no longer as it was
            when this was planned.
        ResourceError: the disk is full.
        OptionError: it is being prepared by another.
    """
    chosen = plan.chosen()
    if chosen.empty:
        raise DatasetError(
            "No usable picture was left to split: look at what was excluded and why, or keep some of it on"
            " purpose."
        )
    with locked(folder, "is being prepared"):
        if plan.found != {name for name, _ in _files_in(folder)}:
            raise DatasetError(
                f"{printable(folder)} was changed by another window or program meanwhile: prepare it again,"
                " which goes on from what is there now."
            )
        return _execute(plan, chosen, folder, link, on_progress)


def _execute(
    plan: Plan, chosen: pd.DataFrame, folder: Path, link: bool, on_progress: OnProgress | None
) -> Outcome:
    todo = chosen[~chosen["destination"].isin(plan.present)]
    failed: dict[str, str] = {}
    ways: list[str] = []
    refusal = ""
    with _writing(folder):
        if not link:
            _check_space(folder, int(todo["bytes"].sum()))
        clear_leftovers(folder, deep=True)
        _remove(folder, plan.removals)
        _write_manifest(folder, plan.pictures)
        for label_folder in {str(Path(name).parent) for name in todo["destination"]}:
            (folder / label_folder).mkdir(parents=True, exist_ok=True)
        jobs = list(zip(todo["source"], todo["destination"], todo["sha"], strict=True))
        with ThreadPoolExecutor(cores()) as pool:
            for chunk in in_chunks(jobs, _CHUNK):
                placed = pool.map(lambda job: put(Path(job[0]), folder / job[1], job[2], link), chunk)
                for (source, _, _), (way, reason) in zip(chunk, placed, strict=True):
                    if way == "failed":
                        failed[source] = reason
                    else:
                        refusal = refusal or reason
                    ways.append(way)
                if on_progress:
                    on_progress(Progress("copying", len(ways), len(jobs)))
        sync_tree(folder)
        if failed:
            plan = replace(plan, pictures=_without(plan.pictures, failed))
            _write_manifest(folder, plan.pictures)
    return Outcome(
        plan,
        manifest_of(folder),
        ways.count("copied"),
        ways.count("linked"),
        len(plan.present),
        len(plan.removals),
        tuple(failed.items()),
        refusal,
    )


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Raise what a file system refuses as a sentence."""
    try:
        yield
    except OSError as error:
        kind = ResourceError if is_full(error) else DatasetError
        raise kind(
            f"The set cannot be written to {printable(folder)}, because {why_refused(error, folder)}: what is"
            " there is whole, and the same command goes on from it once that is mended."
        ) from error


def _check_space(folder: Path, needed: int) -> None:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        raise ResourceError(
            f"The set needs {needed / 1e6:,.0f} MB and the disk of {printable(folder)} has"
            f" {free / 1e6:,.0f} MB left: choose another disk or fewer pictures."
        )


def _remove(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
    for place in {(folder / name).parent for name in names}:
        with suppress(OSError):  # something is left in it
            place.rmdir()


def _read_manifest(file: Path) -> dict[str, str]:
    """Read which files Poet put into a set: destination -> sha."""
    if not file.exists():
        return {}
    try:
        listed = read_table(file, tuple(COLUMNS))
    except (RunError, OSError):
        raise DatasetError(
            f"{printable(file)} is no list of a prepared set: move it away, or choose another folder."
        ) from None
    ours = listed[(listed["destination"] != "") & (listed["reason"] != FOUND)]
    return dict(zip(ours["destination"], ours["sha"], strict=True))


def _write_manifest(folder: Path, pictures: pd.DataFrame) -> None:
    text = to_csv(pictures[COLUMNS]).encode()
    file = manifest_of(folder)
    if not file.exists() or read_limited(file, TEXT_BYTES) != text:
        write_whole(file, text)


def _without(pictures: pd.DataFrame, failed: dict[str, str]) -> pd.DataFrame:
    pictures = pictures.copy()
    bad = pictures["source"].isin(failed)
    pictures.loc[bad, "part"] = "rejected"
    pictures.loc[bad, "issue"] = "unreadable"
    pictures.loc[bad, "destination"] = ""
    pictures.loc[bad, "reason"] = ["The file " + failed[s] + "." for s in pictures.loc[bad, "source"]]
    return pictures
