"""Every campaign of faults, and the table of what they found. Run by hand.

    python -m tests.benchmarks.campaigns [--list] [--only NAME ...] [--out campaigns.md]

Each runs in a process of its own, one after the other, for minutes to hours; what is there is kept whatever
happens to the rest. A campaign that fails, or takes longer than eight hours, is told and counts as a
traceback. Exit status 1 where one of them lost something, differed silently or ended in a traceback.
"""

import argparse
import contextlib
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.campaign import Campaign, as_markdown, read_campaign
from tests.benchmarks.harness import ROOT

__all__ = ["CAMPAIGNS", "Entry", "run_campaign"]


@dataclass(frozen=True)
class Entry:
    """A campaign that can be run.

    Attributes:
        module: below `tests.benchmarks`; its name here too.
        fault: what is injected, or tried.
        arguments: of its command line.
    """

    module: str
    fault: str
    arguments: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        return " ".join(["python", "-m", f"tests.benchmarks.{self.module}", *self.arguments])


#: One line a campaign, in the order of their names.
CAMPAIGNS: tuple[Entry, ...] = (
    Entry("bit_flips", "single bits of every kind of file flipped"),
    Entry("damaged_records", "every file of runs, evaluations and tunings damaged"),
    Entry("disks", "disks that are full, nearly full, or may only be read (as root, Linux)"),
    Entry(
        "fuzz",
        "files of every kind with bits flipped, pieces cut and spliced",
        ("--inputs", "100000", "--seconds", "600"),
    ),
    Entry("gate", "a hostile site and names that are markup, in Chromium"),
    Entry(
        "hostile_files", "pictures, zips, graphs that lie or carry code; what stands in the way of outputs"
    ),
    Entry("inside", "addresses inside a network: spellings, redirects, names that change"),
    Entry("kills", "SIGKILL at a random moment of every kind of work", ("--trials", "24")),
    Entry(
        "many",
        "fifty sessions, trainings, evaluations and repairs at once",
        ("--work", "--browsers", "5"),
    ),
    Entry("power_cuts", "power cuts at every stage of a work (Linux, strace)"),
    Entry("public_view", "visitors of a public view click, type, ask and send anything"),
)


#: No campaign takes longer; one that does is ended, with all that it started.
_MOST_SECONDS = 8 * 3600


def run_campaign(entry: Entry) -> Campaign:
    """Run a campaign to its end, whatever that is."""
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.benchmarks.{entry.module}", *entry.arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    try:
        out, _ = process.communicate(timeout=_MOST_SECONDS)
    except subprocess.TimeoutExpired:
        for one in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        process.kill()
        out, _ = process.communicate()
    lines = out.strip().splitlines()
    try:
        return read_campaign(lines[-1])
    except (IndexError, KeyError, TypeError, ValueError):
        seconds = time.monotonic() - start
        note = f"ended with exit status {process.returncode} and told nothing."
        return Campaign(entry.module, entry.command, 0, 0, tracebacks=1, seconds=seconds, notes=(note,))


def main() -> int:
    names = [entry.module for entry in CAMPAIGNS]
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.campaigns",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--list", action="store_true", help="list the campaigns and run none")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="NAME")
    parser.add_argument("--out", type=Path, default=Path("campaigns.md"), help="where the table is written")
    arguments = parser.parse_args()
    found: list[Campaign] = []
    for entry in CAMPAIGNS:
        if entry.module not in arguments.only:
            continue
        print(f"{entry.command}: {entry.fault}", flush=True)
        if not arguments.list:
            found.append(run_campaign(entry))
            arguments.out.write_text(as_markdown(found) + "\n", encoding="utf-8")
    if found:
        print(as_markdown(found))
    return int(not all(one.clean for one in found))


if __name__ == "__main__":
    sys.exit(main())
