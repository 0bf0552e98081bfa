"""Many at once: browser-like sessions on one server, and trainings, evaluations and repairs beside. By hand.

    python -m tests.benchmarks.many [TRAIN DEMO] [--sessions 50] [--browsers 0] [--seconds 60] [--work]

TRAIN and DEMO are folders of label folders, drawn where none are given; both are copied. A run is trained and
evaluated, a server is started, and so many sessions open the slideshow at the same moment, each with a
WebSocket as Streamlit's client has one; then each asks for the next picture every three seconds. With
`--browsers` some are real, in Chromium. With `--work` two trainings, four evaluations, a second server and
repairs from two sides of the same dataset run beside them. Told is, of the health address (asked five times a
second), of a page (from the connection to the end of its script) and of a picture: median, 95 % and the
longest; the server's memory; and whatever failed. What is being done is told on standard error: beside other
work the preparation alone takes minutes.
"""

import argparse
import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import psutil

from poetcore.curation.changes import Change
from poetcore.curation.repair import Repairs
from poetcore.data.dataset import scan
from poetcore.evaluation.evaluate import evaluate
from poetcore.sources.samples import make_sample
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.disk_faults import pictures_in
from tests.benchmarks.many_sessions import Times, browsers, probe, session, stage
from tests.browser.conftest import ROOT, serving
from tests.browser.dashboard import server_of


@contextlib.contextmanager
def beside(place: Workspace, train: Path, demo: Path, times: Times) -> Iterator[None]:
    """Train twice, evaluate four times and repair from two sides, until the block ends."""
    over = threading.Event()

    def command(*words: object) -> None:
        line = [sys.executable, "-m", "poetcore", *map(str, words), "--workspace", str(place.root)]
        while not over.is_set():
            done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                times.failures.append(f"{words[0]}: {done.stderr.strip().splitlines()[-1]}")
                return

    def repair(label: str) -> None:
        while not over.is_set():
            try:
                repairs = Repairs(train)
                with place.file_index() as index:
                    pictures = scan(train, index).pictures
                row = pictures[pictures["label"] == label].iloc[0]
                repairs.propose([Change(Path(row["path"]), "quarantine", row["sha"], "blurry")])
                step = repairs.apply()
                if step:
                    repairs.undo(step.id)
            except Exception as error:
                times.failures.append(f"repair: {type(error).__name__}: {error}")
                return

    labels = sorted(one.name for one in demo.iterdir() if one.is_dir())
    work = [
        *(threading.Thread(target=repair, args=[label]) for label in labels[:2]),
        *(
            threading.Thread(target=command, args=["retrain", "--image_dir", train, "--learning_rate", rate])
            for rate in (0.01, 0.02)
        ),
        *(threading.Thread(target=command, args=["evaluate", demo]) for _ in range(4)),
    ]
    for one in work:
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in work:
            one.join()


def told(name: str, seconds: Sequence[float]) -> str:
    """Return one line on how long something took."""
    if not seconds:
        return f"| {name} | 0 | | | |"
    values = np.array(seconds) * 1000
    figures = (np.median(values), np.percentile(values, 95), values.max())
    return f"| {name} | {len(values):,} | " + " | ".join(f"{one:,.0f} ms" for one in figures) + " |"


def measure(
    place: Workspace, query: str, shas: Sequence[str], asked: argparse.Namespace, datasets: tuple[Path, Path]
) -> Times:
    """Do all of it on one server, and return what it took."""
    times = Times()
    environment = {"TFP_WORKSPACE": str(place.root)}
    with contextlib.ExitStack() as stack:
        address = stack.enter_context(serving(ROOT / "app.py", environment, ()))
        asyncio.run(session(address, query, shas[:1], time.monotonic(), Times()))  # what is imported once
        if asked.work:
            stage("a second server, trainings, evaluations and repairs begin")
            stack.enter_context(serving(ROOT / "app.py", environment, ()))
            stack.enter_context(beside(place, *datasets, times))
        stage(f"{asked.browsers} browsers and {asked.sessions} sessions open the slideshow")
        stack.enter_context(browsers(address, query, asked.browsers, times))
        server = server_of(address)
        line = [sys.executable, "-m", "tests.benchmarks.many", "probe", address, str(asked.seconds)]
        prober = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        time.sleep(2)

        async def all_sessions() -> None:
            until = time.monotonic() + asked.seconds - 4
            draws = np.random.default_rng(0)
            orders = [list(draws.permutation(np.array(shas))) for _ in range(asked.sessions)]
            running = asyncio.gather(*(session(address, query, order, until, times) for order in orders))
            while not running.done():
                times.memory.append(server.memory_info().rss / 1e6)
                await asyncio.sleep(1)

        # In a thread: playwright has a loop of its own in this one.
        sessions = threading.Thread(target=lambda: asyncio.run(all_sessions()))
        sessions.start()
        sessions.join()
        out, _ = prober.communicate()
        found = json.loads(out)
        times.health = [one for one in found if one >= 0]
        times.failures += ["health: no answer"] * sum(one < 0 for one in found)
        stage("what runs beside comes to its end")
    return times


