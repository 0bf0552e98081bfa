"""A short round of what people wait for, small enough to be run before and after a change.

Every turn does each thing once, so that a slow minute of the machine hits all of them. No peers: those are in
the full suites. Under two minutes on 2 cores, a third of it preparation.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from poetcore.system.files import walk
from tests.benchmarks.harness import ROOT, Outcome, task
from tests.benchmarks.lab import Lab
from tests.benchmarks.table import Table

__all__ = ["CASES", "Case", "measure", "small"]

#: Pictures to train on, demo pictures, small files to scan, training steps.
_TRAIN, _DEMO, _FILES, _STEPS = 300, 100, 3000, 4000

_POET = [sys.executable, "-m", "poetcore"]


@dataclass(frozen=True)
class Case:
    """One thing that is measured.

    Attributes:
        name: what.
        once: does it in a process of its own, given the number of the repetition.
        inside: figures of its answer: what to add to the name, the value's key, the unit; without any, the
            time of the whole process is the figure.
        whole: whether processor time and memory of that process say something.
    """

    name: str
    once: Callable[[Lab, int], Outcome]
    inside: tuple[tuple[str, str, str], ...] = ()
    whole: bool = True


def small(lab: Lab) -> Lab:
    """Return a laboratory with the first few pictures of each label, and one run."""
    places = []
    for name, folder, count in (("train", lab.train, _TRAIN), ("demo", lab.demo, _DEMO)):
        labels = sorted(path for path in folder.iterdir() if path.is_dir())
        for label in labels:
            place = lab.folder / name / label.name
            place.mkdir(parents=True)
            for file in sorted(entry.path for entry in walk(label))[: max(1, count // len(labels))]:
                shutil.copy2(file, place)
        places.append(lab.folder / name)
    return replace(lab, train=places[0], demo=places[1], many=_FILES, forms=("float",))


def measure(labs: Mapping[str, Lab], tables: Mapping[str, Table], repeat: int) -> None:
    """Measure the code of each laboratory in turn (A B B A ...), each into the table of the same name."""
    for lab in labs.values():
        _prepare(lab)
    unable: set[tuple[str, str]] = set()

    def once(case: Case, side: str) -> Callable[[int], Outcome]:
        def run_it(turn: int) -> Outcome:
            try:
                return case.once(labs[side], turn)
            except RuntimeError as error:
                if labs[side].code == ROOT:
                    raise
                if (case.name, side) not in unable:
                    tables[side].note(f"{case.name} failed: {str(error).splitlines()[-1]}")
                unable.add((case.name, side))
                return Outcome(0, 0, {})

        return run_it

    found: dict[tuple[str, str], list[Outcome]] = {}
    for turn in range(repeat):
        # Each comes first as often: where a machine becomes slower and slower, the second is always slower.
        order = list(labs) if turn % 2 == 0 else list(labs)[::-1]
        for case in CASES:
            for side in order:
                found.setdefault((case.name, side), []).append(once(case, side)(turn))
    for case in CASES:
        for side in labs:
            if (case.name, side) not in unable:
                _add(tables[side], case, found[case.name, side])


def _prepare(lab: Lab) -> None:
    """Convert the backbone, train and evaluate a run, make what is scanned and what a layer is trained on.

    Everything is done once, so that what a first time compiles or reads from the disk is not measured.
    """
    assert lab.runs
    lab.run(task("keep_features", workspace=lab.trained, run="float", file=lab.folder / "vectors.npz"))
    lab.run(task("make_many", folder=lab.folder / "many", count=lab.many))
    _label_image(lab, 0), _first_page(lab, 0)


def _add(table: Table, case: Case, outcomes: list[Outcome]) -> None:
    if any(key not in one.answer for one in outcomes for _, key, _ in case.inside):
        table.note(f"{case.name} was not measured: {outcomes[0].answer.get('skipped', 'no answer')}.")
        return
    for more, key, unit in case.inside:
        table.add(case.name + more, unit, [one.answer[key] for one in outcomes])
    if not case.inside:
        table.add(case.name, "s", [one.seconds for one in outcomes])
    if case.whole:
        table.add(f"{case.name}: processor time", "s", [one.cpu_s for one in outcomes])
        table.add(f"{case.name}: peak memory", "MB", [one.peak_mb for one in outcomes])


def _extract(lab: Lab, turn: int) -> Outcome:
    return lab.run(task("extract_in_python", folder=lab.train, workspace=lab.fresh()))


def _head(lab: Lab, turn: int) -> Outcome:
    return lab.run(task("head", file=lab.folder / "vectors.npz", steps=_STEPS))


def _retrain(lab: Lab, turn: int) -> Outcome:
    places = ("--image_dir", str(lab.train), "--workspace", str(lab.trained))
    return lab.run([*_POET, "retrain", "--json", *places])


def _evaluate(lab: Lab, turn: int) -> Outcome:
    place = ("--workspace", str(lab.fresh_with_runs()))
    return lab.run([*_POET, "evaluate", str(lab.demo), "--run", "float", "--json", *place])


def _label_image(lab: Lab, turn: int) -> Outcome:
    photos = sorted(entry.path for entry in walk(lab.demo))
    place = ("--workspace", str(lab.fresh_with_runs()))
    return lab.run([*_POET, "label_image", photos[turn], "--run", "float", "--json", *place])


def _scan(lab: Lab, turn: int) -> Outcome:
    place = Path(tempfile.mkdtemp(dir=lab.folder))
    return lab.run(task("scan_folder", folder=lab.folder / "many", workspace=place))


def _first_page(lab: Lab, turn: int) -> Outcome:
    where = (str(lab.trained), "float", str(lab.demo), "0")
    return lab.run([sys.executable, "-m", "tests.benchmarks.dashboard", *where])


def _command(lab: Lab, turn: int) -> Outcome:
    return lab.run([*_POET, "runs", "--json", "--workspace", str(lab.trained)])


def _import(lab: Lab, turn: int) -> Outcome:
    return lab.run([sys.executable, "-c", "import poetcore; poetcore.retrain"])


CASES = (
    Case("import for a training", _import),
    Case("a command, runs", _command),
    Case("extraction", _extract, (("", "rate", "pictures/s"),)),
    Case(f"{_STEPS} head steps", _head, (("", "seconds", "s"),)),
    Case("retrain, warm", _retrain),
    Case("evaluate", _evaluate),
    Case("label_image", _label_image),
    Case(f"scan of {_FILES:,} files, new", _scan, (("", "seconds", "s"),)),
    Case(
        "dashboard",
        _first_page,
        (
            (": start of the server", "server_s", "s"),
            (": first paint", "first_paint_s", "s"),
            (": memory of the server", "server_mb", "MB"),
        ),
        whole=False,
    ),
)
