"""Trainings as child processes: how they are followed and stopped, and how those that die are reported."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from poetcore.errors import DatasetError, OptionError
from poetcore.system import identity
from poetcore.system.locks import holder_of
from poetcore.system.progress import Progress
from poetcore.training.config import RunConfig
from poetcore.training.jobs import Jobs
from poetcore.training.progress import reporting
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT, fill
from tests.records import change_record, short_record

Process = subprocess.Popen[bytes]

#: Writes that it failed when it is asked to stop, as TensorFlow does while it is being imported.
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

#: Prints a line when it is ready, and ignores the signal that asks it to stop.
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
        command = [sys.executable, "-c", code, "poetcore"]
        begun.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE))
        while psutil.Process(begun[-1].pid).cmdline()[-1:] != ["poetcore"]:  # it is not yet what it will be
            time.sleep(0.01)
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def idle(begin: Callable[[str], Process]) -> Process:
    return begin("import time; time.sleep(600)")


def working(place: Workspace, pid: int, name: str = "run", **values: float) -> Run:
    """A run that a process is training."""
    run = place.create_run(name)
    run.write_status(Status("training", 10, 100, pid=pid, **values))
    return run


def edited(run: Run, **values: object) -> Run:
    """A run whose status somebody changed by hand."""
    change_record(run.folder / "status.json", **values)
    return run


def finished(place: Workspace) -> Run:
    """A run that ended well; its process is gone."""
    run = place.create_run("run")
    run.write_status(Status("done", pid=0))
    run.write_record(short_record())
    return run


# -------------------------------------------------------------------------------------------------- followed


def test_a_run_whose_process_lives_goes_on(place, begin):
    assert Jobs(place).status(working(place, idle(begin).pid)).phase == "training"


def test_a_run_whose_process_died_is_failed(place, begin):
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    process.wait()
    assert Jobs(place).status(run).phase == "failed"


def test_a_zombie_counts_as_dead(place, begin):
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    gone = psutil.Process(process.pid)
    while gone.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert Jobs(place).status(run).phase == "failed"


@pytest.fixture
def died(place, begin) -> Run:
    """A run whose process died while it trained."""
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    process.wait()
    return run


def test_reading_what_a_run_is_doing_writes_nothing(place, died):
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in died.folder.iterdir()}
    jobs = Jobs(place)
    assert (jobs.status(died).phase, jobs.running()) == ("failed", None)
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in died.folder.iterdir()} == before


def test_recovery_writes_into_the_folder_that_the_run_failed_with_a_sentence(place, died):
    Jobs(place).recover()
    assert (died.status().phase, "ended unexpectedly" in died.status().message) == ("failed", True)


def test_recovery_leaves_runs_alone_that_are_trained_or_have_ended(place, begin):
    busy = working(place, idle(begin).pid, "busy")
    done = place.create_run("done")
    done.write_status(Status("done", pid=0))
    Jobs(place).recover()
    assert (busy.status().phase, done.status().phase) == ("training", "done")


def test_how_far_a_failed_run_came_is_kept(place, begin):
    process = idle(begin)
    run = working(place, process.pid)
    process.kill()
    process.wait()
    assert (Jobs(place).status(run).done, Jobs(place).status(run).total) == (10, 100)


@pytest.mark.parametrize(
    "values",
    [
        {"birth": "another"},  # the number was given anew
        {"birth": "", "host": "", "heartbeat": 1e9},  # likewise, of an earlier version
        {"pid": 1},
        {"pid": os.getppid()},
    ],
    ids=repr,
)
def test_another_process_of_the_number_is_neither_taken_for_the_training_nor_ended(place, begin, values):
    process = idle(begin)
    run = edited(working(place, process.pid), **values)
    assert Jobs(place).status(run).phase == "failed"
    Jobs(place).cancel(run)
    assert process.poll() is None


def test_a_training_on_another_machine_is_alive_while_it_is_heard_of(place):
    run = edited(working(place, 2**22 - 1), host="far/4026532201")
    assert (Jobs(place).status(run).phase, run.status().elsewhere) == ("training", "far")
    Jobs(place).recover()
    assert run.status().phase == "training"
    assert (Jobs(place).cancel(run).phase, run.cancel_file.exists()) == ("training", True)  # it was asked
    Jobs(place).recover()
    silent = edited(run, heartbeat=time.time() - 3600)
    assert (Jobs(place).status(silent).phase, silent.status().phase) == ("failed", "training")


@pytest.mark.parametrize("values", [{"pid": 1}, {"birth": "x"}, {"host": "far", "heartbeat": 0}], ids=repr)
def test_whoever_holds_the_lock_of_a_run_is_alive_and_ends_when_asked(place, values):
    run = place.create_run("run")
    with run.worked_on("is being trained"), reporting(run, None) as reporter:
        reporter(Progress("training", 1, 10))
        edited(run, **values)
        assert Jobs(place).cancel(run).phase == "training"
        reporter._written = 0
        with pytest.raises(KeyboardInterrupt):
            reporter(Progress("training", 2, 10))
    assert holder_of(run.folder) is None


def test_a_finished_run_stays_finished_though_its_process_is_gone(place):
    assert Jobs(place).status(finished(place)).phase == "done"


def test_a_process_has_time_to_write_its_first_status(place):
    assert Jobs(place).status(place.create_run("run")).phase == "starting"


def test_a_process_that_never_wrote_a_status_is_failed_after_a_while(place):
    run = place.create_run("run")
    run.write_status(Status("starting", pid=0, heartbeat=time.time() - 61))
    assert Jobs(place).status(run).phase == "failed"


def test_no_run_is_being_trained_in_a_new_workspace(place):
    assert Jobs(place).running() is None


def test_the_run_that_is_being_trained_is_found_among_the_others(place, begin):
    now = time.time()
    working(place, idle(begin).pid, "busy", started=now - 50)
    place.create_run("newer").write_status(Status("done", started=now))
    place.create_run("older").write_status(Status("cancelled", started=now - 100))
    running = Jobs(place).running()
    assert running is not None and running.name == "busy"


def test_a_run_that_died_is_not_being_trained(place, begin):
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


def test_a_stopped_run_is_cancelled(place, begin):
    run = working(place, idle(begin).pid)
    assert Jobs(place).cancel(run).phase == run.status().phase == "cancelled"


def test_a_process_that_ignores_being_asked_is_killed(place, begin, monkeypatch):
    monkeypatch.setattr(identity, "_PATIENCE", 0.2)
    process = begin(STUBBORN)
    assert process.stdout is not None and process.stdout.readline()
    Jobs(place).cancel(working(place, process.pid))
    assert not psutil.pid_exists(process.pid)


def test_a_training_that_fails_on_being_stopped_is_cancelled(place, begin):
    run = place.create_run("run")
    process = begin(STUMBLING.format(folder=str(run.folder)))
    assert process.stdout is not None and process.stdout.readline()
    run.write_status(Status("training", pid=process.pid))
    assert Jobs(place).cancel(run).phase == run.status().phase == "cancelled"


def test_a_finished_run_cannot_be_stopped(place):
    assert Jobs(place).cancel(finished(place)).phase == "done"


def test_a_finished_run_whose_record_is_cut_off_is_damaged(place):
    run = finished(place)
    (run.folder / "run.json").write_text("{")
    assert Jobs(place).status(run).phase == "damaged"


def test_a_run_can_be_stopped_before_its_process_wrote_a_status(place):
    assert Jobs(place).cancel(place.create_run("run")).phase == "cancelled"


# ------------------------------------------------------------------------------------------ refused, and died


def test_a_taken_name_starts_nothing(place, tmp_path):
    place.create_run("run")
    with pytest.raises(OptionError, match="there already"):
        Jobs(place).start_training(RunConfig(fill(tmp_path / "trees", {"ash": 1, "oak": 1}), name="run"))


@pytest.mark.parametrize(
    ("counts", "reason"),
    [({}, "No such folder"), ({"ash": 3}, "Only one label"), ({"ash": 3, "oak": 0}, "Only one label")],
)
def test_what_cannot_be_trained_on_is_refused_and_leaves_no_run(place, tmp_path, counts, reason):
    folder = fill(tmp_path / "trees", counts)
    with pytest.raises(DatasetError, match=reason):
        Jobs(place).start_training(RunConfig(folder))
    assert place.all_runs() == []


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ("Scanning\nError: No such folder: /far/away. Give one.\n", "^No such folder: /far/away. Give one.$"),
        (
            "Traceback ...\nModuleNotFoundError: No module named 'x'\n",
            "ended unexpectedly: .*No module named",
        ),
        ("Extracting features 12 of 60\n", "ended unexpectedly: train again, nothing .* is lost.$"),
    ],
)
def test_the_reason_at_the_end_of_its_log_is_told_of_a_run_that_died(place, log, told):
    run = place.create_run("run")
    run.write_status(Status("starting", pid=0, heartbeat=time.time() - 61))
    run.log_file.write_text(log)
    assert re.search(told, Jobs(place).status(run).message)