def prepared(folder: Path, train: Path, demo: Path) -> tuple[Workspace, str, list[str], tuple[Path, Path]]:
    """Copy both folders, train a run and evaluate it; return what sessions ask for."""
    place = Workspace(folder / "tf_files")
    new_train, new_demo = place.datasets / "flowers" / "train", place.datasets / "flowers" / "demo"
    stage(f"copying {train} and {demo}")
    shutil.copytree(train, new_train)
    shutil.copytree(demo, new_demo)
    options = TrainingOptions(how_many_training_steps=500, seed=1)
    stage("training and evaluating the run that is shown")
    run = retrain(RunConfig(new_train, training=options, name="shown"), place)
    table = evaluate(run, new_demo, place).predictions
    return place, f"run=shown&demo={new_demo}&dataset={new_train}", list(table["sha"]), (new_train, new_demo)


def main() -> None:
    if sys.argv[1:2] == ["probe"]:
        probe(sys.argv[2], float(sys.argv[3]))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("train", type=Path, nargs="?")
    parser.add_argument("demo", type=Path, nargs="?")
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--browsers", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--work", action="store_true", help="with trainings, evaluations and repairs beside")
    parser.add_argument("--kept", type=Path, help="a folder that keeps the workspace for another time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.kept or Path(temporary)
        if (folder / "asked.json").exists():
            root, query, shas, *both = json.loads((folder / "asked.json").read_text())
            place, datasets = Workspace(Path(root)), (Path(both[0]), Path(both[1]))
        else:
            drawn = make_sample(folder / "drawn") if asked.demo is None else Path()
            train, demo = asked.train or drawn / "train", asked.demo or drawn / "demo"
            place, query, shas, datasets = prepared(folder, train, demo)
            kept = [str(place.root), query, shas, *map(str, datasets)]
            (folder / "asked.json").write_text(json.dumps(kept))
        load = psutil.getloadavg()[0]
        start, before = time.monotonic(), pictures_in(datasets[0])
        times = measure(place, query, shas, asked, datasets)
        lost = (before - pictures_in(datasets[0])).total()
    print(f"{asked.sessions} sessions, {asked.browsers} browsers; load before {load:.1f}")
    print("| | answers | median | 95 % | longest |\n|---|---|---|---|---|")
    for name in ("health", "page", "picture"):
        print(told(name, getattr(times, name)))
    print(
        f"server: {times.memory[0]:.0f} MB, at the most {max(times.memory):.0f}, then {times.memory[-1]:.0f}"
    )
    print(f"failures: {len(times.failures)}")
    for line in sorted(set(times.failures))[:20]:
        print(f"  {times.failures.count(line)} x {line}")
    words = f"--sessions {asked.sessions} --browsers {asked.browsers} --seconds {asked.seconds:g}"
    health = told("health", times.health).strip("| ")
    Campaign(
        "many at once",
        f"python -m tests.benchmarks.many {words}" + (" --work" if asked.work else ""),
        len(times.health) + len(times.page) + len(times.picture),
        asked.sessions + asked.browsers + 8 * asked.work,
        losses=lost,
        tracebacks=len(times.failures),
        seed=0,
        seconds=round(time.monotonic() - start),
        notes=(f"{health} (answers, median, 95 %, longest); load before {load:.1f}.",),
    ).report()


if __name__ == "__main__":
    main()
