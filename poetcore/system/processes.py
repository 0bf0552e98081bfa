"""Child processes of Poet's own that go on when whoever started them ends."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["start_module", "tail"]


class _Outliving(subprocess.Popen[bytes]):
    """A child that may go on when this object is gone, which Popen itself would warn of."""

    def __del__(self) -> None:
        if getattr(self, "pid", None):
            self.poll()  # one that has ended is reaped


def start_module(module: str, arguments: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    """Run `python -m MODULE` beside this process; what it prints is added to a log file."""
    with log.open("ab") as file:
        return _Outliving(
            [sys.executable, "-m", module, *arguments],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the server's terminal is not meant for it.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )


def tail(log: Path, lines: int) -> list[str]:
    """Read the last lines of a log file; none if there is no such file."""
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return []
