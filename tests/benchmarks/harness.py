"""How something is measured: in a new process, several times, in turn with what it is compared with.

This module and what imports it before measuring stay small on purpose: Linux counts the memory of a parent
at the start of a process towards the peak of that process.
"""

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

__all__ = ["ROOT", "Outcome", "interleaved", "machine", "run", "task"]

ROOT = Path(__file__).parents[2]

#: A machine that is busier than this share of its cores before anything is measured is not idle.
_IDLE = 0.1

_LIBRARIES = (
    "tensorflow",
    "keras",
    "ai-edge-litert",
    "openvino",
    "numpy",
    "pandas",
    "pillow",
    "scikit-learn",
    "streamlit",
)

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Outcome:
    """One process that has ended.

    Attributes:
        seconds: from start to end, Python's own start included.
        peak_mb: the most memory that it, or one of its children, had in use, in MB.
        answer: the JSON object on its last line of standard output; empty where that is something else.
        cpu_s: processor time of it and its children on all cores together.
    """

    seconds: float
    peak_mb: float
    answer: dict[str, Any]
    cpu_s: float = 0.0


def task(name: str, /, **arguments: object) -> list[str]:
    """Return the command that runs one of `tests.benchmarks.tasks` in a new process."""
    return [sys.executable, "-m", "tests.benchmarks.tasks", name, json.dumps(arguments, default=str)]


def run(command: Sequence[str], root: Path = ROOT) -> Outcome:
    """Run a command to its end.

    Args:
        command: the program and its arguments.
        root: of the code that `python -m` finds: this checkout, or another.

    Raises:
        RuntimeError: it failed; with the end of what it printed.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+") as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=root, stdout=out, stderr=log)
        peak, cpu_s = _await(process)
        seconds = time.perf_counter() - start
        out.seek(0), log.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed:\n{log.read()[-4000:]}")
        lines = out.read().strip().splitlines()
    answer = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return Outcome(seconds, peak / 1e6, answer, cpu_s)


def _await(process: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """Wait for a process and return its peak of memory in bytes, and its processor time in seconds."""
    if hasattr(os, "wait4"):
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return peak, used.ru_utime + used.ru_stime
    peak, cpu_s, watched = 0, dict[int, float](), psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            peak = max([peak, *(getattr(p.memory_info(), "peak_wset", p.memory_info().rss) for p in family)])
            cpu_s |= {p.pid: p.cpu_times().user + p.cpu_times().system for p in family}
        except psutil.Error:  # one has just ended
            pass
        time.sleep(0.02)
    return peak, sum(cpu_s.values())


def interleaved(cases: Mapping[Name, Callable[[int], Outcome]], repeat: int) -> dict[Name, list[Outcome]]:
    """Run each case once, then each again: what makes the machine slower for a while hits all of them.

    Args:
        cases: name -> what runs it, given the number of the repetition.
        repeat: how often.
    """
    found: dict[Name, list[Outcome]] = {name: [] for name in cases}
    for turn in range(repeat):
        for name, once in cases.items():
            found[name].append(once(turn))
    return found


def machine() -> dict[str, Any]:
    """Describe the machine, and whether it was idle."""
    busy = psutil.cpu_percent(interval=2) / 100
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version for name in _LIBRARIES if (version := _version(name))},
        "when": time.strftime("%Y-%m-%d %H:%M"),
        "load_average": [round(load, 2) for load in psutil.getloadavg()],
        "busy": round(busy, 3),
        "warning": f"The machine was not idle: {busy:.0%} of its time was taken before anything was measured."
        if busy > _IDLE
        else "",
    }


def _version(library: str) -> str:
    """Return the version of a library, or nothing where it is not installed."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
