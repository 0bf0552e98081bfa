"""Trainings as child processes: how they are watched and stopped, and what is said of those that die."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from poetcore.errors import OptionError
from poetcore.training import jobs as jobs_module
from poetcore.training.config import RunConfig
from poetcore.training.jobs import Jobs
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import FINAL_PHASES, Run, Status
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT, Trained, fill

Process = subprocess.Popen[bytes]

#: Says that it failed when it is asked to stop, as TensorFlow does while it is being imported.
STUMBLING = """
import signal, sys, time
from dataclasses import replace
from pathlib import Path
from poetcore.workspace.run import Run
run = Run(Path({folder!r}))
def stumble(*_):
    run.write_status(replace(run.status(), phase="failed", message="ImportError: initialization failed"))
    sys.exit(1)
signal.signal(signal.SIGTERM, stumble)
print("ready", flush=True)
time.sleep(600)
"""

#: Says when it is ready to be asked, and does not let itself be asked.
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def begin() -> Iterator[Callable[[str], Process]]:
    """Starts Python processes that are gone when the test ends."""
    begun: list[Process] = []

    def start(code: str) -> Process:
        begun.append(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def idle(begin: Callable[[str], Process]) -> Process:
    return begin("import time; time.sleep(600)")


def working(place: Workspace, pid: int, name: str = "run", **values: float) -> Run:
    """A run that a process says it trains."""
    run = place.create_run(name)
    run.write_status(Status("training", 10, 100, pid=pid, **values))
    return run


def ended(jobs: Jobs, run: Run, patience: float) -> Status:
    """Wait until a run has ended."""
    deadline = time.monotonic() + patience
    while not (status := jobs.status(run)).final:
        assert time.monotonic() < deadline, f"still {status.phase} after {patience} s"
        time.sleep(0.05)
    return status


# --------------------------------------------------------------------------------------------------- watched


def test_a_run_whose_process_lives_goes_on(place, begin):
    assert Jobs(place).status(working(place, idle(begin).pid)).phase == "training"


def test_a_run_whose_process_died_without_a_word_is_failed(place, begin):
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    process.wait()
    assert Jobs(place).status(run).phase == "failed"


def test_a_dead_process_that_nobody_has_buried_counts_as_dead(place, begin):
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    gone = psutil.Process(process.pid)
    while gone.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert Jobs(place).status(run).phase == "failed"


def test_that_a_run_failed_is_written_down_with_a_sentence(place, begin):
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    process.wait()
    Jobs(place).status(run)
    assert (run.status().phase, "ended unexpectedly" in run.status().message) == ("failed", True)


def test_how_far_a_failed_run_came_is_kept(place, begin):
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    process.wait()
    assert (Jobs(place).status(run).done, Jobs(place).status(run).total) == (10, 100)


def test_a_younger_process_of_the_same_number_is_not_taken_for_the_training(place, begin):
    process = idle(begin)
    run = working(place, process.pid, heartbeat=psutil.Process(process.pid).create_time() - 60)
    assert Jobs(place).status(run).phase == "failed"


def test_a_younger_process_of_the_same_number_is_not_stopped(place, begin):
    process = idle(begin)
    run = working(place, process.pid, heartbeat=psutil.Process(process.pid).create_time() - 60)
    Jobs(place).cancel(run)
    assert process.poll() is None


def test_a_finished_run_stays_finished_though_its_process_is_gone(place):
    run = place.create_run("run")
    run.write_status(Status("done", pid=0))
    assert Jobs(place).status(run).phase == "done"


def test_a_process_has_time_to_say_its_first_word(place):
    assert Jobs(place).status(place.create_run("run")).phase == "starting"


def test_a_process_that_never_said_a_word_is_failed_after_a_while(place):
    run = place.create_run("run")
    run.write_status(Status("starting", pid=0, heartbeat=time.time() - 61))
    assert Jobs(place).status(run).phase == "failed"


def test_no_run_is_being_worked_on_in_a_new_workspace(place):
    assert Jobs(place).running() is None


def test_the_run_that_is_being_worked_on_is_found_among_the_others(place, begin):
    now = time.time()
    working(place, idle(begin).pid, "busy", started=now - 50)
    place.create_run("newer").write_status(Status("done", started=now))
    place.create_run("older").write_status(Status("cancelled", started=now - 100))
    running = Jobs(place).running()
    assert running is not None and running.name == "busy"


def test_a_run_that_died_is_not_being_worked_on(place, begin):
    process = idle(begin)
    working(place, process.pid)
    process.kill()
    process.wait()
    assert Jobs(place).running() is None


# --------------------------------------------------------------------------------------------------- stopped


def test_stopping_ends_the_process(place, begin):
    process = idle(begin)
    Jobs(place).cancel(working(place, process.pid))
    assert not psutil.pid_exists(process.pid)


def test_a_stopped_run_is_cancelled_and_says_so(place, begin):
    run = working(place, idle(begin).pid)
    assert Jobs(place).cancel(run).phase == run.status().phase == "cancelled"


def test_a_process_that_does_not_let_itself_be_asked_is_ended(place, begin, monkeypatch):
    monkeypatch.setattr(jobs_module, "_PATIENCE", 0.2)
    process = begin(STUBBORN)
    assert process.stdout is not None and process.stdout.readline()
    Jobs(place).cancel(working(place, process.pid))
    assert not psutil.pid_exists(process.pid)


def test_a_training_that_stumbles_over_being_stopped_was_stopped_and_did_not_fail(place, begin):
    run = place.create_run("run")
    process = begin(STUMBLING.format(folder=str(run.folder)))
    assert process.stdout is not None and process.stdout.readline()
    run.write_status(Status("training", pid=process.pid))
    assert Jobs(place).cancel(run).phase == run.status().phase == "cancelled"


def test_a_finished_run_cannot_be_stopped(place):
    run = place.create_run("run")
    run.write_status(Status("done", pid=0))
    assert Jobs(place).cancel(run).phase == "done"


def test_a_run_can_be_stopped_before_its_process_said_a_word(place):
    assert Jobs(place).cancel(place.create_run("run")).phase == "cancelled"


# ------------------------------------------------------------------------------------------------ last words


def test_last_words_are_the_end_of_the_log(place):
    run = place.create_run("run")
    run.log_file.write_text("".join(f"line {i}\n" for i in range(100)))
    assert Jobs(place).log_tail(run, lines=2) == "line 98\nline 99"


def test_a_run_without_a_log_has_no_last_words(place):
    assert Jobs(place).log_tail(place.create_run("run")) == ""


def test_a_log_with_foreign_bytes_can_be_read(place):
    run = place.create_run("run")
    run.log_file.write_bytes(b"caf\xe9\n")
    assert Jobs(place).log_tail(run) == "caf\ufffd"


# ---------------------------------------------------------------------------------------------- real children


def test_a_taken_name_starts_nothing(place, tmp_path):
    place.create_run("run")
    with pytest.raises(OptionError, match="there already"):
        Jobs(place).start_training(RunConfig(tmp_path, name="run"))


@pytest.fixture(scope="module")
def hopeless(tmp_path_factory: pytest.TempPathFactory) -> tuple[Jobs, Run]:
    """A training of a folder that is gone; its process ends within seconds."""
    folder = tmp_path_factory.mktemp("hopeless")
    jobs = Jobs(Workspace(folder / "tf_files"))
    return jobs, jobs.start_training(RunConfig(folder / "gone"))


def test_a_process_that_ends_before_its_first_word_is_failed_within_seconds(hopeless):
    jobs, run = hopeless
    assert ended(jobs, run, 15).phase == "failed"


def test_the_reason_is_in_the_last_words_of_a_process_that_ended_at_once(hopeless):
    jobs, run = hopeless
    deadline = time.monotonic() + 15
    while "gone" not in jobs.log_tail(run) and time.monotonic() < deadline:
        jobs.status(run)
        time.sleep(0.05)
    assert "gone" in jobs.log_tail(run)


@pytest.fixture(scope="module")
def finished(trained: Trained) -> Iterator[Run]:
    """A small training in a process of its own, on pictures that are described already."""
    jobs = Jobs(trained.workspace)
    options = TrainingOptions(how_many_training_steps=30, learning_rate=0.02, seed=5)
    config = RunConfig(trained.sample / "train", training=options, demo_dir=trained.sample / "demo")
    run = jobs.start_training(config)
    assert run.status().phase not in FINAL_PHASES
    status = ended(jobs, run, 60)
    assert status.phase == "done", jobs.log_tail(run)
    psutil.wait_procs([psutil.Process(status.pid)] if psutil.pid_exists(status.pid) else [], 10)
    jobs.status(run)
    yield run
    trained.workspace.delete_run(run)


def test_a_child_process_trains_with_the_options_it_was_given(finished):
    given = finished.record().options
    assert (given["how_many_training_steps"], given["learning_rate"], given["seed"]) == (30, 0.02, 5)


def test_a_child_process_judges_the_demo_folder_if_asked_to(finished):
    assert [folder.name for folder in finished.evaluations()] == ["demo"]


def test_a_child_process_leaves_what_it_printed_in_the_log(finished):
    assert finished.log_file.stat().st_size > 0


def test_a_real_training_can_be_stopped(workspace, tmp_path):
    jobs = Jobs(workspace)
    pictures = fill(tmp_path / "insects", {"ant": 8, "bee": 8})
    run = jobs.start_training(RunConfig(pictures, training=TrainingOptions(10_000_000)))
    deadline = time.monotonic() + 60
    while (status := jobs.status(run)).phase != "training" or not status.done:
        assert not status.final and time.monotonic() < deadline, jobs.log_tail(run)
        time.sleep(0.05)
    jobs.cancel(run)
    assert (jobs.status(run).phase, psutil.pid_exists(status.pid)) == ("cancelled", False)
