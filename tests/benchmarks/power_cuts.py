"""What is left after a power cut at any moment of a work, and what is told of it.

    python -m tests.benchmarks.power_cuts [--only NAME ...] [--cuts 60] [--seeds 2] [--seconds 3600]

Each work is recorded once with its writes and waits for the disk (Linux, strace), then cut at many moments,
and each time the disk is made as it may be found (see `crash_replay`). Then what is opened next must find
every picture once, a journal that can be undone to where everything began, runs that say "done" only where
head, labels, split and record are those that were trained, evaluations that are whole, and caches that hold
nothing false. Every replay of all changes is compared with what was really written.
"""

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

from poetcore.curation.repair import Repairs
from poetcore.data.contents import state_of
from poetcore.data.dataset import scan
from poetcore.data.file_index import FileIndex
from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.crash_replay import MODELS, Held, copy, cuts_of, held_in, left_by, make, same
from tests.benchmarks.crash_works import TRAIN, WORKS
from tests.benchmarks.disk_record import Op, record
from tests.benchmarks.power_cut_row import row_of_power_cuts

__all__ = ["Work", "try_cuts"]

ROOT = Path(__file__).parents[2]


@dataclass
class Work:
    """A work that was recorded: its folder before and after, and its changes."""

    name: str
    start: Path
    end: Path
    ops: list[Op]

    @cached_property
    def held(self) -> Held:
        """Return what the folder held before."""
        return held_in(self.start)

    @cached_property
    def pictures(self) -> dict[str, "Counter[str]"]:
        """Return the pictures of each dataset before."""
        return {part: pictures(self.start / "set" / part) for part in ("train", "demo")}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Return the state of each dataset before anything was done to it."""
        template = self.start.with_name("template")
        return {part: labels_of(template / "set" / part) for part in ("train", "demo")}

    @cached_property
    def rows(self) -> dict[str, set[str]]:
        """Return what each database held at any time, as lines of SQL."""
        found: dict[str, set[str]] = {}
        changes = {0, len(self.ops), *(n for n, op in enumerate(self.ops, 1) if ".sqlite" in op.path)}
        for cut in sorted(changes):
            held = left_by(self.held, self.ops, cut, "kept")
            for name in (name for name in held if name.endswith(".sqlite")):
                with tempfile.TemporaryDirectory() as copied:
                    file = Path(copied, "database")
                    for ending in ("", "-wal"):
                        if isinstance(content := held.get(name + ending), bytes):
                            Path(f"{file}{ending}").write_bytes(content)
                    with closing(sqlite3.connect(file)) as database:
                        found.setdefault(name, set()).update(database.iterdump())
        return found


def prepare_template(folder: Path) -> None:
    """Make what works begin with: pictures, a workspace with a run; its network lies outside."""
    from tests.conftest import fill

    fill(folder / "set" / "train", {"ash": 9, "birch": 9, "cedar": 9})
    fill(folder / "set" / "demo", {"ash": 3, "birch": 3, "cedar": 3}, seed=1)
    done(folder, f"{TRAIN} --run_name first")
    shutil.move(folder / "ws" / "models", folder.with_name("models"))
    (folder / "ws" / "models").symlink_to(folder.with_name("models"))
    shutil.rmtree(folder / "ws" / "training_summaries")


def command(words: str) -> list[str]:
    """Return the command of a work."""
    if "\n" in words:
        return [sys.executable, "-c", words]
    return [sys.executable, "-m", "poetcore", *words.split()]


def environment() -> dict[str, str]:
    """Return the environment of a work."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}


def done(folder: Path, words: str) -> None:
    """Do a work to its end."""
    subprocess.run(command(words), cwd=folder, env=environment(), check=True, capture_output=True)


def recorded(name: str, template: Path, place: Path) -> Work:
    """Do a work and record it; the folder is always at the same path, since records name it."""
    folder = place / "disk"
    shutil.rmtree(folder, ignore_errors=True)
    copy(template, folder)
    *before, last = WORKS[name]
    for words in before:
        done(folder, words)
    start = copy(folder, place / f"{name}.start")
    ops = record(command(last), folder, place / "strace.log", folder, environment())
    work = Work(name, start, copy(folder, place / f"{name}.end"), ops)
    if wrong := same(
        held_in(work.end),
        left_by(work.held, ops, len(ops), "kept"),
        lambda path: path.endswith(("-shm", ".lock")) or "training_summaries" in path,
    ):
        raise RuntimeError(f"{name}: the replay of all changes is another: {wrong[:5]}")
    return work


def pictures(folder: Path) -> Counter[str]:
    """Count contents of pictures, hidden ones too."""
    found = (path for path in folder.rglob("*") if path.suffix in (".jpg", ".part") and path.is_file())
    return Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in found)


def labels_of(folder: Path) -> str:
    """Return the state of a dataset: contents and labels."""
    with tempfile.TemporaryDirectory() as place, FileIndex(Path(place) / "index.sqlite") as index:
        return state_of(scan(folder, index).pictures)


def faults_of(work: Work, folder: Path) -> Iterator[str]:
    """List what is wrong with what a power cut left; what is opened next has recovered it."""
    for part in ("train", "demo"):
        dataset = folder / "set" / part
        repairs = Repairs(dataset)
        repairs.recover()
        before, after = work.pictures[part], pictures(dataset)
        if after != before:
            lost, more = before - after, after - before
            yield f"{part}: {sum(lost.values())} pictures lost, {sum(more.values())} files too many"
        for step in repairs.steps():
            with suppress(PoetError):  # it is undone already
                repairs.undo(step.id)
        if work.name in ("merge", "repairs", "undo") and labels_of(dataset) != work.labels[part]:
            yield f"{part}: undone, it is not as it was"
    workspace = Workspace(folder / "ws")
    yield from faults_of_runs(work, workspace)
    yield from faults_of_caches(work, folder)
    if work.name in ("prepare", "upload", "camera"):
        yield from faults_of_new_pictures(work, folder)


