"""The TensorBoard process: one for a folder, found again, stopped, and what it serves."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from poetcore.errors import PoetError
from poetcore.training.summaries import Summaries
from poetcore.training.tensorboard import TensorBoard
from poetcore.training.train import StepReport
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


def write_run(logdir: Path, name: str, rate: float = 0.01) -> None:
    with Summaries(logdir / name) as summaries:
        for step in (10, 20):
            summaries.step(StepReport(step, 0.5, 0.6, 0.7, 0.8))
        summaries.hparams({"learning_rate": rate}, "efficientnet_lite0", 0.9)
        summaries.confusion(20, np.eye(2, dtype=int), ["daisy", "菊花"])


@pytest.fixture
def logdir(tmp_path: Path) -> Iterator[Path]:
    """A folder of summaries; whatever was started for it is ended afterwards."""
    folder = tmp_path / "tf_files" / "training_summaries"
    folder.mkdir(parents=True)
    yield folder
    TensorBoard(folder).stop()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a TensorBoard that shows two runs; the tests only read it."""
    folder = tmp_path_factory.mktemp("shown")
    write_run(folder, "first", 0.01)
    write_run(folder, "Größe 菊花", 0.5)
    board = TensorBoard(folder)
    yield board.start()
    board.stop()


def fetch(address: str, question: object = None) -> Any:
    data = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        body = answer.read()
    return json.loads(body) if body[:1] in b"[{" else body


def arguments(process: psutil.Process) -> list[str]:
    """The command line of a process; empty where it has just ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def until_shown(address: str, count: int) -> Any:
    """Ask until there are so many answers: TensorBoard reads its files in the background."""
    deadline = time.monotonic() + 120
    while len(found := fetch(address)) < count:
        assert time.monotonic() < deadline, f"{address} still answers {found}"
        time.sleep(0.1)
    return found


# ------------------------------------------------------------------------------------------ what it serves


def test_the_page_answers(shown):
    assert b"<title>" in fetch(shown)


def test_every_run_is_listed_with_its_parts(shown):
    runs = until_shown(shown + "data/runs", 8)
    parts = ("", "/train", "/validation", "/test")
    assert set(runs) == {run + part for run in ("first", "Größe 菊花") for part in parts}


def test_the_scalars_have_their_steps(shown):
    until_shown(shown + "data/plugin/scalars/tags", 6)
    points = fetch(shown + "data/plugin/scalars/scalars?run=first/validation&tag=accuracy")
    assert [(step, round(value, 3)) for _, step, value in points] == [(10, 0.7), (20, 0.7)]


def test_the_hyper_parameters_of_runs_are_compared(shown):
    until_shown(shown + "data/plugin/scalars/tags", 6)
    experiment = fetch(shown + "data/plugin/hparams/experiment", {"experimentName": ""})
    differing = {info["name"]: info["differs"] for info in experiment["hparamInfos"]}
    assert differing == {"architecture": False, "learning_rate": True}
    metrics = {(info["name"]["group"], info["name"]["tag"]) for info in experiment["metricInfos"]}
    assert {("test", "accuracy"), ("validation", "accuracy")} <= metrics
    question = {"allowedStatuses": ["STATUS_SUCCESS"], "startIndex": 0, "sliceSize": 9}
    groups = fetch(shown + "data/plugin/hparams/session_groups", question)["sessionGroups"]
    assert {group["name"]: group["hparams"]["learning_rate"] for group in groups} == {
        "first": 0.01,
        "Größe 菊花": 0.5,
    }


def test_the_confusion_matrix_is_served_as_a_png(shown):
    until_shown(shown + "data/plugin/images/tags", 2)
    (image,) = fetch(shown + "data/plugin/images/images?run=first/test&tag=confusion_matrix&sample=0")
    assert image["step"] == 20
    png = fetch(shown + "data/plugin/images/individualImage?" + image["query"])
    assert png.startswith(b"\x89PNG")


# ------------------------------------------------------------------------------------------- start and stop


def test_it_starts_once_and_stops_with_all_its_processes(logdir):
    board = TensorBoard(logdir)
    assert board.link() is None
    link = board.start()
    written = json.loads((logdir / "tensorboard.json").read_text())
    process = psutil.Process(written["pid"])
    family = [process, *process.children(recursive=True)]
    assert board.start() == link == TensorBoard(logdir).start()

    seen = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pathlib, poetcore.training.tensorboard as t;"
            "print(t.TensorBoard(pathlib.Path(sys.argv[1])).start())",
            str(logdir),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert seen.stdout.strip() == link, seen.stderr

    TensorBoard(logdir).stop()
    assert board.link() is None
    assert not any(arguments(one) for one in family if one.is_running())  # a zombie has none
    assert {path.name for path in logdir.iterdir()} - {"tensorboard.lock"} == {"tensorboard.log"}


def test_the_memory_of_one_that_died_is_ignored(logdir):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    memory = {"pid": ended.pid, "created": time.time(), "port": 1}
    (logdir / "tensorboard.json").write_text(json.dumps(memory))
    assert TensorBoard(logdir).link() is None


def test_another_process_of_the_same_number_is_neither_taken_for_it_nor_ended(logdir):
    memory = {"pid": os.getpid(), "created": time.time() - 1_000_000, "port": 1}
    (logdir / "tensorboard.json").write_text(json.dumps(memory))
    board = TensorBoard(logdir)
    assert board.link() is None
    board.stop()
    assert not (logdir / "tensorboard.json").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pid": "x", "created": null, "port": 1}'])
def test_a_damaged_memory_is_ignored(logdir, content):
    (logdir / "tensorboard.json").write_text(content)
    assert TensorBoard(logdir).link() is None


def test_started_at_the_same_time_by_several_there_is_one_all_the_same(logdir):
    (logdir / "tensorboard.lock").touch()  # a server that was killed left it
    with ThreadPoolExecutor() as tabs:
        links = list(tabs.map(lambda _: TensorBoard(logdir).start(), range(4)))
    assert len(set(links)) == 1
    servers = [one for one in psutil.Process().children() if str(logdir) in " ".join(arguments(one))]
    assert len(servers) == 1


def test_one_that_ends_at_once_says_why(logdir, monkeypatch, tmp_path):
    other = tmp_path / "python"
    other.write_text("#!/bin/sh\necho no room today\nexit 1\n")
    other.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(other))
    with pytest.raises(PoetError, match="ended before it answered.*no room today"):
        TensorBoard(logdir).start()


def test_one_that_does_not_answer_is_ended_and_said_so(logdir):
    board = TensorBoard(logdir)
    with pytest.raises(PoetError, match="did not answer within 0 s"):
        board.start(deadline=0)
    assert board.link() is None


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PoetError, match="cannot be started in"):
        TensorBoard(tmp_path / "file" / "inside").start()
