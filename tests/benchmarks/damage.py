"""Faults that files get, and a workspace with one file of each kind that they are put into; for campaigns."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.evaluation.evaluate import evaluate
from poetcore.sources.samples import make_sample
from poetcore.training.config import RunConfig
from poetcore.training.learning_curve import learning_curve
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.browse import remember_folder
from poetcore.workspace.demo_sets import keep_aside
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.label_groups import LabelGroups, write_label_groups
from poetcore.workspace.published import publish_dataset, publish_run
from poetcore.workspace.records import read_json
from poetcore.workspace.review_file import ReviewEntry, ReviewFile
from poetcore.workspace.seen import dismiss
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import call

__all__ = ["Mutation", "damaged", "fields_of", "make_workspace", "mutations"]

#: What becomes of a file's content; None where nothing is left of it.
Mutation = Callable[[bytes], bytes | None]

#: What a field of a record is replaced by.
_VALUES: dict[str, Any] = {
    "null": None,
    "text": "x",
    "huge": 10**30,
    "negative": -1,
    "list": [1],
    "object": {"a": None},
    "NaN": float("nan"),
    "infinity": float("inf"),
}

_TEXTS: dict[str, Mutation] = {
    "empty": lambda content: b"",
    "{}": lambda content: b"{}",
    "[]": lambda content: b"[]",
    "null": lambda content: b"null",
    "UTF-16": lambda content: content.decode(errors="replace").encode("utf-16"),
    "Latin-1": lambda content: b"\xe4" + content,
    "binary": lambda content: np.random.default_rng(0).bytes(4096),
    "5,000 characters": lambda content: b"x" * 5_000,
    "nested": lambda content: b"[" * 50_000,
}


def make_workspace(root: Path, models: Path | None = None) -> Workspace:
    """Make a workspace with the runs `good` and `bad`, and of `bad` everything that a run may have.

    Args:
        root: where.
        models: a folder of converted backbones to copy, where there is one.
    """
    place = Workspace(root / "tf_files")
    if models:
        shutil.copytree(models, place.models)
    sample = make_sample(place.datasets / "sample", train_per_label=12, demo_per_label=6)
    for name, steps in (("good", 300), ("bad", 60)):
        options = TrainingOptions(how_many_training_steps=steps, seed=1)
        run = retrain(RunConfig(sample / "train", name=name, training=options), place)
        found = evaluate(run, sample / "demo", place)
    learning_curve(run, place)
    run.rename_title("The bad one")
    groups = LabelGroups({"warm": ("rose", "tulip")}).checked(run.labels())
    write_label_groups(run.label_groups_file, groups)
    folder = run.evaluation("demo")
    row = found.predictions.iloc[0]
    entry = ReviewEntry("2026-01-01T00:00:00+00:00", row["sha"], row["path"], row["label"], "rose", "right")
    ReviewFile(folder.review_file).append([entry])
    EvaluationFolder(place.comparisons / "0123456789abcdef").write(found.predictions, asdict(found.metrics))
    keep_aside(run_dataset(place), place, "20%")
    remember_folder(place, sample)
    dismiss(place, "a note")
    publish_run(place, place.run("bad"))
    publish_dataset(place, sample / "demo")
    words = ["--image_dir", sample / "train", "--learning_rate", "0.01,0.1", "--how_many_training_steps", "5"]
    done = call("tune", *words, "--tuning_name", "tuned", "--workspace", place.root)
    assert done.status == 0, done.stderr
    return place


def run_dataset(place: Workspace) -> Any:
    """Return the dataset that the runs were trained on."""
    from poetcore.data.dataset import scan

    with place.file_index() as index:
        return scan(place.datasets / "sample" / "train", index)


def mutations(file: Path) -> Iterator[tuple[str, Mutation]]:
    """Yield what is done to a file, each with its name: as a whole, and to every field of a record."""
    size = file.stat().st_size
    for share in (0.1, 0.5, 0.9, 1.0):
        end = min(int(size * share), size - 1)
        yield f"cut at {end}", lambda content, end=end: content[:end]  # type: ignore[misc]
    yield from _TEXTS.items()
    yield "missing", lambda content: None
    yield "a folder", as_folder
    if file.suffix != ".json":
        return
    told = read_json(file)
    for path in fields_of(told):
        for name, value in _VALUES.items():
            for sealed in (True, False):
                words = f"{'/'.join(map(str, path))} = {name}{'' if sealed else ', without a checksum'}"
                yield words, _replaced(path, value, sealed)


def as_folder(content: bytes) -> None:
    """Stand for a folder in the place of a file; see `damaged`."""


def fields_of(value: Any, above: tuple[Any, ...] = (), deep: int = 3) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every field of a record, of a list the first only."""
    entries: Any = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for name, one in entries:
        if name == "checksum":
            continue
        yield (*above, name)
        if isinstance(one, dict | list) and len(above) + 1 < deep:
            yield from fields_of(one, (*above, name), deep)


def _replaced(path: tuple[Any, ...], value: Any, sealed: bool) -> Mutation:
    def mutate(content: bytes) -> bytes:
        told = json.loads(content)
        inner = told
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        if not sealed and isinstance(told, dict):
            told = {name: one for name, one in told.items() if name not in ("checksum", "checksums")}
        return json.dumps(told).encode()

    return mutate


@contextmanager
def damaged(file: Path, mutate: Mutation) -> Iterator[None]:
    """Damage a file for the time of a `with` block."""
    content = file.read_bytes()
    new = mutate(content)
    file.unlink()
    if mutate is as_folder:
        file.mkdir()
    elif new is not None:
        file.write_bytes(new)
    try:
        yield
    finally:
        if file.is_dir():
            shutil.rmtree(file)
        file.write_bytes(content)
