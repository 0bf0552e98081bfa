"""A small sample of the campaigns of damage: no traceback, no other run, no figure that changed unsaid."""

import random
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from poetcore.evaluation.evaluate import evaluate
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.bit_flips import flipped
from tests.benchmarks.damage import mutations
from tests.benchmarks.damaged_records import files_of, look, trial
from tests.conftest import Trained

#: Faults of each file; the campaign does them all.
_OF_EACH = 2


@pytest.fixture(scope="module")
def place(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the runs `good` and `bad`, their evaluations and one kept for a comparison."""
    place = Workspace(tmp_path_factory.mktemp("damaged") / "tf_files", models=trained.workspace.models)
    for name in ("good", "bad"):
        shutil.copytree(trained.run.folder, place.runs / name, ignore=shutil.ignore_patterns("evaluations"))
        found = evaluate(place.run(name), trained.sample / "demo", place)
    EvaluationFolder(place.comparisons / "kept").write(found.predictions, asdict(found.metrics))
    return place


def names(place: Workspace) -> list[Path]:
    return [file for file in files_of(place) if file.name not in ("events.jsonl", "job.log")]


def test_a_damaged_file_is_told_and_spoils_nothing_else(place):
    before, draw = look(place), random.Random(1)
    for file in names(place):
        faults = list(mutations(file))
        for words, mutate in draw.sample(faults, min(_OF_EACH, len(faults))):
            watched = "without a checksum" not in words
            assert trial(file, mutate, place, before, [], watched) == ([], []), f"{file.name}: {words}"


def test_a_flipped_bit_is_told_or_changes_nothing(place):
    before, draw = look(place), np.random.default_rng(1)
    for file in names(place):
        for _ in range(_OF_EACH):
            found = trial(file, lambda content: flipped(content, draw), place, before, [])
            assert found == ([], []), file.name
