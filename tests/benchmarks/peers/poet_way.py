"""Poet's way: extraction into an empty cache, then all of it again, a training and an evaluation."""

import tempfile
from pathlib import Path

import numpy as np

from poetcore.data.dataset import scan
from poetcore.evaluation.evaluate import evaluate
from poetcore.features.backbones import find
from poetcore.features.extraction import Extraction, extract_features
from poetcore.features.litert import model_file
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.lab import FLOAT
from tests.benchmarks.peers.way import Answer, Clock, Task, run_way


def poet_way(task: Task) -> Answer:
    """Extract features; `how` is the engine."""
    backbone = find(FLOAT)
    with tempfile.TemporaryDirectory() as fresh:
        place = Workspace(Path(fresh), models=task.prepared("models"))
        with place.file_index() as index:
            known = scan(Path(task.train), index).pictures
        wanted = {sha: Path(path) for sha, path in zip(known["sha"], known["path"], strict=True)}

        def run_it() -> Extraction:
            with place.file_index() as index, place.feature_cache() as cache:
                return extract_features(
                    wanted, backbone, lambda one: model_file(one, place.models), cache, index, engine=task.how
                )

        ready_s, clock = task.ready_s(), Clock()
        found = run_it()
        answer = clock.rate(found.computed) | {"ready_s": ready_s, "engine": found.engine}
        clock = Clock()
        assert run_it().cached == len(wanted)
        answer["second_s"] = clock.rate(len(wanted))["seconds"]
        if task.accurate:
            clock = Clock()
            run = retrain(RunConfig(Path(task.train), FLOAT, engine=task.how), place)
            answer["training_s"] = clock.rate(1)["seconds"]
            metrics = evaluate(run, Path(task.demo), place).metrics
            answer |= {"correct": metrics.correct, "total": metrics.total}
            answer["difference"] = _difference(task, found.vectors)
    return answer


def _difference(task: Task, vectors: dict[str, np.ndarray]) -> float:
    """Return the largest difference from LiteRT's vectors, of the pictures that were kept for the check."""
    kept = np.load(task.prepared("check.npz"))
    mine = np.stack([vectors[sha] for sha in kept["shas"]])
    return float(np.abs(mine - kept["vectors"]).max())


if __name__ == "__main__":
    run_way(poet_way)
