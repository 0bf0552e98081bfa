"""Which process is which: a number alone says nothing, for a system gives it to one process after the other.

Of a process its number is kept, when it began, and on which host: in a run's status, beside TensorBoard, in
the names of temporary files. All of it is compared here and nowhere else, and a process is ended only here.
"""

import contextlib
import functools
import hashlib
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

__all__ = ["birth_of", "end_process", "find_process", "host", "host_name", "machine", "own_birth"]

#: Seconds that a process may take to end after it was asked.
_PATIENCE = 10

#: Seconds that a clock may be corrected by before a process is taken for a later one of the same number; only
#: where nothing else is known of it.
_DRIFT = 5

#: The namespace in which a Linux system numbers its processes, outside any container.
_FIRST_NAMESPACE = "4026531836"


@functools.cache
def host() -> str:
    """Return what tells where the numbers of processes are those of this process: `laptop`.

    In a container, which has numbers of its own even where it has its machine's name, `laptop/4026532201`.
    """
    name = platform.node() or "unknown"
    with contextlib.suppress(OSError):
        namespace = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
        if namespace != _FIRST_NAMESPACE:
            return f"{name}/{namespace}"
    return name


def host_name(given: str) -> str:
    """Return what people call a host, of what `host` returned there."""
    return given.partition("/")[0] or "another machine"


@functools.cache
def machine() -> str:
    """Return six digits for this host, for names of files."""
    return hashlib.sha256(host().encode(errors="replace")).hexdigest()[:6]


def birth_of(pid: int) -> str:
    """Return what tells a process from any other that has or had its number; "" where there is none.

    On Linux that is the boot and the ticks from then on, which no change of a clock reaches; elsewhere when
    it began as the system noted it down.
    """
    import psutil

    try:
        if sys.platform == "linux":
            fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            return f"{_boot()}-{fields[19]}"  # `starttime` in proc(5)
        return f"{psutil.Process(pid).create_time():.2f}"
    except (OSError, IndexError, ValueError, OverflowError, psutil.Error):
        return ""


def own_birth() -> str:
    """Return `birth_of` this process."""
    return _birth_here(os.getpid())  # by its number, since a fork is another process


def find_process(pid: int, birth: str, not_after: float) -> "psutil.Process | None":
    """Return the process that was meant, if it still runs.

    Args:
        pid: its number.
        birth: what `birth_of` returned for it; "" in files of earlier versions.
        not_after: when it was there already, seconds since 1970; counts only without `birth`, since clocks
            are changed.

    Returns:
        None where there is none, where it is another one that was given the number, where it runs no Python,
        or where it has ended and only was not waited for (a zombie).
    """
    import psutil

    if pid <= 0 or (birth and birth != birth_of(pid)):
        return None
    try:
        process = psutil.Process(pid)
        try:
            lives = process.status() != psutil.STATUS_ZOMBIE
            if not birth:
                lives = lives and process.create_time() <= not_after + _DRIFT
            return process if lives and _runs_python(process.cmdline()) else None
        except psutil.AccessDenied:  # one that may not be examined is taken for the one that is meant
            return process
    except (psutil.NoSuchProcess, OverflowError):
        return None


def end_process(pid: int, birth: str, not_after: float) -> None:
    """Interrupt the process that was meant; if it does not end within its time, kill it.

    One that does not run a command of Poet's is left alone, and so are this process and those that started
    it.

    Args:
        pid: as in `find_process`.
        birth: likewise.
        not_after: likewise.
    """
    import psutil

    process = find_process(pid, birth, not_after)
    if process is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        above = {os.getpid(), *(one.pid for one in psutil.Process().parents())}
        if pid in above or not _runs_poet(process.cmdline()):
            return
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except psutil.TimeoutExpired:
            process.kill()
            # A zombie stays in the table until its parent reaps it; it does nothing any more.
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(_PATIENCE)


def _runs_python(words: list[str]) -> bool:
    """Return whether a command line is one of Python's: a training may run in a notebook or a test."""
    return not words or "py" in Path(words[0]).name.lower()


def _runs_poet(words: list[str]) -> bool:
    return bool(words) and _runs_python(words) and any("poetcore" in word for word in words)


@functools.lru_cache(maxsize=1)
def _birth_here(pid: int) -> str:
    return birth_of(pid)


@functools.cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")[:12]
    except OSError:
        return "boot"
