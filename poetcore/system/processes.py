"""Processes of Poet: how one ends, and how children are run; which is which is known by `identity`."""

import contextlib
import os
import re
import signal
import site
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from poetcore.errors import PoetError
from poetcore.system.failures import as_poet_error
from poetcore.system.reading import open_regular
from poetcore.system.stopping import end_at_once_from_now, end_when_asked_twice

__all__ = [
    "converse",
    "ended_after",
    "open_module",
    "run_module",
    "run_to_exit",
    "start_module",
    "tail",
    "told_to_parent",
]

#: What was given and is repeated in a sentence is no word of it; a path is not so long.
_ENDLESS = re.compile(r"\S{1000,}")


#: Of the end of a log what is read for its last lines.
_TAIL_BYTES = 1_000_000


class _Outliving(subprocess.Popen[bytes]):
    """A child that may go on when this object is gone, which Popen itself would warn of."""

    def __del__(self) -> None:
        # Popen's own sees to it that one that ends later is reaped when the next process starts.
        super().__del__(_warn=lambda *_, **__: None)  # type: ignore[call-arg]


@contextlib.contextmanager
def told_to_parent() -> Iterator[None]:
    """Let what goes wrong in a child of `run_module` end it with the sentence alone, which the parent raises.

    Raises:
        SystemExit: something went wrong that its user can be told.
    """
    try:
        yield
    except Exception as error:
        explained = as_poet_error(error)
        if explained is None:
            raise
        sys.exit(str(explained))


def run_to_exit(command: Callable[[], object]) -> None:
    """Run what a process is for; whatever goes wrong ends in one sentence and an exit status.

    Args:
        command: does the work. SIGTERM interrupts it as Ctrl-C does.

    Raises:
        SystemExit: something went wrong.
    """
    # Pillow warns of oddities in files that it then reads; the user can do nothing about them.
    warnings.filterwarnings("ignore", module="PIL")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, _interrupt)
    end_when_asked_twice()
    try:
        command()
        return
    except KeyboardInterrupt:
        sentence, status = "Stopped.", 1
    except BrokenPipeError:
        sys.exit(1)  # whoever read our output has gone
    except Exception as error:
        explained = as_poet_error(error)
        if explained is None:
            raise
        sentence, status = str(explained), explained.exit_status
    end_at_once_from_now()
    line = " ".join(sentence.splitlines())  # what was given may hold line breaks, as a name on Linux may
    shortened = _ENDLESS.sub(lambda found: f"{found[0][:100]}...", line)
    sys.stderr.write(f"Error: {shortened}\n")
    sys.exit(status)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def start_module(module: str, arguments: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start `python -m MODULE` as a process that goes on when this one ends.

    Args:
        module: one of Poet's.
        arguments: of its command line.
        log: the file to which its standard output and standard error are appended.
    """
    with log.open("ab") as file:
        return _Outliving(
            _command(module, arguments),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the server's terminal is not meant for it.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )


def run_module(module: str, arguments: Sequence[str], stdin: str = "") -> str:
    """Run `python -m MODULE`, wait until it ends, and return the last line of its standard output.

    Args:
        module: one of Poet's.
        arguments: of its command line.
        stdin: what it reads from standard input.

    Raises:
        PoetError: its exit status is not 0; the message is the last line of its standard error.
    """
    child = subprocess.run(
        _command(module, arguments),
        env=_environment(),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if child.returncode != 0:
        raise PoetError(_last_line(child.stderr) or f"{module} ended with exit status {child.returncode}.")
    return _last_line(child.stdout)


def open_module(module: str, arguments: Sequence[str], log: Path) -> "subprocess.Popen[str]":
    """Start `python -m MODULE` as a process whose lines are read while it runs.

    Args:
        module: one of Poet's.
        arguments: of its command line.
        log: the file that gets its standard error.
    """
    with log.open("ab") as file:
        return subprocess.Popen(
            _command(module, arguments),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=file,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C is for who reads the lines.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )


def converse(module: str, arguments: Sequence[str]) -> "subprocess.Popen[str]":
    """Start `python -m MODULE` as a process with which lines are exchanged; its standard error is lost.

    Its standard input ends with this process, however that ends, and it must end then.

    Args:
        module: one of Poet's.
        arguments: of its command line.
    """
    return subprocess.Popen(
        _command(module, arguments),
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        # Ctrl-C is for who talks to it.
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


@contextlib.contextmanager
def ended_after(seconds: float, end: Callable[[], object]) -> Iterator[threading.Event]:
    """Call something unless the block ends in time; the event tells that it was called.

    What waits for a child or a server need not come to an end by itself: the timeout of a socket counts from
    byte to byte, so a server that drips could hold a request for ever.
    """
    late = threading.Event()

    def call() -> None:
        late.set()
        with contextlib.suppress(OSError, ValueError, AttributeError):  # it is closed by now
            end()

    timer = threading.Timer(max(seconds, 0), call)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def tail(log: Path, lines: int) -> list[str]:
    """Read the last lines of a log file; none if there is no such file."""
    try:
        with open_regular(log) as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
            return file.readall().decode("utf-8", "replace").splitlines()[-lines:]
    except OSError:
        return []


def _command(module: str, arguments: Sequence[str]) -> list[str]:
    # -P: files of the working directory that are named like modules are not imported.
    return [sys.executable, "-P", "-m", module, *arguments]


def _environment() -> dict[str, str]:
    """Return an environment in which a child finds the package that runs here, whatever its folder."""
    home = Path(__file__).absolute().parents[2]
    # Installed packages are found anyway; on PYTHONPATH they would come before the standard library, and some
    # (`pathlib`, `typing`) are named like parts of it.
    installed = home in map(Path, (*site.getsitepackages(), site.getusersitepackages()))
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join(dict.fromkeys([*([] if installed else [str(home)]), *filter(None, others)]))
    # Logs and answers are read as UTF-8, which is not every system's usual encoding.
    return os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8:surrogateescape"}


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]
