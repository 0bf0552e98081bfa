"""Mutated files for every reader: pictures, archives, weights, tables, records, answers. Run by hand.

    python -m tests.benchmarks.fuzz [--inputs 1000] [--seconds 600] [--reader NAME ...] [--lab FOLDER]

Each input is one of some sound files with bits flipped, numbers at their limits, pieces cut, doubled or
spliced, and words that mean something, drawn with a fixed seed. A child process reads them; a crash, a hang
(20 s), a traceback outside of the error family, and more memory than the reader may take are counted, and
their inputs kept in --out. 100,000 inputs take minutes to an hour a reader. `--lab` is a workspace in which
`poetcore demo` was run; without it that is done first.
"""

import argparse
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.campaign import Campaign
from tests.benchmarks.fuzzing.child import input_of
from tests.benchmarks.fuzzing.readers import READERS, Reader
from tests.benchmarks.harness import ROOT

#: Seconds for one input.
_PATIENCE = 20.0
SEED = 18


@dataclass
class Found:
    """What became of the inputs of one reader.

    Attributes:
        done: inputs that were read or killed their reader.
        refused: those that were refused with a sentence.
        faults: what must not happen -> how often; a crash, a hang, or a traceback and where it was raised.
        slowest: seconds of the slowest input.
        left: seconds for more inputs; what a process needs to begin is not counted.
    """

    done: int = 0
    refused: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    left: float = float("inf")


def fuzz(
    reader: Reader, lab: Path, inputs: int, out: Path | None = None, seconds: float = float("inf")
) -> Found:
    """Give mutated files to a reader, in processes that are started anew where one dies.

    Args:
        reader: what reads.
        lab: a workspace with a run.
        inputs: how many.
        out: where the inputs of faults are kept; None for nowhere.
        seconds: after so many no more are read.
    """
    found, number = Found(left=seconds), 0
    # In memory, where nothing waits for a disk.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    while number < inputs:
        with tempfile.TemporaryDirectory(dir=memory, ignore_cleanup_errors=True) as folder:
            number = _run_child(reader, lab, number, inputs, found, out, folder)
    return found


def _run_child(
    reader: Reader, lab: Path, first: int, last: int, found: Found, out: Path | None, folder: str
) -> int:
    """Run one process in a folder until it ends; returns the number of the next input."""
    command = [sys.executable, "-m", "tests.benchmarks.fuzzing.child", reader.name, str(lab), str(SEED)]
    process = subprocess.Popen(
        [*command, str(first), str(last), folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    lines: queue.Queue[str | None] = queue.Queue()
    assert process.stdout is not None

    def pump() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    current = -1
    while True:
        try:
            line = lines.get(timeout=_PATIENCE if current >= 0 else 300)
        except queue.Empty:
            process.kill(), process.wait()
            _count(reader, lab, current, "hang", found, out)
            return current + 1 if current >= 0 else last
        if line is None:
            break
        if line.startswith("!"):
            raise RuntimeError(f"{reader.name} cannot read sound files: {line[1:]}")
        if line.startswith("<"):
            current = int(line[1:])
            continue
        number, seconds, kind = line[1:].rstrip("\n").split(" ", 2)
        found.slowest = max(found.slowest, float(seconds))
        found.left -= float(seconds)
        found.refused += kind == "refused"
        if kind.startswith("traceback"):
            _count(reader, lab, int(number), kind, found, out)
        else:
            found.done += 1
        current = -1
        if found.left < 0:
            process.kill(), process.wait()
            return last
    status = process.wait()
    if status == 0:
        return last
    if current < 0:
        raise RuntimeError(f"the process for {reader.name} ended with {status} between two inputs")
    _count(reader, lab, current, f"crash with status {status}", found, out)
    return current + 1


def _count(reader: Reader, lab: Path, number: int, fault: str, found: Found, out: Path | None) -> None:
    found.done += 1
    found.faults[fault] += 1
    print(f"{reader.name} {number}: {fault}", file=sys.stderr, flush=True)
    if out and found.faults[fault] <= 3 and number >= 0:
        folder = out / reader.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(number)).write_bytes(input_of(reader, reader.seeds(lab), SEED, number))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--inputs", type=int, default=1000, help="for each reader")
    parser.add_argument("--seconds", type=float, default=600, help="for each reader, at the most")
    parser.add_argument("--reader", nargs="+", choices=READERS, default=list(READERS), metavar="NAME")
    parser.add_argument("--lab", type=Path, help="a workspace with a run")
    parser.add_argument(
        "--out", type=Path, default=Path("fuzz-found"), help="where inputs of faults are kept"
    )
    arguments = parser.parse_args()
    start, total, faults = time.monotonic(), 0, 0
    notes = []
    with tempfile.TemporaryDirectory() as folder:
        lab = arguments.lab or Path(folder) / "tf_files"
        if not (lab / "runs").is_dir():
            subprocess.run(
                [sys.executable, "-m", "poetcore", "demo", "--workspace", str(lab)],
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        for name in arguments.reader:
            began = time.monotonic()
            found = fuzz(READERS[name], lab.absolute(), arguments.inputs, arguments.out, arguments.seconds)
            total, faults = total + found.done, faults + sum(found.faults.values())
            notes.append(
                f"{name}: {found.done:,} inputs, {found.refused:,} refused, slowest {found.slowest:.2f} s, in"
                f" {time.monotonic() - began:.0f} s"
                + "".join(f"; **{count}** {fault}" for fault, count in found.faults.most_common(5))
            )
            print(notes[-1], flush=True)
    command = f"python -m tests.benchmarks.fuzz --inputs {arguments.inputs} --seconds {arguments.seconds:g}"
    seconds = time.monotonic() - start
    Campaign("mutated files", command, total, total, 0, 0, faults, SEED, seconds, tuple(notes)).report()


if __name__ == "__main__":
    main()
