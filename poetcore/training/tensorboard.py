"""TensorBoard as a child process: start, find again, stop; never more than one for a folder.

`python -m poetcore.training.tensorboard` is TensorBoard without TensorFlow: it is up in one second instead of
eight and takes a tenth of the memory, and everything that Poet writes is shown all the same.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
import types
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from poetcore.errors import PoetError
from poetcore.system.files import write_whole
from poetcore.system.identity import birth_of, find_process, host
from poetcore.system.processes import start_module, tail
from poetcore.training.tensorboard_address import LOCAL, Address
from poetcore.training.tensorboard_gate import guarded

__all__ = ["TensorBoard"]

#: Seconds that it may take to answer; one or two are usual.
_DEADLINE = 60.0

#: Seconds that it may take to end after it was asked.
_PATIENCE = 5


@dataclass(frozen=True)
class _Viewer:
    """A TensorBoard that was started: the content of `tensorboard.json`.

    Attributes:
        pid: its process.
        created: when that process began, seconds since 1970, as the system says.
        port: where it answers.
        host: on which address; on this machine only in files of earlier versions.
        birth: what tells that process from others of its number; "" in files of earlier versions.
        machine: where its number is that of the process; likewise.
    """

    pid: int
    created: float
    port: int
    host: str = LOCAL.host
    birth: str = ""
    machine: str = ""

    @property
    def address(self) -> Address:
        return Address(self.host, self.port)


class TensorBoard:
    """The one TensorBoard of a folder of summaries; it goes on when the page or the server ends.

    Args:
        logdir: with a folder a run, which `Summaries` wrote. Three small files are kept in it: its log, its
            lock, and where it runs.
        address: where one that is started answers; on this machine only by default.
    """

    def __init__(self, logdir: Path, address: Address = LOCAL) -> None:
        self._address = address
        self.logdir = Path(os.path.abspath(logdir))
        self.log_file = self.logdir / "tensorboard.log"
        self._file = self.logdir / "tensorboard.json"
        # Kept only so that an ended child is reaped; everything else is on disk.
        self._child: subprocess.Popen[bytes] | None = None

    def has_summaries(self) -> bool:
        """Return whether there is anything to show."""
        return next(self.logdir.glob("**/*tfevents*"), None) is not None

    def address(self) -> Address | None:
        """Return where the one that runs answers, which may have been started with another; None for none."""
        viewer, process = self._found()
        return viewer.address if viewer and process else None

    def link(self) -> str | None:
        """Return what a browser on this machine asks, or None where none runs."""
        address = self.address()
        return address.link() if address else None

    def start(self, deadline: float = _DEADLINE) -> str:
        """Start it if it does not run, wait until it answers, and return its address.

        Args:
            deadline: seconds to wait.

        Raises:
            PoetError: it cannot be started, ended at once or does not answer; with the end of its log.
        """
        try:
            self.logdir.mkdir(parents=True, exist_ok=True)
            # Of several tabs and servers only one at a time looks whether it runs, and starts it.
            with FileLock(self.logdir / "tensorboard.lock"):
                if self.link() is None:
                    self._launch()
        except OSError as error:
            raise PoetError(f"TensorBoard cannot be started in {self.logdir}: {error.strerror}.") from None
        until = time.monotonic() + deadline
        while True:
            viewer, process = self._found()
            if viewer is None or process is None:
                raise PoetError(f"TensorBoard ended before it answered.{self._log_tail()}")
            if _answers(viewer):
                return viewer.address.link()
            if time.monotonic() > until:
                self.stop()
                raise PoetError(f"TensorBoard did not answer within {deadline:.0f} s.{self._log_tail()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it and what it started; nothing happens if it does not run."""
        _, process = self._found()
        if process:
            family = [process]
            with contextlib.suppress(psutil.Error):
                family += process.children(recursive=True)
            for one in family:
                with contextlib.suppress(psutil.Error):
                    one.terminate()
            _, alive = psutil.wait_procs(family, timeout=_PATIENCE)
            for one in alive:
                with contextlib.suppress(psutil.Error):
                    one.kill()
            psutil.wait_procs(alive, timeout=_PATIENCE)
        if self._child:
            self._child.poll()
        self._file.unlink(missing_ok=True)

    def _found(self) -> tuple[_Viewer | None, psutil.Process | None]:
        """Return the content of its file, and its process if that is still the same one."""
        if self._child:
            self._child.poll()
        try:
            viewer = _Viewer(**json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, RecursionError):
            return None, None
        try:
            if viewer.machine not in ("", host()):  # a shared workspace; its address is not one of ours
                return viewer, None
            return viewer, find_process(viewer.pid, viewer.birth, not_after=viewer.created)
        except (ValueError, TypeError, OverflowError):  # of a damaged file
            return viewer, None

    def _launch(self) -> None:
        address = self._address.with_port()
        self.log_file.unlink(missing_ok=True)
        arguments = [
            f"--logdir={self.logdir}",
            f"--host={address.host}",
            f"--port={address.port}",
            "--reload_interval=2",
            "--window_title=TensorBoard of Poet",
        ]
        self._child = start_module("poetcore.training.tensorboard", arguments, self.log_file)
        try:
            created = psutil.Process(self._child.pid).create_time()
        except psutil.Error:  # it has ended already; `start` finds none
            return
        birth = birth_of(self._child.pid)
        viewer = _Viewer(self._child.pid, created, address.port, address.host, birth, host())
        write_whole(self._file, json.dumps(asdict(viewer), indent=2) + "\n")

    def _log_tail(self, lines: int = 6) -> str:
        end = tail(self.log_file, lines)
        return f" The end of its log: {' / '.join(end)}" if end else ""


def _answers(viewer: _Viewer) -> bool:
    # No proxy stands between a machine and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{viewer.address.link()}data/environment", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def _main() -> None:
    """Run TensorBoard without TensorFlow, which it does where a module of this name can be imported."""
    sys.modules["tensorboard.compat.notf"] = types.ModuleType("tensorboard.compat.notf")
    from absl import app
    from tensorboard import default, main_lib, program

    def server(answers: Any, flags: Any) -> Any:
        return program.create_port_scanning_werkzeug_server(guarded(answers, flags.host), flags)

    main_lib.global_init()
    board = program.TensorBoard(plugins=default.get_plugins(), server_class=server)
    app.run(board.main, flags_parser=board.configure)


if __name__ == "__main__":
    _main()
