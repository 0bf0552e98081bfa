"""What is measured, each in a process of its own: `python -m tests.benchmarks.tasks NAME ARGUMENTS_AS_JSON`.

A task takes paths and names, measures the time of what it is named after, and prints it as one line of JSON.
What it needs besides, such as scanning the folder or importing TensorFlow, is outside of that time; the time
of the whole process is measured by the caller.
"""

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from poetcore.data import images
from poetcore.features.backbones import find
from poetcore.workspace.workspace import Workspace
from tests.benchmarks import feature_tasks as features
from tests.benchmarks.clock import Answer, Clock, files_in

# -------------------------------------------------------------------------------------- pictures to work with


def make_many(folder: str, count: int) -> Answer:
    """Make so many small pictures."""
    from tests.benchmarks.generated import many

    many(Path(folder), count)
    return {}


def make_large(photos: str, small: str, large: str, count: int, copies: int) -> Answer:
    """Take some photos, as they are and in 12 megapixels, each several times with another content."""
    from tests.benchmarks.generated import enlarge, varied

    every = files_in(photos)
    originals = every[:: max(1, len(every) // count)][:count]
    sizes = []
    for original, file in zip(originals, enlarge(originals, Path(large) / "one"), strict=True):
        content = file.read_bytes()
        sizes.append(len(content) / 1e6)
        for number in range(copies):
            for folder, kept in ((small, original.read_bytes()), (large, content)):
                place = Path(folder) / "one" / f"{file.stem}_{number}.jpg"
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(varied(kept, number))
        file.unlink()
    return {"megabytes": sum(sizes) / len(sizes)}


# --------------------------------------------------------------------------------------------- the last layer


def keep_features(workspace: str, run: str, file: str) -> Answer:
    """Write the training and validation examples of a run into a file, for the two tasks below."""
    place = Workspace(Path(workspace))
    trained = place.run(run)
    split, labels, record = trained.split(), trained.labels(), trained.record()
    with place.feature_cache() as cache:
        vectors = cache.get(split["sha"], find(record.backbone, record.calibration))
    kept = {}
    for part in ("training", "validation"):
        rows = split[split["split"] == part]
        kept[f"{part}_x"] = np.stack([vectors[sha] for sha in rows["sha"]])
        kept[f"{part}_y"] = np.array([labels.index(label) for label in rows["label"]], np.int64)
    np.savez(file, **kept)
    return {name: len(values) for name, values in kept.items()}


def head(file: str, steps: int) -> Answer:
    """Poet's training of the last layer, with its reports every ten steps."""
    from poetcore.training.train import Examples, TrainingOptions, train

    kept = np.load(file)
    training = Examples(kept["training_x"], kept["training_y"])
    validation = Examples(kept["validation_x"], kept["validation_y"])
    start = time.perf_counter()
    trained = train(
        training,
        validation,
        int(training.targets.max()) + 1,
        TrainingOptions(how_many_training_steps=steps),
        lambda step: None,
    )
    seconds = time.perf_counter() - start
    right = trained.probabilities(validation.vectors).argmax(axis=1) == validation.targets
    return {"seconds": seconds, "accuracy": float(right.mean())}


def keras_head(file: str, steps: int) -> Answer:
    """The same with `fit`, as one long epoch: what it does between epochs does not count."""
    kept = np.load(file)
    x, y = kept["training_x"], kept["training_y"]
    start = time.perf_counter()
    import keras
    import tensorflow as tf

    imported = time.perf_counter() - start
    start = time.perf_counter()
    model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(int(y.max()) + 1)])
    model.compile(
        keras.optimizers.SGD(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).repeat().batch(100)
    model.fit(batches.prefetch(tf.data.AUTOTUNE), steps_per_epoch=steps, verbose=0)
    seconds = time.perf_counter() - start
    _, accuracy = model.evaluate(kept["validation_x"], kept["validation_y"], verbose=0)
    return {"seconds": seconds, "import_s": imported, "accuracy": accuracy}


# ------------------------------------------------------------------------------------------------- whole jobs


def train_run(folder: str, demo: str, workspace: str, models: str, backbone: str, name: str) -> Answer:
    """Train a run with the defaults and evaluate it."""
    from poetcore.evaluation.evaluate import evaluate
    from poetcore.training.config import RunConfig
    from poetcore.training.retrain import retrain

    place = Workspace(Path(workspace), models=Path(models))
    run = retrain(RunConfig(Path(folder), backbone, name=name), place)
    metrics = evaluate(run, Path(demo), place).metrics
    return {
        "calibration": run.record().calibration,
        "correct": metrics.correct,
        "total": metrics.total,
        "accuracy": metrics.accuracy,
    }


def evaluate_run(workspace: str, run: str, demo: str) -> Answer:
    """Evaluate a run on a folder whose pictures the workspace does not know yet."""
    from poetcore.evaluation.evaluate import evaluate

    place = Workspace(Path(workspace))
    clock = Clock()
    metrics = evaluate(place.run(run), Path(demo), place).metrics
    return clock.rate(metrics.total)


def scan_folder(folder: str, workspace: str) -> Answer:
    """Scan a folder, that is read every file that is not in the index."""
    from poetcore.data.dataset import scan

    clock = Clock()
    with Workspace(Path(workspace)).file_index() as index:
        dataset = scan(Path(folder), index)
    return clock.rate(len(dataset.pictures))


def health(folder: str, workspace: str) -> Answer:
    """Find the issues of pictures that are scanned already."""
    from poetcore.analysis.issues import find_issues
    from poetcore.data.dataset import scan

    place = Workspace(Path(workspace))
    with place.file_index() as index:
        dataset = scan(Path(folder), index)
    clock = Clock()
    issues = find_issues(dataset, place)
    return clock.rate(len(dataset.pictures)) | {"issues": len(issues)}


# ----------------------------------------------------------------------------------------------- large photos


def decode(folder: str, size: int, full: bool) -> Answer:
    """Decode every picture for a network on one core, at reduced scale or in full."""
    from PIL import Image

    contents = [file.read_bytes() for file in files_in(folder)]
    clock = Clock()
    for content in contents:
        if full:
            with Image.open(io.BytesIO(content)) as picture:
                box = (0, 0, *picture.size)
                picture.transform((size, size), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
        else:
            images.to_square(content, size)
    return clock.rate(len(contents))


TASKS: dict[str, Callable[..., Answer]] = {
    one.__name__: one
    for one in (
        *(
            features.convert,
            features.extract,
            features.extract_in_python,
            features.bare,
            features.bare_openvino,
        ),
        *(features.keras_features, features.predict),
        *(make_many, make_large, keep_features, head, keras_head),
        *(train_run, evaluate_run, scan_folder, health, decode),
    )
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))), flush=True)
