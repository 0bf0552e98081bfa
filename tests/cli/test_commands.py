"""The command line as a user meets it: one process a command."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.cli.app import app
from poetcore.sources.samples import SAMPLE_LABELS
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import PATIENCE, ROOT, fill, run_poet

pytestmark = pytest.mark.slow

COMMANDS = [command.name for command in app.registered_commands]

#: Runs a command in a process that fails if TensorFlow was imported.
WITHOUT_TENSORFLOW = """
import sys
from poetcore.cli.app import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
assert not {"tensorflow", "keras"} & set(sys.modules)
"""


def answer(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """Return the JSON of a command that succeeded."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1], parse_constant=pytest.fail)


@pytest.fixture(scope="module")
def here(trained) -> list[object]:
    return ["--workspace", trained.workspace.root, "--json"]


@pytest.fixture(scope="module")
def demo_answer(tmp_path_factory, backbone_file) -> dict[str, Any]:
    place = tmp_path_factory.mktemp("demo") / "tf_files"
    (place / "models").mkdir(parents=True)
    shutil.copy(backbone_file, place / "models")
    done = run_poet("demo", "--workspace", place, "--json")
    return answer(done) | {"place": place, "errors": done.stderr}


@pytest.fixture(scope="module")
def evaluate_answer(trained, here, tmp_path_factory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("cli") / "on the terminal"
    shutil.copytree(trained.sample / "demo", folder)
    shutil.copy(trained.sample / "train" / "rose" / "rose_004.jpg", folder / "rose" / "again.jpg")
    (folder / "tulip" / "bad.jpg").write_text("no picture")
    return answer(run_poet("evaluate", folder, "--run", trained.run.name, *here))


@pytest.fixture(scope="module")
def unlabelled(trained, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("unlabelled")
    shutil.copy(trained.sample / "demo" / "rose" / "rose_001.jpg", folder / "b.jpg")
    shutil.copy(trained.sample / "demo" / "tulip" / "tulip_002.jpg", folder / "a.jpg")
    (folder / "bad.jpg").touch()
    (folder / "a.jpg.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def label_image_answer(here, unlabelled) -> dict[str, Any]:
    return answer(run_poet("label_image", unlabelled, "--top", 2, *here))


def test_demo_has_the_documented_keys(demo_answer):
    assert {"run", "final_test_accuracy", "demo_accuracy"} <= set(demo_answer)


def test_demo_tells_the_training_at_every_tenth_of_its_steps(demo_answer):
    told = re.findall(r"^Step +([\d,]+): train accuracy", demo_answer["errors"], re.MULTILINE)
    assert told == [f"{step:,}" for step in range(400, 4001, 400)]


def test_demo_recognizes_the_drawn_flowers(demo_answer):
    assert demo_answer["demo_accuracy"] >= 0.8


def test_demo_leaves_a_finished_run_with_its_evaluation(demo_answer):
    run = Run(demo_answer["place"] / "runs" / demo_answer["run"])
    assert (run.status().phase, [e.name for e in run.evaluations()]) == ("done", ["demo"])


def test_overview_counts_labels_and_lists_issues(tmp_path):
    folder = fill(tmp_path / "pictures", {"ash": 3, "oak": 2})
    shutil.copy(folder / "ash" / "ash_001.jpg", folder / "oak" / "moved.jpg")
    found = answer(run_poet("overview", folder, "--workspace", tmp_path / "tf_files", "--json"))
    assert (found["labels"], found["total"]) == ({"ash": 3, "oak": 3}, 6)
    two_labels = [issue for issue in found["issues"] if issue["issue"] == "two_labels"]
    assert [Path(issue["path"]).name for issue in two_labels] == ["ash_001.jpg", "moved.jpg"]


def test_evaluate_has_the_documented_keys(evaluate_answer):
    documented = (
        "accuracy correct total interval leaked accuracy_without_leaked per_label confusion_matrix labels"
    )
    assert {*documented.split(), "skipped"} <= set(evaluate_answer)


def test_evaluate_counts_every_picture_once(evaluate_answer):
    matrix = np.array(evaluate_answer["confusion_matrix"])
    assert (matrix.sum(), matrix.trace()) == (21, evaluate_answer["correct"])
    assert (evaluate_answer["total"], evaluate_answer["leaked"]) == (21, 1)


def test_evaluate_has_metrics_for_each_label(evaluate_answer):
    assert set(evaluate_answer["per_label"]) == set(SAMPLE_LABELS) == set(evaluate_answer["labels"])
    assert evaluate_answer["per_label"]["rose"]["support"] == 5
    assert set(evaluate_answer["per_label"]["rose"]) == {"precision", "recall", "f1", "support"}


def test_evaluate_lists_bad_files(evaluate_answer):
    (skipped,) = evaluate_answer["skipped"]
    assert (Path(skipped["path"]).name, set(skipped)) == ("bad.jpg", {"path", "reason"})


def test_label_image_labels_the_pictures_of_a_folder(label_image_answer):
    assert [Path(p["path"]).name for p in label_image_answer["predictions"]] == ["a.jpg", "b.jpg"]


def test_label_image_gives_the_most_probable_labels_first(label_image_answer):
    scores = [[one["score"] for one in p["scores"]] for p in label_image_answer["predictions"]]
    assert [(len(found), found == sorted(found, reverse=True)) for found in scores] == [(2, True)] * 2


def test_label_image_skips_bad_files_with_their_reason(label_image_answer, unlabelled):
    bad = {"path": str(unlabelled / "bad.jpg"), "reason": "is empty (0 bytes)"}
    assert label_image_answer["skipped"] == [bad] and label_image_answer["litter"] == 1


def test_label_image_takes_single_files(here, unlabelled):
    found = answer(run_poet("label_image", unlabelled / "b.jpg", unlabelled / "a.jpg", *here))
    assert [Path(p["path"]).name for p in found["predictions"]] == ["b.jpg", "a.jpg"]


def test_label_image_with_nothing_to_label_is_wrong_use(here, unlabelled):
    done = run_poet("label_image", unlabelled / "bad.jpg", *here)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert done.stderr.splitlines()[-1].startswith("Error: No picture could be labelled")


def test_runs_lists_the_runs(trained, here):
    (row,) = answer(run_poet("runs", *here))["runs"]
    assert (row["run"], row["phase"], row["labels"]) == (trained.run.name, "done", list(SAMPLE_LABELS))


def test_runs_of_an_empty_workspace_are_none(tmp_path):
    assert answer(run_poet("runs", "--workspace", tmp_path, "--json"))["runs"] == []


@pytest.mark.parametrize("content", ["", "{", "{}", '{"image_dir": null}', "[]"])
def test_a_damaged_run_costs_runs_one_line(tmp_path, trained, content):
    place = Workspace(tmp_path / "tf_files")
    place.runs.mkdir(parents=True)
    shutil.copytree(trained.run.folder, place.runs / "good")
    shutil.copytree(trained.run.folder, place.runs / "bad")
    record = place.runs / "bad" / "run.json"
    record.write_text(
        json.dumps(json.loads(record.read_text()) | {"image_dir": None}) if "null" in content else content
    )
    found = answer(run_poet("runs", "--workspace", place.root, "--json"))["runs"]
    assert {one["run"]: one["phase"] for one in found} == {"good": "done", "bad": "damaged"}
    assert place.run("latest").name == "good"


def test_the_table_of_runs_shows_names_whole_so_that_they_can_be_copied(trained):
    done = run_poet("runs", "--workspace", trained.workspace.root)
    assert (done.returncode, trained.run.name in done.stdout) == (0, True)


def test_without_json_a_person_reads_the_labels(trained):
    done = run_poet("label_image", trained.sample / "demo" / "rose", "--workspace", trained.workspace.root)
    rows = [line.split("│") for line in done.stdout.splitlines() if line.startswith("│")]
    named = [row[2].strip() for row in rows if row[1].strip()]
    assert [label in SAMPLE_LABELS for label in named] == [True] * 4


def test_messages_stay_off_standard_output(here, unlabelled):
    done = run_poet("label_image", unlabelled, *here)
    assert len(done.stdout.splitlines()) == 1
    assert f"Excluded: {unlabelled / 'bad.jpg'} is empty" in done.stderr


def test_download_without_a_connection_ends_in_a_sentence(tmp_path, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there
    done = run_poet("download", "flowers", "--workspace", tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: flower_photos.tgz could not be fetched")


def test_workspace_is_taken_from_the_environment(trained, monkeypatch):
    monkeypatch.setenv("TFP_WORKSPACE", str(trained.workspace.root))
    assert [row["run"] for row in answer(run_poet("runs", "--json"))["runs"]] == [trained.run.name]


def test_help_names_every_command():
    shown = run_poet("--help").stdout
    assert [name for name in COMMANDS if f"  {name} " not in shown] == []


def test_readme_shows_every_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"poetcore {name}" not in text] == []


def test_training_on_a_converted_backbone_never_imports_tensorflow(trained, tmp_path):
    arguments = ["--image_dir", trained.sample / "train", "--how_many_training_steps", 20]
    places = ["--workspace", tmp_path, "--model_dir", trained.workspace.models]
    process = [sys.executable, "-c", WITHOUT_TENSORFLOW, "retrain", *map(str, arguments + places)]
    done = subprocess.run(process, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["overview", "evaluate", "label_image", "runs"])
def test_predicting_never_imports_tensorflow(trained, here, command):
    folder = {"evaluate": trained.sample / "demo", "overview": trained.sample / "demo"}
    folder["label_image"] = trained.sample / "demo" / "rose"
    arguments = [folder[command]] if command in folder else []
    process = [sys.executable, "-c", WITHOUT_TENSORFLOW, command, *map(str, arguments + here)]
    done = subprocess.run(process, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