def faults_of_runs(work: Work, workspace: Workspace) -> Iterator[str]:
    """List the runs and evaluations that lie."""
    for run in workspace.all_runs():
        with patch("time.time", return_value=time.time() + 3600):  # the power comes back later
            status = run.current_status()
        if status.phase not in ("done", "failed", "damaged", "cancelled"):
            yield f"{run.name}: still {status.phase}"
        if status.phase != "done":
            if run.name == "first":
                yield "first: no longer done"
            continue
        held = [Workspace(place / "ws").runs / run.name for place in (work.start, work.end)]
        try:
            run.record(), run.head(), run.labels(), run.split(), run.cross_validation(), run.label_groups()
        except PoetError as error:
            yield f"{run.name}: done, but {str(error)[-60:]}"
            continue
        for name in ("run.json", "head.npz", "labels.txt", "split.csv"):
            content = (run.folder / name).read_bytes()
            if content not in [(place / name).read_bytes() for place in held if (place / name).exists()]:
                yield f"{run.name}: {name} is neither the old nor the new one"
        for place in run.evaluations():
            with suppress(PoetError):
                metrics = Evaluation.load(place).metrics
                if metrics.total != len(place.predictions()):
                    yield f"{run.name}: an evaluation disagrees with itself"


def faults_of_caches(work: Work, folder: Path) -> Iterator[str]:
    """List what databases hold that was never written."""
    for file in sorted((folder / "ws").rglob("*.sqlite")):
        name = file.relative_to(folder)
        with closing(sqlite3.connect(file)) as database:
            try:
                found = set(database.iterdump())
            except sqlite3.DatabaseError as error:
                yield f"{name}: {error}"
                continue
        if strange := {line for line in found - work.rows.get(str(name), set()) if line.startswith("INSERT")}:
            yield f"{name}: {len(strange)} rows that were never written"


def faults_of_new_pictures(work: Work, folder: Path) -> Iterator[str]:
    """List new pictures that stand under their name and are not whole."""
    there = pictures(work.start / "set")
    manifest = folder / "out" / "manifest.csv"
    places = [folder / "out"] if manifest.exists() else []
    with suppress(FileNotFoundError):
        places += [path for path in (folder / "ws" / "datasets").iterdir() if not path.name.startswith(".")]
    for place in places:
        if bad := pictures(place) - Counter(dict.fromkeys(there, 9)):
            yield f"{place.name}: {sum(bad.values())} pictures that are not whole"


def try_cuts(work: Work, place: Path, cuts: int, seeds: int) -> tuple[int, list[str]]:
    """Cut a work at many moments, under each model.

    Args:
        work: a recorded one.
        place: where disks are made.
        cuts: so many moments at the most.
        seeds: draws of the model `random` a moment.

    Returns:
        How many disks were made, of which no two hold the same, and what was wrong with them.
    """
    folder, seen, faults = place / "disk", set(), []
    for cut in cuts_of(work.ops, cuts):
        for model in MODELS:
            for seed in range(seeds if model == "random" else 1):
                held = left_by(work.held, work.ops, cut, model, seed)
                mark = hash(tuple(held.items()))
                if mark in seen:
                    continue
                seen.add(mark)
                shutil.rmtree(folder, ignore_errors=True)
                make(held, folder)
                try:
                    found = list(faults_of(work, folder))
                except Exception as error:
                    found = [f"{type(error).__name__}: {error}"]
                faults += [f"{work.name}, {model}, after {cut} of {len(work.ops)}: {one}" for one in found]
    return len(seen), faults


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--cuts", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--faults", type=Path, help="where all faults are written, as JSON")
    parser.add_argument("--template", type=Path, help="a folder that is kept and used again")
    parser.add_argument("--seconds", type=float, default=3600, help="after so many no work is begun")
    arguments = parser.parse_args()
    start, disks, left = time.monotonic(), 0, list[str]()
    told: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        tempfile.tempdir = name
        place = arguments.template or Path(name)
        place.mkdir(exist_ok=True)
        if not (place / "template").exists():
            (place / "disk").mkdir()
            prepare_template(place / "disk")
            copy(place / "disk", place / "template")
        print("| work | changes | disks | faults |\n|---|---|---|---|")
        for one in arguments.only:
            if time.monotonic() - start > arguments.seconds:
                left.append(one)
                continue
            for ending in ("start", "end"):
                shutil.rmtree(place / f"{one}.{ending}", ignore_errors=True)
            work = recorded(one, place / "template", place)
            tried, told[one] = try_cuts(work, place, arguments.cuts, arguments.seeds)
            disks += tried
            print(f"| {one} | {len(work.ops)} | {tried} | {len(told[one])} |", flush=True)
            for fault in told[one][:6]:
                print(f"  {fault}")
    if arguments.faults:
        arguments.faults.write_text(json.dumps(told, indent=1))
    line = f"python -m tests.benchmarks.power_cuts --cuts {arguments.cuts} --seeds {arguments.seeds}"
    row_of_power_cuts(told, disks, left, line, time.monotonic() - start).report()


if __name__ == "__main__":
    main()
