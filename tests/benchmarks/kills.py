"""Kill work of every kind at random moments, and look at what is there afterwards. Run by hand.

    python -m tests.benchmarks.kills [--trials 24] [--seed 1] [--only KIND ...]

Each kind of work is done once from beginning to end, which is measured. Then, in a fresh copy of what it
began with, the same work is begun by a child process that is killed (SIGKILL) after a random part of that
time, and done again. What was there must be whole at every moment, nobody may count as alive, what was
killed must hold no lock, the same work under the same name must come to the same result, and what is left
behind must be cleared by who comes next. Trials of one kind have their own random numbers, so `--only`
repeats them.
"""

import argparse
import multiprocessing
import shutil
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from poetcore.features.backbones import DEFAULT, find
from poetcore.features.litert import model_file
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.killed_work import (
    KINDS,
    MOVING,
    begin,
    child,
    copied,
    digest,
    left_behind,
    opened,
    wrong_after,
)

#: What a child process imports before it is forked, so that kills hit the work and not the imports.
_PRELOADED = ["tests.benchmarks.killed_work", "sklearn.linear_model", "ai_edge_litert.interpreter"]


@dataclass
class Found:
    """What came of the trials of one kind."""

    trials: int = 0
    killed: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def try_kind(kind: str, source: Path, home: Path, trials: int, seed: int) -> Found:
    """Do one kind of work, kill it so often, and look."""
    found, context = Found(), multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    draws = np.random.default_rng([seed, *kind.encode()])
    whole = copied(source, home / "whole")
    expected = KINDS[kind](whole)
    awake = context.Process(target=print)  # the server that forks imports now
    awake.start()
    awake.join()
    process = context.Process(target=child, args=[kind, copied(source, home / "timed")])
    start = time.monotonic()
    process.start()
    process.join()
    seconds = time.monotonic() - start
    for number in range(trials):
        folder = copied(source, home / str(number))
        before = digest(folder / "sample", names=kind not in MOVING)
        process = context.Process(target=child, args=[kind, folder])
        process.start()
        process.join(draws.uniform(0.02, 1.0) * seconds)
        found.trials += 1
        if process.is_alive():
            found.killed += 1
            process.kill()
            process.join()
        try:
            for what, sentence in wrong_after(kind, folder, before):
                found.wrong[what] += 1
                found.notes.append(f"{kind} {number}: {sentence}")
            if (again := KINDS[kind](folder)) != expected:
                found.wrong["silent"] += 1
                found.notes.append(f"{kind} {number}: {again} instead of {expected}")
            if left := left_behind(folder):
                found.wrong["left"] += 1
                found.notes.append(f"{kind} {number}: left {left[:3]}")
        except Exception:
            found.wrong["traceback"] += 1
            found.notes.append(f"{kind} {number}: {' / '.join(traceback.format_exc().splitlines()[-3:])}")
        shutil.rmtree(folder)
    for one in (home / "whole", home / "timed"):
        shutil.rmtree(one)
    told(found, kind, seconds)
    return found


def told(found: Found, kind: str, seconds: float) -> None:
    """Print one line on a kind."""
    wrong = ", ".join(f"{count} {name}" for name, count in found.wrong.items()) or "nothing wrong"
    print(f"{kind}: {found.killed} of {found.trials} killed within {seconds:.1f} s: {wrong}", flush=True)
    for note in found.notes:
        print(f"  {note}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=24, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=list(KINDS), default=list(KINDS))
    asked = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        model_file(find(DEFAULT), opened(source).models)
        begin(source)
        every = [try_kind(kind, source, Path(folder) / kind, asked.trials, asked.seed) for kind in asked.only]
    wrong: Counter[str] = sum((one.wrong for one in every), Counter())
    Campaign(
        f"kills in {len(asked.only)} kinds of work",
        f"python -m tests.benchmarks.kills --trials {asked.trials} --seed {asked.seed}",
        trials=sum(one.trials for one in every),
        faults=sum(one.killed for one in every),
        losses=wrong["loss"],
        silent=wrong["silent"] + wrong["left"],
        tracebacks=wrong["traceback"],
        seed=asked.seed,
        seconds=time.monotonic() - start,
        notes=tuple(note for one in every for note in one.notes),
    ).report()


if __name__ == "__main__":
    main()
