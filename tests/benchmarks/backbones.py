"""Speed, accuracy and size of each backbone that works offline now. Run by hand.

    python -m tests.benchmarks.backbones TRAIN_FOLDER DEMO_FOLDER

Every backbone, and its quantized form, extracts the features of the same pictures each time, in a new
workspace that is deleted afterwards; a first time, in which its model is converted, is not counted. Prints a
Markdown table of medians, with the slowest and fastest.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from poetcore.evaluation.evaluate import evaluate
from poetcore.features.backbones import BACKBONES, Backbone, find
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace


def measure(backbone: Backbone, train: Path, demo: Path, models: Path, steps: int) -> tuple[float, float]:
    """Train once and return pictures a second and the demo accuracy."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), models=models)
        options = TrainingOptions(how_many_training_steps=steps)
        run = retrain(RunConfig(train, backbone.name, options), workspace)
        record = run.record()
        accuracy = evaluate(run, demo, workspace).metrics.accuracy
    return record.bottlenecks["computed"] / record.timings["bottlenecks_s"], accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    print("| backbone | pictures a second | demo accuracy | MB |\n|---|---|---|---|")
    offline = [backbone for backbone in BACKBONES.values() if backbone.offline]
    for backbone in (form for b in offline for form in (b, find(f"{b.name}_quantized"))):
        with tempfile.TemporaryDirectory() as folder:
            models = Path(folder)
            measure(backbone, arguments.train, arguments.demo, models, steps=1)
            (file,) = models.glob("*.tflite")
            found = [
                measure(backbone, arguments.train, arguments.demo, models, steps=4000)
                for _ in range(arguments.repeat)
            ]
            speeds, accuracies = zip(*found, strict=True)
            print(
                f"| `{backbone.name}` | {statistics.median(speeds):.0f}"
                f" ({min(speeds):.0f} to {max(speeds):.0f}) | {statistics.median(accuracies):.1%} |"
                f" {file.stat().st_size / 1e6:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
