"""How fast Poet is on this machine, against the machine's limit and the usual ways.

    python -m tests.benchmarks TRAIN_FOLDER DEMO_FOLDER [--out FOLDER] [--only NAME ...] [--repeat 3]

Each folder holds one folder of photos a label. Everything happens in a folder that is deleted afterwards,
each thing in a new process and several times. Writes benchmarks.json and benchmarks.md: medians, spread,
and what was to be reached. Leave the machine alone meanwhile; a busy one is told in the table.
"""

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks.harness import machine
from tests.benchmarks.lab import Lab
from tests.benchmarks.suites import SUITES
from tests.benchmarks.table import Table


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("train", type=Path, help="folder of label folders to train on")
    parser.add_argument("demo", type=Path, help="the same labels, to evaluate on")
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), help="where the tables are written")
    parser.add_argument("--only", nargs="+", choices=SUITES, default=list(SUITES), metavar="NAME")
    parser.add_argument("--repeat", type=int, default=3, help="how often each thing is measured")
    parser.add_argument("--many", type=int, default=50_000, help="files that are scanned")
    arguments = parser.parse_args()
    table = Table("Benchmarks", machine())
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(
            arguments.train.absolute(),
            arguments.demo.absolute(),
            Path(folder),
            arguments.repeat,
            arguments.many,
        )
        for name in arguments.only:
            SUITES[name](lab, table)
            # What is there is kept, whatever happens to the rest.
            table.write(arguments.out, "benchmarks")
    print(table.as_markdown())


if __name__ == "__main__":
    main()
