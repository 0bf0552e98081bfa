"""How soon after the click a training shows a curve.

    python -m tests.benchmarks.first_curve PHOTOS [--count 10000] [--engine auto] [--unscanned]

Makes so many photos, each of another content, out of a folder of label folders; lets the page scan them, as
it does before it offers the button; then starts a training the way the page does, as a job in a process of
its own, and waits for its end. Prints seconds since the click up to each step, and the CPU time of the
previews as a share of what the process took meanwhile. With `--unscanned` no page has seen the folder before.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.generated import SETTLING, varied

__all__ = ["measure"]

_MODULE = "tests.benchmarks.first_curve"

#: Where the process writes what it measured of itself, in the run's folder.
_FIGURES = "first_curve.json"


def photos_of(source: Path, folder: Path, count: int) -> Path:
    """Make so many photos of the same pixels as those of a folder, no two of the same content."""
    files = sorted(path for path in source.rglob("*.jpg") if path.is_file())
    random.Random(0).shuffle(files)
    for number in range(count):
        file = files[number % len(files)]
        place = folder / file.parent.name / f"{file.stem}_{number:06d}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(varied(file.read_bytes(), number))
    time.sleep(SETTLING)
    return folder


def measure(folder: Path, root: Path, engine: str, scanned: bool) -> dict[str, Any]:
    """Train on a folder of new photos as the page does, and tell when what was there.

    Args:
        folder: of label folders.
        root: of a new workspace.
        engine: that extracts features.
        scanned: whether the page scans the folder before the click, as it does.
    """
    from poetcore.data.dataset import scan
    from poetcore.features.backbones import DEFAULT, find
    from poetcore.features.litert import model_file
    from poetcore.training import jobs
    from poetcore.training.config import RunConfig
    from poetcore.workspace.workspace import Workspace

    place = Workspace(root)
    model_file(find(DEFAULT), place.models)  # once for a workspace
    before = time.time()
    if scanned:
        with place.file_index() as index:
            scan(folder, index)
    page = time.time() - before

    children, start = [], jobs.start_module

    def start_child(_: str, arguments: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
        children.append(start(_MODULE, ["--child", *arguments], log))
        return children[-1]

    jobs.start_module = start_child
    started = jobs.Jobs(place)
    click = time.time()
    run = started.start_training(RunConfig(folder, engine=engine))
    at = {"checked, process started": time.time() - click}
    if children[0].wait():
        sys.exit(started.log_tail(run))
    figures = json.loads((run.folder / _FIGURES).read_text())
    at |= {name: when - click for name, when in figures["at"].items()}
    kinds = {"bottleneck": "extraction begins", "preview": "FIRST PREVIEW", "step": "FIRST REAL CURVE"}
    for kind, name in kinds.items():
        first = next(run.events(kind), None)
        if first:
            at[name] = first["time"] - click
    return {
        "scanned_before_s": round(page, 2),
        "at": {name: round(when, 2) for name, when in sorted(at.items(), key=lambda one: one[1])},
        "previews": [
            {"s": round(one["time"] - click, 2), "pictures": one["pictures"], "accuracy": one["accuracy"]}
            for one in run.events("preview")
        ],
        "cross_validated": run.record().cross_validation["accuracy"],
        "preview_cpu_s": round(figures["preview_cpu"], 2),
        "extraction_cpu_s": round(figures["extraction_cpu"], 2),
    }


def _child(folder: Path) -> None:
    """Train a run as `poetcore.training.worker` does, and note when what was there."""
    at = {"Python started": time.time()}
    from poetcore.system.processes import run_to_exit
    from poetcore.training import preview, progress, retrain, worker
    from poetcore.workspace.run import Run

    at["imported"] = time.time()
    cpu, spent = [0.0, 0.0], [0.0]

    def timed(name: str) -> None:
        original = getattr(preview.Preview, name)

        def method(*arguments: Any) -> Any:
            before = time.thread_time()
            found = original(*arguments)
            spent[0] += time.thread_time() - before
            cpu[1] = time.process_time()
            return found

        setattr(preview.Preview, name, method)

    def noted(self: progress.Reporter, now: progress.Progress) -> None:
        if isinstance(now, progress.ScannedProgress):
            at["scanned"] = time.time()
            cpu[0] = time.process_time()
        reported(self, now)

    timed("add")
    timed("due")
    reported = progress.Reporter.__call__
    retrain.Reporter.__call__ = noted  # type: ignore[method-assign]

    def work() -> None:
        run = Run(folder)
        worker.work(run)
        found = {"at": at, "preview_cpu": spent[0], "extraction_cpu": cpu[1] - cpu[0]}
        (run.folder / _FIGURES).write_text(json.dumps(found))

    run_to_exit(work)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.first_curve",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photos", type=Path, help="a folder of label folders of JPEGs")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--unscanned", action="store_true", help="the page has not scanned the folder before")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photos = photos_of(arguments.photos, Path(folder) / "photos", arguments.count)
        found = measure(photos, Path(folder) / "workspace", arguments.engine, not arguments.unscanned)
    if not arguments.unscanned:
        print(
            f"The page scanned {arguments.count:,} photos in {found['scanned_before_s']} s before the click."
        )
    print("Seconds after the click:")
    for name, seconds in found["at"].items():
        print(f"{seconds:8.2f}  {name}")
    for one in found["previews"]:
        print(f"{one['s']:8.2f}  preview on {one['pictures']:,}: {one['accuracy']:.3f}")
    print(f"Cross-validated accuracy of the training: {found['cross_validated']:.3f}")
    share = found["preview_cpu_s"] / max(found["extraction_cpu_s"], 1e-9)
    print(
        f"CPU time: previews {found['preview_cpu_s']} s, all of the extraction"
        f" {found['extraction_cpu_s']} s, so {share:.1%}."
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(Path(sys.argv[2]))
    else:
        main()
