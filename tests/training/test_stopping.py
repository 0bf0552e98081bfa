"""Trainings that are stopped, asked to or killed, and how the next one resumes them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from poetcore.features.engines import BATCH_SIZE
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT, encoded, fill, picture, run_poet

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="Windows has no signals of this kind"),
]

#: Runs a command that Ctrl-C reaches even where the tests' parent process ignores it. After 40 pictures it
#: prints a line and waits, long enough after its first status for this to be in the run's folder too.
WAITING = """
import signal, time
from poetcore.cli.app import main
from poetcore.training.progress import Reporter
report = Reporter.__call__
def wait(self, progress):
    here = (progress.phase, progress.done) == ("bottlenecks", 40)
    if here:
        time.sleep(1)
    report(self, progress)
    if here:
        print("waiting", flush=True)
        time.sleep(600)
Reporter.__call__ = wait
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    """Enough pictures for a training to be caught in the middle of extracting their features."""
    folder = fill(tmp_path_factory.mktemp("many") / "trees", {"ash": 130, "oak": 190})
    (folder / "oak" / "large.png").write_bytes(encoded(picture(1, (3000, 2000)), "PNG"))
    return folder


#: Presses Ctrl-C while the command line is being imported.
CTRL_C_WHILE_IMPORTING = """
import runpy, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "poetcore.cli.app":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Finder())
runpy.run_module("poetcore", run_name="__main__")
"""


def test_ctrl_c_before_anything_is_loaded_ends_with_a_sentence():
    command = [sys.executable, "-c", CTRL_C_WHILE_IMPORTING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Error: Stopped.\n")


def stop_while_extracting(many: Path, place: Workspace, how: int) -> tuple[Run, int, str]:
    """Send a training's process a signal while it waits after 40 pictures; return how it ended."""
    arguments = ["retrain", "--image_dir", many, "--run_name", "stopped", "--workspace", place.root]
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n", process.communicate()[1]
        process.send_signal(how)
        errors = process.communicate()[1]
    return Run(place.runs / "stopped"), process.returncode, errors


@pytest.fixture(scope="module")
def new_place(tmp_path_factory, backbone_file):
    """Makes a workspace that has the backbone and nothing else."""

    def make() -> Workspace:
        place = Workspace(tmp_path_factory.mktemp("stopped") / "tf_files")
        place.models.mkdir(parents=True)
        shutil.copy(backbone_file, place.models)
        return place

    return make


@pytest.fixture(scope="module", params=[signal.SIGTERM, signal.SIGINT], ids=["terminated", "Ctrl-C"])
def asked(request, many, new_place) -> tuple[Run, int, str]:
    return stop_while_extracting(many, new_place(), request.param)


def test_a_training_that_is_asked_to_stop_ends_as_cancelled(asked):
    assert asked[0].status().phase == "cancelled"


def test_a_training_that_is_asked_to_stop_ends_with_a_sentence(asked):
    assert (asked[1], asked[2].splitlines()[-1:]) == (1, ["Error: Stopped."])


def test_a_training_that_is_asked_to_stop_shows_no_traceback(asked):
    assert "Traceback" not in asked[2]


@pytest.fixture(scope="module")
def resumed(many, new_place) -> tuple[Status, dict[str, Any]]:
    """How far a training was when it was killed, and the answer of the next one."""
    place = new_place()
    before = stop_while_extracting(many, place, signal.SIGKILL)[0].status()
    arguments = ["--image_dir", many, "--how_many_training_steps", 50, "--workspace", place.root, "--json"]
    done = run_poet("retrain", *arguments)
    assert done.returncode == 0, done.stderr
    return before, json.loads(done.stdout.splitlines()[-1], parse_constant=pytest.fail)


def test_a_killed_training_was_caught_in_the_middle(resumed):
    assert (resumed[0].phase, resumed[0].done, resumed[0].total) == ("bottlenecks", 40, 321)


def test_the_next_training_computes_only_what_was_left(resumed):
    before, answer = resumed
    assert answer["bottlenecks"]["computed"] <= before.total - before.done + BATCH_SIZE


def test_the_next_training_uses_all_pictures(resumed):
    counts = resumed[1]["bottlenecks"]
    assert (counts["computed"] + counts["cached"], counts["skipped"]) == (321, 0)
    assert sum(resumed[1]["splits"].values()) == 321


def test_the_answer_of_retrain_has_what_is_agreed(resumed):
    agreed = "run run_dir final_test_accuracy final_test_count validation_accuracy bottlenecks timings"
    answer = resumed[1]
    assert set(agreed.split()) <= set(answer)
    assert set(answer["bottlenecks"]) == {"computed", "cached", "skipped"}
    assert {"bottlenecks_s", "training_s", "total_s"} <= set(answer["timings"])


def test_retrain_names_the_folder_of_its_run(resumed):
    run = Run(Path(resumed[1]["run_dir"]))
    assert (run.name, run.status().phase) == (resumed[1]["run"], "done")
