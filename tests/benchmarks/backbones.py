"""What each backbone that works offline now gives: speed, accuracy, size. Run by hand.

    python -m tests.benchmarks.backbones TRAIN_FOLDER DEMO_FOLDER

Every backbone describes the same pictures anew, in a workspace of its own that is thrown away; converting it
is not counted. Prints a Markdown table.
"""

import argparse
import tempfile
from pathlib import Path

from poetcore.backbones import BACKBONES, Backbone
from poetcore.evaluate import evaluate
from poetcore.litert import model_file
from poetcore.workflow import RunConfig, retrain
from poetcore.workspace import Workspace


def measure(backbone: Backbone, train: Path, demo: Path, models: Path) -> str:
    """Give the backbone's row of the table."""
    file = model_file(backbone, models, print)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), models=models)
        run = retrain(RunConfig(train, backbone.name), workspace, lambda sign: None)
        record = run.record()
        accuracy = evaluate(run, demo, workspace).metrics.accuracy
    speed = record.bottlenecks["computed"] / record.timings["bottlenecks_s"]
    return f"| `{backbone.name}` | {speed:.0f} | {accuracy:.1%} | {file.stat().st_size / 1e6:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("demo", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    print("| backbone | pictures a second | demo accuracy | MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as models:
        for backbone in (b for b in BACKBONES.values() if b.offline):
            for _ in range(arguments.repeat):
                print(measure(backbone, arguments.train, arguments.demo, Path(models)), flush=True)


if __name__ == "__main__":
    main()
