"""Runs whose files are damaged, or whose process was killed: one sentence each, and no other run suffers."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import poetcore as poet
from poetcore.errors import BackboneError, RunError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.evaluation import Evaluation
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import call
from tests.conftest import Trained


@pytest.fixture
def place(trained: Trained, tmp_path: Path) -> Workspace:
    """A workspace with two finished runs, `good` and `bad`, of which `bad` may be damaged."""
    place = Workspace(tmp_path / "tf_files", models=trained.workspace.models)
    for name in ("good", "bad"):
        shutil.copytree(trained.run.folder, place.runs / name)
    return place


@pytest.fixture
def bad(place: Workspace) -> Run:
    return place.run("bad")


def shorten(file: Path) -> None:
    """Cut a file off in the middle of a line, as a full disk does."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 6 // 10])


def change(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def listed(place: Workspace) -> dict[str, str]:
    """Return the state of each run, as the command line lists them."""
    done = call("runs", "--workspace", place.root, "--json")
    assert done.status == 0, done.stderr
    return {row["run"]: row["phase"] for row in json.loads(done.stdout)["runs"]}


@pytest.mark.parametrize(
    "damage",
    [
        lambda run: shorten(run / "run.json"),
        lambda run: (run / "run.json").unlink(),
        lambda run: (run / "run.json").write_text("[" * 100_000),
        lambda run: change(run / "run.json", labels=[1, 2]),
        lambda run: change(run / "run.json", splits={"training": "many"}),
        lambda run: change(run / "run.json", metrics={"final_test_accuracy": "good"}),
        lambda run: change(run / "run.json", cross_validation={}),
        lambda run: change(run / "run.json", created="yesterday"),
        lambda run: shorten(run / "status.json"),
        lambda run: (run / "status.json").unlink(),
        lambda run: change(run / "status.json", started=1e300),
        lambda run: change(run / "status.json", pid=-5),
    ],
)
def test_a_damaged_run_is_one_line_of_the_list(place, damage: Callable[[Path], object]):
    damage(place.runs / "bad")
    assert listed(place) == {"good": "done", "bad": "damaged"}
    states = poet.list_runs(workspace=place.root).set_index("name")["state"]
    assert states.to_dict() == {"good": "done", "bad": "damaged"}
    assert [run.name for run in place.finished_runs()] == ["good"]
    with pytest.raises(RunError, match="record of the run 'bad' cannot be read"):
        place.run("bad")


@pytest.mark.parametrize(
    "change_labels",
    [lambda labels: labels[1:], lambda labels: [*labels, "more"], lambda labels: labels[::-1]],
)
def test_labels_that_are_not_those_of_the_training_are_refused(trained, place, bad, change_labels):
    (bad.folder / "labels.txt").write_text("\n".join(change_labels(bad.record().labels)))
    for use in (lambda: Classifier(bad, place), lambda: evaluate(bad, trained.sample / "demo", place)):
        with pytest.raises(RunError, match=r"labels of labels\.txt are not the 5 of run\.json"):
            use()


def test_labels_that_an_editor_wrote_are_read(bad):
    text = "\r\n".join(bad.labels())
    (bad.folder / "labels.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert bad.labels() == bad.record().labels


@pytest.mark.parametrize(
    ("kernel", "bias"),
    [
        (np.zeros((1280, 4), np.float32), np.zeros(4, np.float32)),
        (np.zeros((7, 5), np.float32), np.zeros(5, np.float32)),
        (np.zeros((1280, 5), np.float32), np.zeros(4, np.float32)),
        (np.zeros(5, np.float32), np.zeros(5, np.float32)),
        (np.full((1280, 5), np.nan, np.float32), np.zeros(5, np.float32)),
        (np.full((1280, 5), "x"), np.zeros(5, np.float32)),
    ],
)
def test_a_layer_that_does_not_fit_is_refused(place, bad, kernel, bias):
    np.savez(bad.folder / "head.npz", kernel=kernel, bias=bias)
    with pytest.raises(RunError, match="damaged"):
        Classifier(bad, place)


@pytest.mark.parametrize("file", ["split.csv", "cross_validation.csv"])
@pytest.mark.parametrize("whole_lines", [True, False])
def test_a_table_whose_end_is_gone_is_damaged(bad, file, whole_lines):
    shorten(bad.folder / file)
    if whole_lines:
        content = (bad.folder / file).read_bytes()
        (bad.folder / file).write_bytes(content[: content.rindex(b"\n") + 1])
    with pytest.raises(RunError, match=rf"{file} is damaged"):
        bad.split() if file == "split.csv" else bad.cross_validation()


@pytest.mark.parametrize("file", ["predictions.csv", "metrics.json"])
def test_an_evaluation_whose_end_is_gone_is_damaged(trained, place, bad, file):
    evaluate(bad, trained.sample / "demo", place)
    folder = bad.evaluation("demo")
    shorten(folder.folder / file)
    with pytest.raises(RunError, match=file):
        Evaluation.load(folder)
    assert listed(place)["bad"] == "done"


def test_damaged_reports_of_the_training_are_passed_over(place, bad):
    known = poet.load_run("bad", workspace=place.root).history
    with (bad.folder / "events.jsonl").open("ab") as file:
        file.write(b'{"kind": "step", "step": "x", "train_accuracy": []}\n{"kind": "step"}\n\xff\n{"ki')
    assert poet.load_run("bad", workspace=place.root).history.equals(known)


def test_a_damaged_backbone_is_told_with_what_to_delete(tmp_path):
    (tmp_path / "network.tflite").write_bytes(b"no network")
    with pytest.raises(BackboneError, match=r"network\.tflite is damaged: delete the file"):
        FeatureExtractor(tmp_path / "network.tflite")


def test_a_killed_training_is_told_as_failed_and_nothing_is_written(place, bad):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    bad.write_status(replace(Status("training", 3, 10), pid=child.pid, heartbeat=time.time() + 60))
    assert listed(place)["bad"] == "training"
    child.kill()
    child.communicate()
    before = {file: file.stat().st_mtime_ns for file in bad.folder.iterdir()}
    assert listed(place)["bad"] == "failed"
    assert {file: file.stat().st_mtime_ns for file in bad.folder.iterdir()} == before
    with pytest.raises(RunError, match="'bad' is not finished .it is 'failed'"):
        place.run("bad")
