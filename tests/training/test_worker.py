"""The process that trains a run in the background: what it was given arrives, and how it ends is reported."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import psutil
import pytest

from poetcore.system.processes import start_module
from poetcore.training.config import RunConfig
from poetcore.training.jobs import Jobs
from poetcore.training.train import TrainingOptions
from poetcore.training.worker import Job
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained, fill


def until(holds: Callable[[], bool], jobs: Jobs, run: Run) -> None:
    """Wait until something holds, however busy the machine is; fail with the end of the run's log."""
    deadline = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < deadline, f"still {jobs.status(run)}\n{jobs.log_tail(run)}"
        time.sleep(0.05)


def ended(jobs: Jobs, run: Run) -> Status:
    """Wait until a run has ended."""
    until(lambda: jobs.status(run).final, jobs, run)
    return jobs.status(run)


@pytest.fixture(scope="module")
def hopeless(tmp_path_factory: pytest.TempPathFactory) -> tuple[Jobs, Run]:
    """A training of a folder that is gone once it begins; its process ends within seconds."""
    folder = tmp_path_factory.mktemp("hopeless")
    jobs = Jobs(Workspace(folder / "tf_files"))
    run = jobs.workspace.create_run()
    run.write_config(Job.of(RunConfig(folder / "gone", name=run.name), jobs.workspace))
    child = start_module("poetcore.training.worker", [str(run.folder)], run.log_file)
    run.write_status(replace(run.status(), pid=child.pid, heartbeat=time.time()))
    return jobs, run


def test_a_process_that_ends_before_its_first_status_is_failed(hopeless):
    jobs, run = hopeless
    assert ended(jobs, run).phase == "failed"


def test_the_reason_why_a_process_ended_at_once_is_told_whole(hopeless):
    jobs, run = hopeless
    assert ended(jobs, run).message.startswith(f"No such folder: {jobs.workspace.root.parent / 'gone'}. Give")


def test_the_log_of_a_process_that_ended_at_once_ends_with_the_reason(hopeless):
    jobs, run = hopeless
    ended(jobs, run)
    until(lambda: "Error: " in jobs.log_tail(run), jobs, run)  # the process may end a moment after its status
    last = jobs.log_tail(run).splitlines()[-1]
    assert last.startswith("Error: ") and "gone" in last


@pytest.fixture(scope="module")
def finished(trained: Trained) -> Iterator[Run]:
    """A small training in a process of its own, on pictures whose features are cached."""
    jobs = Jobs(trained.workspace)
    options = TrainingOptions(how_many_training_steps=30, learning_rate=0.02, seed=5)
    config = RunConfig(
        trained.sample / "train",
        training=options,
        demo_dir=trained.sample / "demo",
        final_tensor_name="verse",
    )
    run = jobs.start_training(config)
    status = ended(jobs, run)
    assert status.phase == "done", jobs.log_tail(run)
    until(lambda: "Final test accuracy" in jobs.log_tail(run, 1), jobs, run)
    yield run
    trained.workspace.delete_run(run)


def test_a_child_process_trains_with_the_options_it_was_given(finished):
    given = finished.record().options
    names = ("how_many_training_steps", "learning_rate", "seed", "final_tensor_name")
    assert [given[name] for name in names] == [30, 0.02, 5, "verse"]


def test_a_child_process_evaluates_on_the_demo_folder_if_asked_to(finished):
    assert [folder.name for folder in finished.evaluations()] == ["demo"]


def test_a_child_process_prints_its_phases_and_the_result_into_the_log(finished):
    log = finished.log_file.read_text()
    assert "Training the last layer" in log and log.endswith(f"{finished.status().message}\n")


@pytest.mark.slow
def test_a_real_training_can_be_stopped(workspace, tmp_path):
    jobs = Jobs(workspace)
    pictures = fill(tmp_path / "insects", {"ant": 8, "bee": 8})
    run = jobs.start_training(RunConfig(pictures, training=TrainingOptions(10_000_000)))
    until(lambda: jobs.status(run).phase == "training" and jobs.status(run).done > 0, jobs, run)
    pid = run.status().pid
    jobs.cancel(run)
    assert (run.status().phase, psutil.pid_exists(pid)) == ("cancelled", False)
