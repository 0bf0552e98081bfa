"""Networks of `keras.applications` with random weights, from conversion to export.

    python -m tests.benchmarks.keras_networks [NAME ...]

One line a network, EfficientNetV2B0, MobileNetV3Large and ConvNeXtTiny by default: the largest difference of
a feature from Keras's, as a share of the largest feature, over eight pictures; the share of pictures with the
same top label, and the largest difference of a probability, of each export; seconds. Nothing is downloaded.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from poetcore.data import images
from poetcore.export.export import export
from poetcore.features.backbones import find
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.litert import model_file
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill
from tests.features.test_keras_applications import random_weights

FORMATS = ("tflite", "keras", "saved_model", "frozen_graph")


def measure(name: str, place: Path) -> str:
    """Train on a network with random weights and export the run; return what was found."""
    started = time.perf_counter()
    plain = random_weights(name)
    workspace, size = Workspace(place / "tf_files"), find(name).input_size
    folder = fill(place / "pictures", {"one": 20, "two": 20})
    options = TrainingOptions(how_many_training_steps=200)
    run = retrain(RunConfig(folder, architecture=name, training=options), workspace)
    extractor = FeatureExtractor(model_file(find(name), workspace.models))
    pixels = [images.to_square(one.read_bytes(), size) for one in sorted((folder / "one").iterdir())[:8]]
    expected = plain(np.stack(pixels).astype(np.float32)).numpy()
    off = np.abs(np.stack([extractor.extract(one) for one in pixels]) - expected).max()
    found = [f"{name}: features {off / np.abs(expected).max():.1g}"]
    for kind in FORMATS:
        parity = export(run, workspace, kind).parity
        found.append(f"{kind} {parity.same_top1:.0%} {parity.max_abs_diff:.1g}")
    return ", ".join([*found, f"{time.perf_counter() - started:.0f} s"])


def main() -> None:
    """Measure the networks that are named."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KERAS_HOME"] = folder
        for name in sys.argv[1:] or ["EfficientNetV2B0", "MobileNetV3Large", "ConvNeXtTiny"]:
            print(measure(name, Path(folder, name)), flush=True)


if __name__ == "__main__":
    main()
