"""A run made by version 0.1 still opens: it has no config.json, and its record fewer words."""

import json
import shutil

import pytest

import poetcore as poet
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained, run_poet

#: What run.json of version 0.1 held.
RECORD = {
    "name", "created", "image_dir", "backbone", "input_size", "labels", "options", "splits", "skipped",
    "bottlenecks", "timings", "metrics", "versions", "calibration",
}  # fmt: skip

OPTIONS = {
    "how_many_training_steps", "learning_rate", "testing_percentage", "validation_percentage",
    "eval_step_interval", "train_batch_size", "test_batch_size", "validation_batch_size", "seed",
    "flip_left_right", "random_crop", "random_scale", "random_brightness", "distortion_variants",
    "final_tensor_name", "engine",
}  # fmt: skip

FILES = {"run.json", "status.json", "events.jsonl", "split.csv", "labels.txt", "head.npz"}


@pytest.fixture(scope="module")
def place(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a run as version 0.1 left it."""
    root = tmp_path_factory.mktemp("older") / "tf_files"
    shutil.copytree(trained.workspace.root / "models", root / "models")
    old = root / "runs" / "old"
    shutil.copytree(trained.run.folder, old)
    for path in old.iterdir():
        if path.name not in FILES:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    record = json.loads((old / "run.json").read_text())
    record = {name: value for name, value in record.items() if name in RECORD} | {"name": "old"}
    record["options"] = {name: value for name, value in record["options"].items() if name in OPTIONS}
    (old / "run.json").write_text(json.dumps(record))
    return Workspace(root)


def test_it_is_evaluated(place, trained):
    report = poet.load_run("old", workspace=place.root).evaluate(trained.sample / "demo")
    assert report.total == 20


def test_it_labels_pictures(place, trained):
    picture = trained.sample / "demo" / "rose" / "rose_001.jpg"
    done = run_poet("label_image", picture, "--run", "old", "--workspace", place.root, "--json")
    assert done.returncode == 0 and len(json.loads(done.stdout)["predictions"]) == 1


def test_it_is_listed(place):
    assert list(poet.list_runs(workspace=place.root)["state"]) == ["done"]


def test_it_still_has_all_that_version_0_1_wrote(trained):
    record = json.loads((trained.run.folder / "run.json").read_text())
    assert set(record) >= RECORD and set(record["options"]) >= OPTIONS
    assert {path.name for path in trained.run.folder.iterdir()} >= FILES
