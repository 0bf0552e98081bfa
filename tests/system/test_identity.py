"""Which process is which, whatever number it has, and which of them may be ended."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from poetcore.system import identity
from poetcore.system.identity import birth_of, end_process, find_process, host, machine, own_birth

#: What a process of Poet's looks like: Python, and its name among the words.
POET = [sys.executable, "-c", "import time; time.sleep(600)", "poetcore"]
NOTEBOOK = [*POET[:3], "ipykernel_launcher"]


@pytest.fixture
def begin() -> Iterator[Callable[[list[str]], "subprocess.Popen[bytes]"]]:
    begun: list[subprocess.Popen[bytes]] = []

    def start(words: list[str]) -> "subprocess.Popen[bytes]":
        begun.append(subprocess.Popen(words))
        while psutil.Process(begun[-1].pid).cmdline()[:1] != words[:1]:  # it is not yet what it will be
            time.sleep(0.01)
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait()


def test_a_process_is_found_by_its_number_and_birth(begin):
    pid = begin(POET).pid
    assert find_process(pid, birth_of(pid), 0) == psutil.Process(pid)
    assert birth_of(os.getpid()) == own_birth() != birth_of(pid)
    assert find_process(pid, own_birth(), time.time()) is None  # the number was given anew


def test_without_a_birth_it_must_have_been_there_already(begin):
    pid = begin(POET).pid
    assert find_process(pid, "", time.time()) == psutil.Process(pid)
    assert find_process(pid, "", psutil.Process(pid).create_time() - 60) is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a birth is a time as it was noted down")
@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_set_back_or_forward_changes_no_birth(begin, monkeypatch, days):
    pid = begin(POET).pid
    birth, boot = birth_of(pid), psutil.boot_time()
    # What the system tells then.
    monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: boot + days * 86_400)
    monkeypatch.setattr(time, "time", lambda: boot + days * 86_400)
    assert find_process(pid, birth, 0) is not None
    assert birth_of(pid) == birth


@pytest.mark.parametrize("waited", [True, False])
def test_one_that_has_ended_is_not_found(begin, waited):
    process = begin(POET)
    birth = birth_of(process.pid)
    process.kill()
    if waited:
        process.wait()
    elif os.name == "posix":
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE
    assert find_process(process.pid, birth, time.time()) is None


@pytest.mark.skipif(not shutil.which("sleep"), reason="there is no program that is no Python")
def test_what_is_no_python_is_never_meant(begin):
    pid = begin(["sleep", "600"]).pid
    assert find_process(pid, birth_of(pid), time.time()) is None
    assert find_process(pid, "", time.time()) is None


def test_only_what_runs_a_command_of_poets_is_ended(begin):
    poet, notebook = begin(POET), begin(NOTEBOOK)
    for one in (notebook, poet):
        end_process(one.pid, birth_of(one.pid), 0)
    assert (poet.poll() is not None, notebook.poll()) == (True, None)
    assert find_process(notebook.pid, birth_of(notebook.pid), 0)  # but it is alive


def test_neither_this_process_nor_those_that_started_it_are_ended(monkeypatch):
    monkeypatch.setattr(identity, "_runs_poet", lambda words: True)
    monkeypatch.setattr(psutil.Process, "terminate", lambda self: pytest.fail(f"{self} was ended"))
    for pid in (os.getpid(), os.getppid(), 1):
        end_process(pid, birth_of(pid), time.time())


def test_a_container_with_the_name_of_its_machine_is_another_host(monkeypatch):
    named = host()
    assert len(machine()) == 6
    monkeypatch.setattr("pathlib.Path.readlink", lambda self: self.with_name("pid:[4026532201]"))
    assert host.__wrapped__() == f"{named.partition('/')[0]}/4026532201"
