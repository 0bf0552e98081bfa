"""What `evaluate` and `runs` say of figures that must not be believed as they are."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from poetcore.cli.app import app
from poetcore.workspace.run import Run
from tests.cli.inside import Terminal
from tests.conftest import Trained


@pytest.fixture(scope="module")
def say(trained: Trained):
    """Runs a command on the workspace of that run; returns what it prints."""
    return Terminal(trained.workspace.root).say


@pytest.fixture(scope="module")
def answer(trained: Trained):
    """Likewise, with --json."""
    return Terminal(trained.workspace.root).answer


@pytest.fixture(scope="module")
def trained_on(trained) -> list[Path]:
    split = trained.run.split()
    return [Path(path) for path in split.loc[split["split"] == "training", "path"]]


@pytest.fixture(scope="module")
def leaky(trained, trained_on, tmp_path_factory) -> Path:
    """The demo pictures, one training picture and a smaller copy of another; no tulips."""
    folder = Path(shutil.copytree(trained.sample / "demo", tmp_path_factory.mktemp("cli") / "leaky cli"))
    shutil.rmtree(folder / "tulip")
    same, near = trained_on[:2]
    shutil.copy(same, folder / same.parent.name / "same.jpg")
    with Image.open(near) as picture:
        picture.resize((picture.width // 2, picture.height // 2)).save(folder / near.parent.name / "near.jpg")
    return folder


@pytest.fixture(scope="module")
def seen(trained_on, tmp_path_factory) -> Path:
    """Training pictures only."""
    folder = tmp_path_factory.mktemp("cli") / "seen cli"
    for path in trained_on[:3]:
        (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / path.parent.name)
    return folder


def test_leaks_are_counted_by_kind_and_listed_with_their_twins(answer, leaky, trained_on):
    found = answer("evaluate", leaky)
    assert (found["leaked"], found["leaked_near"], found["total"]) == (1, 1, 18)
    assert [(Path(one["path"]).stem, one["kind"], one["twin"]) for one in found["leaks"]] == [
        ("same", "same", str(trained_on[0])),
        ("near", "near", str(trained_on[1])),
    ]


def test_the_accuracy_that_is_told_leaves_out_what_was_seen(say, leaky):
    said = say("evaluate", leaky)
    assert "Seen in training: 1 exact, 1 near duplicates." in said
    assert "of 16; 95 % interval" in said and "2 of these 18 pictures were seen in training" in said


def test_what_is_undefined_is_null_and_a_dash(say, answer, leaky):
    found = answer("evaluate", leaky)
    assert found["per_label"]["tulip"] == {"precision": None, "recall": None, "f1": None, "support": 0}
    assert found["macro_f1_labels"] == 4
    said = say("evaluate", leaky)
    assert said.count("–") == 3 and "the means of the labels with pictures: 4 of 5." in said


def test_calibration_is_told_with_its_noise(say, answer, leaky):
    found = answer("evaluate", leaky)["calibration"]
    assert set(found) == {"error", "noise", "off", "log_loss", "bins"}
    assert sum(one["n"] for one in found["bins"]) == 16
    assert "(expected calibration error)" in say("evaluate", leaky)


def test_where_all_pictures_were_seen_no_accuracy_is_told(say, answer, seen):
    found = answer("evaluate", seen)
    assert (found["accuracy_without_leaked"], found["mark"]) == (None, "seen in training")
    said = say("evaluate", seen)
    assert ": no accuracy (seen in training)." in said and "All 3 of these pictures were seen" in said


def test_runs_mark_what_must_not_be_compared(say, answer, seen, leaky, trained):
    answer("evaluate", seen)
    answer("evaluate", leaky)
    (leaky / "rose" / "rose_001.jpg").unlink()
    (row,) = (one for one in answer("runs")["runs"] if one["run"] == trained.run.name)
    marks = {Path(one["folder"]).name: (one["accuracy"] is None, one["mark"]) for one in row["demo"]}
    assert marks["seen cli"] == (True, "seen in training")
    assert marks["leaky cli"] == (False, "out of date")
    assert row["out_of_date"] is False
    said = say("runs")
    assert "by cross validation" in said and "out of" in said


def test_a_run_whose_pictures_were_changed_is_marked(trained, tmp_path):
    run = Run(Path(shutil.copytree(trained.run.folder, tmp_path / "tf_files" / "runs" / "stale")))
    train = Path(shutil.copytree(trained.sample / "train", tmp_path / "train"))
    (train / "rose" / "rose_001.jpg").unlink()
    run.write_record(replace(run.record(), image_dir=str(train)))
    words = ["runs", "--workspace", str(tmp_path / "tf_files")]
    (found,) = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)["runs"]
    assert (found["out_of_date"], found["difference"]["removed"]) == (True, 1)
    assert "out of date" in " ".join(CliRunner().invoke(app, words).stdout.split())


@pytest.mark.parametrize("command", ["evaluate", "label_image"])
def test_labels_of_a_graph_are_not_taken_for_chosen_ones(command, trained):
    words = (command, trained.sample / "demo", "--labels", "rose", "--workspace", trained.workspace.root)
    done = CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)
    assert (done.exit_code, "--labels is not used" in done.stderr) == (0, True)


def test_slices_are_in_json_with_their_intervals_and_in_words(answer, trained):
    found = answer("evaluate", trained.sample / "demo", "--slices")
    assert found["slices_sentence"].startswith("Too few pictures to compare slices of them")
    by = {(one["attribute"], one["slice"]): one for one in found["slices"]}
    assert {name for name, _ in by} >= {"brightness", "colour", "sharpness"}
    one = next(iter(by.values()))
    low, high = one["interval"]
    assert low <= one["accuracy"] <= high and one["p_value"] is None and one["fails_more"] is False


def test_slices_are_a_table_only_where_they_were_asked_for(say, trained):
    asked = say("evaluate", trained.sample / "demo", "--slices")
    assert "Too few pictures" in asked and "brightness: darkest" in asked
    assert "brightness: darkest" not in say("evaluate", trained.sample / "demo")
