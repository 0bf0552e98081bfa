"""Commands run inside the test's process, as the command line does it: hundreds of them in some seconds."""

import contextlib
import io
import signal
import sys
from dataclasses import dataclass
from unittest import mock

from poetcore.cli.app import main


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    stdout: str
    stderr: str


def call(*arguments: object) -> Done:
    """Run `poetcore ARGUMENTS` in this process; an exception that would be a traceback is raised."""
    out, err = io.StringIO(), io.StringIO()
    before = signal.getsignal(signal.SIGTERM)
    status = 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", ["poetcore", *map(str, arguments)]),
    ):
        try:
            main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        finally:
            signal.signal(signal.SIGTERM, before)
    return Done(status, out.getvalue(), err.getvalue())
