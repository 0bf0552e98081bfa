"""The bundle: its program needs only what its requirements name, and predicts as the app does."""

import importlib.metadata
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.export.about import About
from poetcore.export.bundle.bundle_format import BUNDLE
from poetcore.export.export_format import LiteNetwork
from poetcore.export.export_options import INPUT_RANGES
from poetcore.export.lite_layer import with_layer
from poetcore.workspace.backbones import backbone_of, models_of
from tests.conftest import PATIENCE, Trained
from tests.test_packaging import listed

pytestmark = pytest.mark.slow

#: Runs predict.py where nothing can be imported but Python's own modules and some packages.
ALONE = """
import runpy
import sys

allowed = {"predict", "reading", "camera", *sys.argv.pop(1).split(","), *sys.stdlib_module_names}


class Only:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Only())
sys.path.insert(0, "")
runpy.run_path("predict.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def bundle(trained: Trained, tmp_path_factory) -> Path:
    """The folder of an unzipped bundle."""
    content = models_of(trained.run, trained.workspace)(backbone_of(trained.run)).read_bytes()
    whole = with_layer(content, trained.run.head(), INPUT_RANGES["0..255"])
    place = tmp_path_factory.mktemp("bundle")
    about = About("r", "b", 224, file="bundle.zip", labels="labels.txt")
    assert BUNDLE.write_lite and BUNDLE.add_note
    BUNDLE.write_lite(LiteNetwork(whole, tuple(trained.run.labels()), about), place / "bundle.zip")
    BUNDLE.add_note(place / "bundle.zip", "How to use it.")
    with zipfile.ZipFile(place / "bundle.zip") as archive:
        archive.extractall(place / "model")
    return place / "model"


@pytest.fixture(scope="module")
def predicted(trained: Trained) -> list[Prediction]:
    """What the app says of one demo picture of each label."""
    paths = [sorted(folder.iterdir())[0] for folder in sorted((trained.sample / "demo").iterdir())]
    return Classifier(trained.run, trained.workspace).classify(paths)


def needed(requirements: list[str]) -> set[str]:
    """The importable names of packages and of all that they need."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        one = waiting.pop()
        name = one.name.lower().replace("_", "-")
        if name not in found and (not one.marker or one.marker.evaluate({"extra": ""})):
            found.add(name)
            waiting += map(Requirement, importlib.metadata.requires(name) or [])
    modules = importlib.metadata.packages_distributions()
    return {
        module
        for module, owners in modules.items()
        if found & {owner.lower().replace("_", "-") for owner in owners}
    }


def start(bundle: Path, *options: str, path: str | None = None) -> subprocess.Popen[str]:
    """Start the bundle's program, which can import only what its requirements name."""
    allowed = needed((bundle / "requirements.txt").read_text().splitlines())
    assert "tensorflow" not in allowed and "numpy" in allowed
    return subprocess.Popen(
        [sys.executable, "-c", ALONE, ",".join(allowed), *options],
        cwd=bundle,
        env=os.environ | ({"PATH": path} if path else {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_files_and_folders_are_labelled_as_by_the_app_without_tensorflow(bundle, predicted):
    paths = [str(one.path) for one in predicted]
    with start(bundle, *paths[:-1], str(Path(paths[-1]).parent)) as program:
        lines = program.communicate(timeout=PATIENCE)[0].splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    for one in predicted:
        top = one.labels[int(np.argmax(one.probabilities))]
        assert said[str(one.path)].startswith(f"{top} ({top} {one.probabilities.max():.1%}")


def test_what_is_no_picture_is_told_and_the_others_are_labelled(bundle, predicted):
    with start(bundle, "labels.txt", "gone.jpg", str(predicted[0].path)) as program:
        out, errors = program.communicate(timeout=PATIENCE)
    assert "labels.txt cannot be read" in errors and "gone.jpg cannot be read" in errors
    assert "Traceback" not in errors and (len(out.splitlines()), program.returncode) == (1, 0)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "No picture was read: name"),
        (["gone.jpg"], "No picture was read"),
        (["--serve", "99999"], "0-65535"),
    ],
)
def test_where_nothing_is_done_it_says_so_and_fails(bundle, asked, says):
    with start(bundle, *asked) as program:
        out, errors = program.communicate(timeout=PATIENCE)
    assert (program.returncode, out, says in errors, "Traceback" in errors) == (1, "", True, False)


