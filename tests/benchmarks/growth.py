"""How processor time and memory grow with the number of pictures.

    python -m tests.benchmarks.growth [--sizes 1000 10000 100000] [--made_up] [--only STEP ...] [--out FOLDER]

Makes so many small JPEGs in five label folders, all of different content, and does with them what is done
with a dataset: scan, extract features, train, evaluate and so on (`STEPS`). With `--made_up` nothing is
extracted: feature vectors, perceptual hashes and measures are drawn (see `made_up`), so that 200,000 take
minutes. Each step is a new process and is done once a size; what counts is its processor time, which other
work on the machine hardly changes. Every step is told, and growth.json and growth.md are written after each
size, growth.png at the end: each step's time and peak memory against the number of pictures, with a dashed
line for what would be in proportion to the smallest size.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from poetcore.workspace.workspace import Workspace
from tests.benchmarks.generated import SETTLING
from tests.benchmarks.harness import Outcome, machine, run, task
from tests.benchmarks.lab import FLOAT
from tests.benchmarks.made_up import Part, fill
from tests.benchmarks.table import Table

__all__ = ["STEPS", "draw"]

#: What is done, in this order; what `extraction` finds is made up where that is asked for.
STEPS = (
    *("scan", "extraction", "training", "training by ridge", "scan again", "evaluation", "compare", "tune"),
    *("health", "suspects", "map", "similar", "review", "slices", "slideshow", "feature file"),
    *("learning curve", "calibrate", "doctor", "runs"),
)

#: Step -> what must have been done before it, whether or not it was asked for.
_NEEDS = {
    **dict.fromkeys(("evaluation", "slices"), ("small",)),
    "compare": ("small", "small ridge"),
    **dict.fromkeys(("review", "slideshow"), ("small", "evaluation")),
    **dict.fromkeys(("similar", "learning curve", "calibrate"), ("training",)),
    **dict.fromkeys(("doctor", "runs"), ("small", "small ridge", "evaluation", "training")),
}

#: No process is to take more.
_MEGABYTES = 1000

#: The scan of files that are known already, in seconds a 10,000 pictures.
_SECONDS_AGAIN = 1.0

#: A step's time may grow by this much more than the pictures do.
_LINEAR = 1.25


def commands_of(folder: Path) -> dict[str, list[str]]:
    """Return the command of each step, and of `small` and `small ridge`, two runs that are evaluated.

    Args:
        folder: holds `train` and `demo`, folders of label folders, and the workspace `tf_files`.
    """
    train, place = str(folder / "train"), folder / "tf_files"
    kept = ["--workspace", str(place), "--json"]

    def poet(*words: str) -> list[str]:
        return [sys.executable, "-m", "poetcore", *words, *kept]

    def trained(on: str, name: str, *more: str) -> list[str]:
        return poet("retrain", "--image_dir", str(folder / on), "--run_name", name, *more)

    look = task("scan_folder", folder=train, workspace=place)
    more = [sys.executable, "-m", "tests.benchmarks.growth_tasks"]
    tuned = ("--learning_rate", "0.01,0.1", "--how_many_training_steps", "400,1000")
    return {
        "scan": look,
        "extraction": task("extract", folder=train, workspace=place, models=place / "models", backbone=FLOAT),
        "small": trained("demo", "small"),
        "small ridge": trained("demo", "small_ridge", "--head", "ridge"),
        "training": trained("train", "large"),
        "training by ridge": trained("train", "large_ridge", "--head", "ridge"),
        "scan again": look,
        "evaluation": poet("evaluate", train, "--run", "small"),
        "compare": poet("compare", "small", "small_ridge", "--demo", train),
        "tune": poet("tune", "--image_dir", train, *tuned),
        "health": poet("overview", train),
        "suspects": poet("overview", train, "--suspects"),
        "map": [*more, "map", train, str(place)],
        "similar": [*more, "similar", str(folder / "demo"), str(place)],
        "review": poet("review", train, "--run", "small"),
        "slices": poet("evaluate", train, "--run", "small", "--slices"),
        "slideshow": poet("slides", train, "--run", "small", "--html", str(folder / "show.html")),
        "feature file": poet("features", train, "--out", str(folder / "features.npz")),
        "learning curve": poet("learning_curve", "--run", "large"),
        "calibrate": poet("calibrate", "--run", "large"),
        "doctor": poet("doctor"),
        "runs": poet("runs"),
    }


def measure(
    count: int, folder: Path, models: Path, steps: Sequence[str], *, made_up: bool
) -> Iterator[tuple[str, Outcome]]:
    """Do every step with so many pictures, and yield what each took; what is made is thrown away.

    Args:
        count: of the pictures; those of the two runs that are evaluated are a tenth.
        folder: for all that is made.
        models: converted backbones.
        steps: of `STEPS`.
        made_up: whether nothing is extracted.
    """
    place = Workspace(folder / "tf_files")
    for part in (Part(folder / "train", count, 1), Part(folder / "demo", max(100, count // 10), 2)):
        fill(part, place if made_up else None)
    time.sleep(SETTLING)
    shutil.copytree(models, place.models)
    commands = commands_of(folder)
    needed = {*steps, *(first for step in steps for first in _NEEDS.get(step, ()))}
    for step in commands:
        if step not in needed or (step == "extraction" and made_up):
            continue
        outcome = run(commands[step])
        print(
            f"{count:,} {step}: {outcome.cpu_s:.1f} CPU-s, {outcome.seconds:.1f} s, {outcome.peak_mb:.0f} MB",
            file=sys.stderr,
            flush=True,
        )
        if step in steps:
            yield step, outcome
    shutil.rmtree(folder)


def tabulate(found: dict[int, dict[str, Outcome]], table: Table) -> list[dict[str, Any]]:
    """Add everything to a table, and give it as one row a step and size."""
    rows = []
    for count, outcomes in found.items():
        for step, outcome in outcomes.items():
            seconds = table.add(f"{step} of {count:,}: processor time", "s", [outcome.cpu_s]).median
            megabytes = table.add(f"{step} of {count:,}: peak memory", "MB", [outcome.peak_mb]).median
            table.add(f"{step} of {count:,}", "s", [outcome.seconds])
            rows.append({"step": step, "pictures": count, "seconds": seconds, "megabytes": megabytes})
    sizes = sorted(found)
    largest, before = found[sizes[-1]], found[sizes[max(0, len(sizes) - 2)]]
    for step, outcome in largest.items():
        if len(sizes) > 1:
            growth = (outcome.cpu_s / before[step].cpu_s) / (sizes[-1] / sizes[-2])
            name = f"{step}: processor time a picture, {sizes[-1]:,} against {sizes[-2]:,}"
            table.aim(name, growth, _LINEAR)
        table.aim(f"{step} of {sizes[-1]:,}: peak memory", outcome.peak_mb, _MEGABYTES, unit="MB")
    if "scan again" in largest:
        most = sizes[-1] / 10_000 * _SECONDS_AGAIN
        seconds = largest["scan again"].answer["seconds"]
        table.aim(f"scan again of {sizes[-1]:,}", seconds, most, unit="s")
    table.note(
        "Each step is a whole process, Python's start included, with all vectors cached but in `extraction`."
        " The run `large` is trained on all pictures; a run of a tenth as many others is evaluated on all."
    )
    return rows


def draw(rows: Sequence[dict[str, Any]], file: Path) -> None:
    """Plot time and memory against the number of pictures, both axes logarithmic."""
    import altair as alt
    import pandas as pd

    table = pd.DataFrame(rows)
    smallest = table["pictures"].min()
    first = table[table["pictures"] == smallest].set_index("step")["seconds"]
    table["proportional"] = table["step"].map(first) * table["pictures"] / smallest
    sizes = sorted({int(row["pictures"]) for row in rows})
    size = alt.X(
        "pictures:Q",
        scale=alt.Scale(type="log", domain=[sizes[0], sizes[-1]], nice=False),
        axis=alt.Axis(format="~s", values=sizes),
    )
    colour = alt.Color("step:N", sort=list(STEPS), title=None, legend=alt.Legend(symbolOpacity=1))
    height = alt.Scale(type="log")
    base = alt.Chart(table).encode(x=size, color=colour)
    seconds = base.mark_line(point=True).encode(y=alt.Y("seconds:Q", title="processor seconds", scale=height))
    linear = base.mark_line(strokeDash=[4, 4], opacity=0.5).encode(
        y=alt.Y("proportional:Q", title="seconds", scale=height)
    )
    memory = base.mark_line(point=True).encode(y=alt.Y("megabytes:Q", title="peak memory, MB"))
    shape = {"width": 380, "height": 320}
    chart = alt.layer(linear, seconds).properties(title="Processor time", **shape) | memory.properties(
        title="Memory", **shape
    )
    chart.save(file, scale_factor=2)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.growth",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--made_up", action="store_true", help="extract nothing")
    parser.add_argument("--only", nargs="+", choices=STEPS, default=STEPS, help="steps; all by default")
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), help="where the results are written")
    arguments = parser.parse_args()
    about, found = machine(), dict[int, dict[str, Outcome]]()
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        run(task("convert", backbone=FLOAT, models=models))
        for count in sorted(arguments.sizes):
            place = Path(folder) / str(count)
            found[count] = dict(measure(count, place, models, arguments.only, made_up=arguments.made_up))
            table = Table("Growth", about)  # written after each size: the largest takes hours
            rows = tabulate(found, table)
            table.write(arguments.out, "growth")
    draw(rows, arguments.out / "growth.png")  # last: what it imports would count towards the peaks of others
    print(table.as_markdown())


if __name__ == "__main__":
    main()
