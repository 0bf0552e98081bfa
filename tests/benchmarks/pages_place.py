"""The workspace that `pages.py` opens: `python -m tests.benchmarks.pages_place TRAIN DEMO FOLDER`.

4,000 photos to train on, four regions of each of 1,000, and 2,000 to evaluate on, eight regions of each of
250: with two runs, the evaluation of both, and a tuning of six trials.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Place", "make_place"]

#: Pictures to train on and to evaluate on.
TRAIN, DEMO = 4_000, 2_000

#: Steps of the trainings: enough to be right on most pictures, and wrong on several hundred.
_STEPS = 1_000


@dataclass(frozen=True)
class Place:
    """A workspace, and what is chosen on its pages.

    Attributes:
        workspace: its folder.
        dataset: training pictures.
        demo: demo pictures.
        run: trained on the one, evaluated on the other.
        other: the run to compare with; "" for none.
    """

    workspace: str
    dataset: str
    demo: str
    run: str
    other: str = ""

    @classmethod
    def at(cls, folder: Path) -> "Place":
        """Return the place that was made in a folder, or find what a workspace has: its newest runs."""
        from poetcore.evaluation.metrics import Metrics
        from poetcore.workspace.records import read_record
        from poetcore.workspace.workspace import Workspace

        if (folder / "place.json").is_file():
            return cls(**json.loads((folder / "place.json").read_text("utf-8")))
        root = folder / "tf_files" if (folder / "tf_files").is_dir() else folder
        runs = [run for run in Workspace(root).finished_runs() if run.evaluations()]
        if not runs:
            raise SystemExit(f"There is no evaluated run in {root}.")
        first = runs[0]
        demo = read_record(first.evaluations()[0].metrics_file, Metrics).folder
        others = [one.name for one in runs[1:] if one.record().image_dir == first.record().image_dir]
        return cls(str(root), first.record().image_dir, demo, first.name, next(iter(others), ""))


def make_place(train: Path, demo: Path, folder: Path) -> Place:
    """Make the workspace in a folder, unless it is there.

    Args:
        train: folder of label folders of photos.
        demo: likewise, of other photos.
        folder: what is made lies in it.
    """
    if (folder / "place.json").is_file():
        return Place.at(folder)
    root = folder / "tf_files"
    datasets = root / "datasets" / "flowers"
    regions(train, datasets / "train", TRAIN)
    regions(demo, datasets / "demo", DEMO)
    options: dict[str, list[Any]] = {"first": ["--learning_rate", 0.01], "second": ["--learning_rate", 0.003]}
    for name, more in options.items():
        _poet(root, "retrain", "--image_dir", datasets / "train", "--run_name", name, *_steps(), *more)
        _poet(root, "evaluate", datasets / "demo", "--run", name)
    _poet(
        root,
        *("tune", "--image_dir", datasets / "train", "--tuning_name", "rates"),
        *("--learning_rate", "0.003,0.01,0.03", "--how_many_training_steps", "200,400"),
        *("--head", "gradient_descent"),
    )
    place = Place(str(root), str(datasets / "train"), str(datasets / "demo"), "first", "second")
    (folder / "place.json").write_text(json.dumps(asdict(place)), "utf-8")
    return place


def regions(photos: Path, folder: Path, count: int) -> None:
    """Write so many regions of photos, each another one, into label folders."""
    files = sorted(path for path in photos.glob("*/*") if path.is_file())
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda one: _write(*one), _wanted(files, folder, count)):
            pass


def _wanted(files: list[Path], folder: Path, count: int) -> Iterator[tuple[Path, Path, int]]:
    for number in range(count):
        source = files[number % len(files)]
        (folder / source.parent.name).mkdir(parents=True, exist_ok=True)
        yield source, folder / source.parent.name / f"{number:05d}.jpg", number


def _write(source: Path, file: Path, number: int) -> None:
    """Write one region, of half to two thirds of each side."""
    from PIL import Image

    draw = np.random.default_rng(number)
    with Image.open(source) as photo:
        width, height = (int(side * draw.uniform(0.5, 0.67)) for side in photo.size)
        left, top = int(draw.integers(photo.width - width)), int(draw.integers(photo.height - height))
        photo.convert("RGB").crop((left, top, left + width, top + height)).save(file, quality=85)


def _steps() -> tuple[object, ...]:
    return "--how_many_training_steps", _STEPS


def _poet(root: Path, *words: object) -> None:
    line = [sys.executable, "-m", "poetcore", *map(str, words), "--workspace", str(root)]
    done = subprocess.run(line, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{words[0]}: {done.stderr.strip()[-2000:]}")


if __name__ == "__main__":
    print(make_place(*map(Path, sys.argv[1:4])))
