"""Without TensorFlow the main job is done, and what needs it says so in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PATIENCE, ROOT, Trained


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which neither Poet's processes nor their children find TensorFlow and Keras."""
    folder = tmp_path_factory.mktemp("light")
    hidden = "".join(f"sys.modules[{name!r}] = None\n" for name in ("tensorflow", "keras"))
    (folder / "sitecustomize.py").write_text(f"import sys\n{hidden}")
    return os.environ | {"PYTHONPATH": str(folder)}


def run(light: dict[str, str], *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "poetcore", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=light, capture_output=True, text=True, timeout=PATIENCE)


def test_a_new_workspace_trains_and_evaluates(light, trained: Trained, tmp_path):
    train, demo = trained.sample / "train", trained.sample / "demo"
    steps = ("--how_many_training_steps", 20)
    done = run(light, "retrain", "--image_dir", train, "--demo_dir", demo, *steps, "--workspace", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Accuracy on" in done.stdout


def test_a_run_is_exported(light, trained: Trained, tmp_path):
    place, out = trained.workspace.root, tmp_path / "model.tflite"
    done = run(light, "export", "--run", "latest", "--format", "tflite", "--out", out, "--workspace", place)
    assert done.returncode == 0, done.stderr
    assert out.is_file() and "100.0 %" in done.stdout


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (("export", "--run", "latest", "--format", "keras"), "The format keras"),
        (("retrain", "--architecture", "mobilenet_0.25_128"), "Preparing mobilenet_0.25_128"),
    ],
    ids=lambda given: given[-1] if isinstance(given, tuple) else "",
)
def test_what_needs_tensorflow_says_so(light, trained: Trained, tmp_path, command, named):
    place = trained.workspace.root
    if command[0] == "retrain":
        command, place = (*command, "--image_dir", trained.sample / "train"), tmp_path
    done = run(light, *command, "--workspace", place)
    assert done.returncode == 2
    sentence = done.stderr.splitlines()[-1]
    assert sentence.startswith(f"Error: {named}")
    assert "needs TensorFlow, which is not installed: run `python -m pip install tensorflow`" in sentence


def test_a_backbone_of_ones_own_from_keras_says_so(light, trained: Trained, tmp_path):
    import zipfile

    file = Path(tmp_path, "own.keras")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", "{}")
    train = trained.sample / "train"
    done = run(light, "retrain", "--architecture", file, "--image_dir", train, "--workspace", tmp_path)
    assert done.returncode == 2 and "needs TensorFlow" in done.stderr and "Traceback" not in done.stderr
