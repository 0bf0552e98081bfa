"""How time and memory grow with the number of pictures.

    python -m tests.benchmarks.growth [--sizes 1000 10000 100000] [--out FOLDER]

Makes so many small JPEGs in five label folders, all of different content, and does with them what is done
with a dataset: scan, extract features, train, scan again, evaluate the run on all pictures. Each step is a
new process and is done once a size; the largest size takes minutes. Writes growth.json,
growth.md and growth.png: each step's time and peak memory against the number of pictures, with a dashed line
for what would be in proportion to the smallest size.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import Outcome, machine, run, task
from tests.benchmarks.lab import FLOAT
from tests.benchmarks.table import Table

__all__ = ["STEPS", "draw"]

#: What is done, in this order.
STEPS = ("scan", "extraction", "training", "scan again", "evaluation")

#: What the largest size should stay below: step -> MB, and for the second scan seconds a 10,000 pictures.
_MEGABYTES = {"extraction": 600, "training": 1500}
_SECONDS_AGAIN = 1.0

#: A step's time may grow by this much more than the pictures do.
_LINEAR = 1.25


def measure(count: int, folder: Path, models: Path) -> dict[str, Outcome]:
    """Do every step with so many pictures; what is made is thrown away."""
    pictures, place = folder / "pictures", folder / "workspace"
    run(task("make_many", folder=pictures, count=count))
    shutil.copytree(models, place / "models")
    poet = [sys.executable, "-m", "poetcore"]
    kept = ["--workspace", str(place), "--json"]
    look = task("scan_folder", folder=pictures, workspace=place)
    commands = {
        "scan": look,
        "extraction": task(
            "extract", folder=pictures, workspace=place, models=place / "models", backbone=FLOAT
        ),
        "training": [*poet, "retrain", "--image_dir", str(pictures), "--run_name", "grown", *kept],
        "scan again": look,
        "evaluation": [*poet, "evaluate", str(pictures), "--run", "grown", *kept],
    }
    found = {}
    for step in STEPS:
        found[step] = run(commands[step])
        print(f"{count:,} {step}: {found[step].seconds:.1f} s, {found[step].peak_mb:.0f} MB", file=sys.stderr)
    shutil.rmtree(folder)
    return found


def _seconds(outcome: Outcome) -> float:
    """What the step says of itself; of a command the whole process."""
    return outcome.answer.get("seconds", outcome.seconds)


def tabulate(found: dict[int, dict[str, Outcome]], table: Table) -> list[dict[str, Any]]:
    """Add everything to a table, and give it as one row a step and size."""
    rows = []
    for count, outcomes in found.items():
        for step, outcome in outcomes.items():
            seconds = table.add(f"{step} of {count:,}", "s", [_seconds(outcome)]).median
            megabytes = table.add(f"{step} of {count:,}: peak memory", "MB", [outcome.peak_mb]).median
            rows.append({"step": step, "pictures": count, "seconds": seconds, "megabytes": megabytes})
    sizes = sorted(found)
    largest, before = found[sizes[-1]], found[sizes[max(0, len(sizes) - 2)]]
    for step in STEPS:
        if len(sizes) > 1:
            growth = (_seconds(largest[step]) / _seconds(before[step])) / (sizes[-1] / sizes[-2])
            table.aim(f"{step}: time a picture, {sizes[-1]:,} against {sizes[-2]:,}", growth, _LINEAR)
        if step in _MEGABYTES:
            name = f"{step} of {sizes[-1]:,}: peak memory"
            table.aim(name, largest[step].peak_mb, _MEGABYTES[step], unit="MB")
    again = f"scan again of {sizes[-1]:,}"
    table.aim(again, _seconds(largest["scan again"]), sizes[-1] / 10_000 * _SECONDS_AGAIN, unit="s")
    table.note(
        "Training is the whole command `retrain` with all vectors cached, 4,000 steps, so its constant part"
        " is large; its memory is that of describing and of training together, with the mapped table of"
        " vectors (5 kB a picture) counted in full. Evaluation is the whole command, with all vectors cached;"
        " the others are timed within their process. Extraction is that of pictures into the cache."
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
    time = base.mark_line(point=True).encode(y=alt.Y("seconds:Q", title="seconds", scale=height))
    linear = base.mark_line(strokeDash=[4, 4], opacity=0.5).encode(
        y=alt.Y("proportional:Q", title="seconds", scale=height)
    )
    memory = base.mark_line(point=True).encode(y=alt.Y("megabytes:Q", title="peak memory, MB"))
    shape = {"width": 380, "height": 320}
    chart = alt.layer(linear, time).properties(title="Time", **shape) | memory.properties(
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
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), help="where the results are written")
    arguments = parser.parse_args()
    table = Table("Growth", machine())
    found: dict[int, dict[str, Outcome]] = {}
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models"
        run(task("convert", backbone=FLOAT, models=models))
        for count in sorted(arguments.sizes):
            found[count] = measure(count, Path(folder) / str(count), models)
    rows = tabulate(found, table)
    table.write(arguments.out, "growth")
    draw(rows, arguments.out / "growth.png")
    print(table.as_markdown())


if __name__ == "__main__":
    main()
