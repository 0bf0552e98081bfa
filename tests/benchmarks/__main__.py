"""How fast Poet is on this machine, against the machine's limit and the usual ways; and what became slower.

    python -m tests.benchmarks TRAIN_FOLDER DEMO_FOLDER [--out FOLDER] [--only NAME ...] [--repeat 3]
    python -m tests.benchmarks TRAIN_FOLDER DEMO_FOLDER --quick --out before
    python -m tests.benchmarks TRAIN_FOLDER DEMO_FOLDER --compare before/benchmarks.json
    python -m tests.benchmarks TRAIN_FOLDER DEMO_FOLDER --against main

Each folder holds one folder of photos a label. Everything happens in a folder that is deleted afterwards,
each thing in a new process and several times. Writes benchmarks.json and benchmarks.md: medians, spread,
and what was to be reached. Leave the machine alone meanwhile; a busy one is told in the table.

With --compare or --against it ends with 1 where something got slower by more than the noise, with 2 where
there is nothing to compare with. A baseline of another hour tells less than other code measured in turn.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from poetcore.system.files import walk
from tests.benchmarks import quick
from tests.benchmarks.compare import BaselineError, compared, read_baseline, status_of
from tests.benchmarks.harness import machine
from tests.benchmarks.lab import Lab
from tests.benchmarks.other_code import lay_out
from tests.benchmarks.suites import SUITES
from tests.benchmarks.table import Table

_FULL, _QUICK = 3, 5


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        try:
            baseline = _baseline(arguments.compare, arguments.out) if arguments.compare else None
            other = lay_out(arguments.against, Path(folder, "other")) if arguments.against else None
        except BaselineError as error:
            print(error, file=sys.stderr)
            return 2
        settings = _settings(arguments, baseline)
        table = Table("Benchmarks", machine(), settings=settings)
        lab = Lab(
            arguments.train.absolute(),
            arguments.demo.absolute(),
            Path(folder, "lab"),
            settings["repeat"],
            settings["many"],
        )
        lab.folder.mkdir()
        if settings["quick"]:
            baseline = _measure_quick(lab, table, other) or baseline
        else:
            for name in settings["only"]:
                SUITES[name](lab, table)
                # What is there is kept, whatever happens to the rest.
                table.write(arguments.out, "benchmarks")
        table.write(arguments.out, "benchmarks")
        if other and baseline:
            baseline.write(arguments.out, "against")
    print(table.as_markdown())
    if baseline is None:
        return 0
    comparison = compared(baseline, table)
    print(comparison.as_markdown())
    return status_of(comparison)


def _baseline(file: Path, out: Path) -> Table:
    """Read the baseline, which must not be where the new table is written.

    Raises:
        BaselineError: it is, or it cannot be read.
    """
    if file.resolve() == (out / "benchmarks.json").resolve():
        raise BaselineError(
            f"The baseline {file} would be written over by what is measured now: give another --out."
        )
    return read_baseline(file)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("train", type=Path, help="folder of label folders to train on")
    parser.add_argument("demo", type=Path, help="the same labels, to evaluate on")
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), help="where the tables are written")
    parser.add_argument("--only", nargs="+", choices=SUITES, metavar="NAME", help="suites; all by default")
    parser.add_argument("--repeat", type=int, help=f"how often ({_FULL}; with --quick {_QUICK})")
    parser.add_argument("--many", type=int, help="files that are scanned (50,000)")
    parser.add_argument("--quick", action="store_true", help="a short round of what people wait for")
    beside = parser.add_mutually_exclusive_group()
    beside.add_argument(
        "--compare",
        type=Path,
        metavar="BASELINE.json",
        help="measure what this has, as it was measured, and say what got slower",
    )
    beside.add_argument(
        "--against",
        metavar="COMMIT_OR_FOLDER",
        help="measure that code too, in turn with this, and say what got slower; a short round",
    )
    return parser


def _settings(arguments: argparse.Namespace, baseline: Table | None) -> dict[str, Any]:
    """Return how to measure: as was asked, else as the baseline was, else as usual."""
    before = baseline.settings if baseline else {}
    short = arguments.quick or bool(arguments.against) or (not arguments.only and bool(before.get("quick")))
    return {
        "quick": short,
        "only": []
        if short
        else arguments.only or [one for one in before.get("only") or () if one in SUITES] or list(SUITES),
        "repeat": arguments.repeat or before.get("repeat") or (_QUICK if short else _FULL),
        "many": arguments.many or before.get("many") or 50_000,
        "train_pictures": sum(1 for _ in walk(arguments.train)),
        "demo_pictures": sum(1 for _ in walk(arguments.demo)),
    }


def _measure_quick(lab: Lab, table: Table, other: Path | None) -> Table | None:
    """Measure the short round; where other code is measured in turn, return its table."""
    few = quick.small(lab)
    labs, tables = {"this": few}, {"this": table}
    if other:
        labs = {"other": replace(few, code=other, folder=other.parent / "other lab"), **labs}
        assert few.model  # once converted, it serves both
        shutil.copytree(few.models, labs["other"].models)
        tables["other"] = Table("Benchmarks of the other code", table.machine, settings=table.settings)
    quick.measure(labs, tables, lab.repeat)
    return tables.get("other")


if __name__ == "__main__":
    sys.exit(main())
