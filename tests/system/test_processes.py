"""Child processes that run modules of Poet, from any working directory."""

import json
import os
import signal
import site
import time
from pathlib import Path

import psutil
import pytest

from poetcore.errors import PoetError
from poetcore.system.processes import open_module, run_module, start_module, tail
from tests.conftest import PATIENCE, ROOT


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory far from the package, with files named like modules that a child imports."""
    for name in ("poetcore", "json", "random", "typer"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('imported from the working directory')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return tmp_path


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module for a child to run, found through the user's own PYTHONPATH."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "script.py"


def test_a_module_runs_from_any_working_directory(elsewhere):
    assert json.loads(run_module("poetcore", ["runs", "--workspace", "ws", "--json"]))["runs"] == []


def test_a_module_that_is_started_runs_from_any_working_directory(elsewhere):
    log = elsewhere / "job.log"
    with start_module("poetcore", ["runs", "--workspace", "ws", "--json"], log) as process:
        assert process.wait(PATIENCE) == 0
    assert json.loads(tail(log, 1)[0])["runs"] == []


def test_installed_packages_do_not_come_before_the_standard_library(script, tmp_path, monkeypatch):
    script.write_text("import os; print(os.environ['PYTHONPATH'])")
    assert run_module("script", []) == os.pathsep.join([str(ROOT), str(tmp_path)])
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(ROOT)])
    assert run_module("script", []) == str(tmp_path)


def test_a_relative_path_means_the_same_to_a_child(script, tmp_path, monkeypatch):
    script.write_text("import os; print(os.getcwd())")
    monkeypatch.chdir(tmp_path)
    assert run_module("script", []) == os.path.realpath(tmp_path)


def test_the_last_line_of_output_is_returned(script):
    script.write_text("import sys; print('working'); print(sys.argv[1], sys.stdin.read(), '花\\n')")
    assert run_module("script", ["argument"], stdin="input") == "argument input 花"


def test_a_module_that_prints_nothing_returns_nothing(script):
    script.write_text("")
    assert run_module("script", []) == ""


def test_a_failure_is_raised_with_the_last_line_of_standard_error(script):
    script.write_text("import sys; print('noise', file=sys.stderr); sys.exit('No such flower: 花.')")
    with pytest.raises(PoetError, match=r"^No such flower: 花\.$"):
        run_module("script", [])


def test_a_failure_without_a_word_is_raised_with_its_exit_status(script):
    script.write_text("raise SystemExit(3)")
    with pytest.raises(PoetError, match="script ended with exit status 3"):
        run_module("script", [])


def test_a_log_is_appended_to(script, tmp_path):
    script.write_text("import sys; print('out'); sys.exit('err')")
    log = tmp_path / "job.log"
    log.write_text("before\n")
    with start_module("script", [], log) as process:
        process.wait(PATIENCE)
    assert sorted(tail(log, 5)) == ["before", "err", "out"]


@pytest.mark.skipif(os.name != "posix", reason="only there an ended child stays until it is reaped")
def test_a_child_that_ends_after_nobody_holds_it_any_more_is_reaped(script, tmp_path):
    script.write_text("import time; time.sleep(600)")
    log = tmp_path / "job.log"
    child = psutil.Process(start_module("script", [], log).pid)
    child.kill()
    deadline = time.monotonic() + 60
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    script.write_text("")
    with start_module("script", [], log) as other:
        assert not child.is_running()
        other.wait(PATIENCE)


def test_the_tail_is_the_end_of_a_log_and_empty_where_there_is_none(tmp_path):
    log = tmp_path / "job.log"
    assert tail(log, 5) == []
    log.write_bytes(b"line 1\nline 2\ncaf\xe9\n")
    assert tail(log, 2) == ["line 2", "caf\ufffd"]


@pytest.mark.skipif(not hasattr(signal, "sigtimedwait"), reason="other systems give up on such a disk")
def test_a_second_interruption_ends_what_cannot_act_on_the_first(script):
    script.write_text(
        "import sqlite3\nfrom poetcore.system import processes, stopping\nstopping._PATIENCE = 0\n"
        "endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c'\n"
        "base = sqlite3.connect('')\n"
        "processes.run_to_exit(lambda: print(1, flush=True) or base.execute(endless).fetchall())"
    )
    with open_module("script", [], script.with_suffix(".log")) as process:
        assert process.stdout and process.stdout.readline() == "1\n"
        at_work = psutil.Process(process.pid)
        begun = at_work.cpu_times().user
        while at_work.cpu_times().user < begun + 0.2:  # between the line and the query it could still act
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        until = time.monotonic() + 60
        while "again ends it" not in "".join(tail(script.with_suffix(".log"), 5)):
            assert time.monotonic() < until, tail(script.with_suffix(".log"), 5)
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 1
    assert tail(script.with_suffix(".log"), 1) == ["Error: Stopped, without waiting for the disk."]
