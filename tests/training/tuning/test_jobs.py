"""Tunings in processes of their own: started, stopped, killed, resumed."""

import time
from dataclasses import replace

import psutil
import pytest

from poetcore.errors import DatasetError, OptionError
from poetcore.system.processes import start_module
from poetcore.training.tuning import jobs as tuning_jobs
from poetcore.training.tuning.jobs import Tunings
from poetcore.training.tuning.studies import create_study, studies
from poetcore.training.tuning.tune import run_study
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

OPTIONS = {
    "head": "gradient_descent",
    "learning_rate": "0.01,0.02,0.03,0.04,0.05",
    "how_many_training_steps": "3000",
}

#: After so many of its five trials a held worker waits, until it is killed.
HELD_AFTER = 2


def start_held(module, arguments, log):
    """Start a tuning's worker that does not go on after two trials, however busy the machine is."""
    return start_module("tests.training.tuning.held_worker", [*arguments, str(HELD_AFTER)], log)


def wait(jobs, study, until):
    for _ in range(6000):  # only a test that fails waits so long
        if until() or jobs.status(study).final:
            return
        time.sleep(0.05)
    pytest.fail(f"{study.status()}\n{jobs.log_tail(study)}")


def ended(jobs, study):
    return lambda: jobs.status(study).final


def test_a_killed_tuning_is_found_failed_and_resumed_to_the_same_answer(place):
    options = replace(place.options, **OPTIONS)
    whole = create_study(options, place.workspace)
    run_study(whole, place.workspace)

    jobs = Tunings(place.workspace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning_jobs, "start_module", start_held)
        study = jobs.start(options)
    wait(jobs, study, lambda: len(study.ended()) == HELD_AFTER)
    psutil.Process(study.status().pid).kill()
    wait(jobs, study, ended(jobs, study))
    another = Tunings(place.workspace)  # as after the server was started again
    another.recover()
    assert study.status().phase == "failed"
    assert len(study.ended()) == HELD_AFTER

    another.resume(study)
    wait(another, study, ended(another, study))
    assert study.status().phase == "done", another.log_tail(study)
    assert study.choice().to_dict() == whole.choice().to_dict()
    of_time = ["seconds", "pictures_per_second"]
    assert study.trials().drop(columns=of_time).equals(whole.trials().drop(columns=of_time))


def test_a_tuning_is_stopped_and_says_how_to_go_on(place):
    jobs = Tunings(place.workspace)
    # Of a length that nobody waits for.
    endless = OPTIONS | {"how_many_training_steps": "10000000"}
    study = jobs.start(replace(place.options, **endless))
    assert jobs.running().name == study.name
    with pytest.raises(OptionError, match="is going on"):
        jobs.resume(study)
    wait(jobs, study, lambda: study.status().phase == "tuning")
    assert jobs.cancel(study).phase == study.status().phase == "cancelled"
    assert "resume it to go on" in study.status().message
    assert jobs.running() is None


def test_pictures_that_cannot_be_trained_on_leave_no_tuning(place, tmp_path):
    workspace = Workspace(tmp_path / "tf_files")
    with pytest.raises(DatasetError):
        Tunings(workspace).start(replace(place.options, image_dir=tmp_path))
    assert studies(workspace) == []


def test_a_tuning_whose_process_is_gone_is_failed(unstarted):
    unstarted.write_status(Status("tuning", started=1, heartbeat=2, pid=2**30))
    assert unstarted.current_status().phase == "failed"
