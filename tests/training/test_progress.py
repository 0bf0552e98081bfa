"""The progress of a run: events and status are written now and then, not for every picture."""

import time

from poetcore.system.progress import Progress
from poetcore.training.progress import Reporter
from poetcore.workspace.workspace import Workspace


def test_pictures_of_one_moment_are_two_events_the_first_and_the_last(tmp_path, monkeypatch):
    run = Workspace(tmp_path).begin_run("quick")
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    passed_on = []
    report = Reporter(run, passed_on.append)
    for done in range(1, 101):
        report(Progress("bottlenecks", done, 100))
    assert [event["done"] for event in run.events("bottleneck")] == [1, 100]
    assert len(passed_on) == 100


def test_a_phase_that_begins_at_once_after_another_is_written_as_soon_as_it_may_be(tmp_path, monkeypatch):
    run = Workspace(tmp_path).begin_run("quick")
    report = Reporter(run, None)
    for now, phase, done in ((1000.0, "scanning", 0), (1000.05, "training", 1), (1000.2, "training", 2)):
        monkeypatch.setattr(time, "monotonic", lambda now=now: now)
        report(Progress(phase, done, 10))
    assert (run.status().phase, run.status().done) == ("training", 2)
