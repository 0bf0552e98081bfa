"""Pictures are kept aside, trained without and evaluated on from the command line; a folder is enough."""

import json
import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from poetcore.workspace.workspace import Workspace
from tests.cli.inside import call
from tests.conftest import fill

FEW_STEPS = ("--how_many_training_steps", 20)


@pytest.fixture(scope="module")
def place(tmp_path_factory, backbone_file) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("aside") / "tf_files")
    found.models.mkdir(parents=True)
    shutil.copy(backbone_file, found.models)
    return found


@pytest.fixture(scope="module")
def trees(place) -> Path:
    return fill(place.root.parent / "trees", {"ash": 20, "oak": 10})


def answer(place: Workspace, *words: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        call(*words, "--workspace", place.root, "--json").stdout.splitlines()[-1]
    )
    return found


def test_a_share_is_kept_aside_and_released(place, trees):
    kept = answer(place, "keep_aside", trees, "20%")
    released = answer(place, "keep_aside", trees, "--undo")
    assert (kept["kept"], Path(kept["list"]).exists()) == ({"ash": 4, "oak": 2}, False)
    assert released == {"list": None, "kept": {}}


def test_nothing_to_release_is_told(place, trees):
    done = call("keep_aside", trees, "--undo", "--workspace", place.root)
    assert (done.status, "Nothing is kept aside of" in done.stderr) == (2, True)


def test_a_run_is_evaluated_on_its_testing_pictures_where_no_folder_is_named(place, trees):
    run = answer(place, "retrain", "--image_dir", trees, "--run_name", "plain", *FEW_STEPS)
    found = answer(place, "evaluate", "--run", "plain")
    assert (found["total"], found["accuracy"]) == (run["final_test_count"], run["final_test_accuracy"])
    assert Path(found["folder"]).name == "testing.json"


def test_a_run_of_an_earlier_version_gets_its_list_then(place, trees):
    answer(place, "retrain", "--image_dir", trees, "--run_name", "older", *FEW_STEPS)
    (place.runs / "older" / "testing.json").unlink()
    assert answer(place, "evaluate", "--run", "older")["leaked"] == 0


def test_the_training_keeps_a_share_aside_and_evaluates_on_it(place):
    folder = fill(place.root.parent / "bushes", {"hazel": 20, "holly": 10}, seed=1)
    words = ("--image_dir", folder, "--keep_aside", "20%", "--evaluate_after", *FEW_STEPS)
    run = answer(place, "retrain", *words)
    assert (run["kept_aside"], run["demo_accuracy"] is not None) == (6, True)
    assert "on bushes (20 % kept aside)" in call("evaluate", "--workspace", place.root).stdout


def test_a_graph_needs_a_folder(place, tmp_path):
    done = call("evaluate", "--graph", tmp_path / "g.pb", "--workspace", place.root)
    assert done.status == 2


def test_a_share_that_is_none_is_told(place, trees):
    done = call("keep_aside", trees, "90%", "--workspace", place.root)
    assert (done.status, "from 1% to 50%" in done.stderr) == (2, True)


def test_the_command_that_undoes_it_can_be_typed_as_it_is_printed(place, trees):
    said = call("keep_aside", trees, "20%", "--workspace", place.root).stdout.splitlines()[-1]
    command = said.removeprefix("Undo it with: python -m poetcore ")
    words = command.replace('"', "").split() if os.name == "nt" else shlex.split(command)
    assert call(*words).status == 0
