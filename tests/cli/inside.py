"""Commands run inside the test's process, as the command line does it: hundreds of them in some seconds."""

import contextlib
import io
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

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


@dataclass(frozen=True)
class Terminal:
    """A terminal whose commands work on one workspace, and succeed."""

    workspace: Path

    def say(self, *arguments: object) -> str:
        """Run a command; what it prints."""
        done = call(*arguments, "--workspace", self.workspace)
        assert done.status == 0, done.stderr
        return done.stdout

    def answer(self, *arguments: object) -> dict[str, Any]:
        """Run a command; its JSON, which has no number that is none."""
        return json.loads(self.say(*arguments, "--json").splitlines()[-1], parse_constant=pytest.fail)