@pytest.fixture(scope="module")
def address(bundle) -> Iterator[str]:
    with start(bundle, "--serve", "0") as program:
        assert program.stdout
        yield program.stdout.readline().split()[-1]
        program.kill()


def post(address: str, body: bytes | None) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(address, body, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_posted_picture_is_answered_with_the_apps_probabilities(address, predicted):
    for one in predicted:
        status, found = post(address, one.path.read_bytes())
        scores = {score["label"]: score["score"] for score in found["scores"]}
        assert status == 200 and found["labels"] == [one.labels[int(np.argmax(one.probabilities))]]
        assert np.abs([scores[name] for name in one.labels] - one.probabilities).max() < 1e-4


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [(b"text", 415, "no picture"), (None, 400, "Post one picture"), (b"", 400, "Post one picture")],
)
def test_what_is_no_picture_is_answered_with_an_error_as_json(address, body, status, says):
    found = post(address, body)
    assert found[0] == status and says in str(found[1]["error"])


@pytest.mark.skipif(os.name == "nt", reason="the program of Raspberry Pi OS is a script here")
def test_the_camera_of_a_raspberry_pi_is_read_by_its_own_program(bundle, predicted, tmp_path):
    one = predicted[0]
    camera = tmp_path / "rpicam-jpeg"
    camera.write_text(f"#!/bin/sh\n/bin/cat '{one.path}'\n")
    camera.chmod(0o755)
    with start(bundle, "--camera", path=str(tmp_path)) as program:
        assert program.stdout
        lines = [program.stdout.readline() for _ in range(2)]
        program.kill()
    top = one.labels[int(np.argmax(one.probabilities))]
    assert all(line.startswith(f"camera: {top}") for line in lines)


def test_without_a_camera_program_it_is_told_what_to_install(bundle, tmp_path):
    with start(bundle, "--camera", path=str(tmp_path)) as program:
        errors = program.communicate(timeout=PATIENCE)[1]
    assert "pip install opencv-python-headless" in errors and "Traceback" not in errors


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"least_probability": 1.1, "thresholds": {}}, "unknown ("),
        ({"least_probability": None, "thresholds": 0.0}, "daisy, "),
        ({"least_probability": None, "thresholds": 1.1}, "no label ("),
    ],
)
def test_unknown_pictures_and_thresholds_are_as_in_the_app(bundle, predicted, known, said, trained, tmp_path):
    if not isinstance(known["thresholds"], dict):
        known = known | {"thresholds": dict.fromkeys(trained.run.labels(), known["thresholds"])}
    for file in bundle.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "model.json").write_text(json.dumps(known))
    with start(tmp_path, str(predicted[0].path)) as program:
        line = program.communicate(timeout=PATIENCE)[0]
    assert said in line


def test_the_zip_has_all_that_belongs_to_it(bundle, trained):
    names = {file.name for file in bundle.iterdir() if file.is_file()}
    assert names == {
        "README.txt", "camera.py", "labels.txt", "model.json", "model.tflite", "predict.py", "reading.py",
        "requirements.txt",
    }  # fmt: skip
    assert (bundle / "labels.txt").read_text().splitlines() == trained.run.labels()


def test_the_requirements_are_those_that_were_tested_with_poet(bundle):
    assert {
        str(Requirement(one)) for one in (bundle / "requirements.txt").read_text().splitlines()
    } <= listed("requirements.txt")
