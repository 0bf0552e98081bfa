"""What accuracy is told of pictures that the camera took in bursts, and what it is on others. Run by hand.

    python -m tests.benchmarks.bursts TRAIN DEMO [--holds 8] [--frames 25] [--draws 3] [--workspace DIR]

A burst is made of a photo of TRAIN: a window that wanders over it, nearer and farther, turned and lit
otherwise, with a camera's noise. Each label gets so many bursts. They are trained on in three ways: with
names that say nothing, only what is exactly the same together, as most programs do it; likewise with near
duplicates together; and with names that say which hold a picture is of. The truth is the accuracy on single
frames of the photos of DEMO, made in the same way.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from poetcore.data.holds import picture_name
from poetcore.data.images import decode
from poetcore.evaluation.evaluate import evaluate
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace, default_workspace

#: What a hand does to a photo: place (of what is left over), size of the window, degrees, brightness.
RANGES = ((0.0, 1.0), (0.0, 1.0), (0.55, 0.95), (-15.0, 15.0), (0.75, 1.25))


def burst(photo: Image.Image, count: int, draw: np.random.Generator) -> Iterator[Image.Image]:
    """Yield frames of a photo as a hand moves it before a camera, on a curve through three places."""
    time = np.linspace(0, 1, count)
    weights = np.stack([(1 - time) ** 2, 2 * time * (1 - time), time**2])
    for x, y, zoom, angle, light in zip(*(draw.uniform(*ends, 3) @ weights for ends in RANGES), strict=True):
        side = min(photo.size) * zoom
        left, top = (photo.width - side) * x, (photo.height - side) * y
        turned = photo.rotate(angle, Image.Resampling.BILINEAR, center=(left + side / 2, top + side / 2))
        box = (left, top, left + side, top + side * 0.75)
        frame = turned.resize((640, 480), Image.Resampling.BILINEAR, box)
        pixels = np.asarray(ImageEnhance.Brightness(frame).enhance(light)) + draw.normal(0, 4, (480, 640, 1))
        yield Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def write(folder: Path, name: str, frame: Image.Image) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    frame.save(folder / name, quality=92)


def make(train: Path, demo: Path, folder: Path, holds: int, frames: int, seed: int) -> None:
    """Make the bursts in `named` and `nameless`, and the single frames in `demo`."""
    draw = np.random.default_rng(seed)
    labels = sorted(path.name for path in train.iterdir() if path.is_dir())
    for place_of_label, label in enumerate(labels):
        photos = sorted((train / label).iterdir())
        for number, at in enumerate(draw.choice(len(photos), holds, replace=False)):
            name = f"hold-20270412-10{number:02d}00-{seed:02x}{place_of_label:02x}"
            for place, frame in enumerate(burst(decode(photos[at].read_bytes()), frames, draw), 1):
                write(folder / "named" / label, picture_name(name, place), frame)
                write(folder / "nameless" / label, f"{number:02d}_{place:03d}.jpg", frame)
        for path in sorted((demo / label).iterdir()):
            (frame,) = burst(decode(path.read_bytes()), 1, draw)
            write(folder / "demo" / label, f"{path.stem}.jpg", frame)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("train", type=Path)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--holds", type=int, default=8)
    parser.add_argument("--frames", type=int, default=25)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--workspace", type=Path)
    arguments = parser.parse_args()
    models = (Workspace(arguments.workspace) if arguments.workspace else default_workspace()).models
    for seed in range(1, arguments.draws + 1):
        with tempfile.TemporaryDirectory() as made:
            folder, place = Path(made), Workspace(Path(made) / "tf_files", models=models)
            make(arguments.train, arguments.demo, folder, arguments.holds, arguments.frames, seed)
            for name, by in (("nameless", "exact"), ("nameless", "near"), ("named", "near")):
                run = retrain(RunConfig(folder / name, training=TrainingOptions(group_by=by)), place)
                told = run.record().cross_validation or {}
                fresh = evaluate(run, folder / "demo", place).metrics
                print(
                    f"{seed} {name}, {by}: told {told.get('accuracy')} {told.get('interval')} of"
                    f" {run.record().groups['count']} groups, on other photos {fresh.accuracy}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
