"""The command `dashboard`: starts the browser's side of Poet, from a checkout or an installed package."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.workspace.workspace import Workspace

__all__ = ["app_file", "dashboard"]

#: Streamlit's usual port; the next free one is taken where it is in use.
_PORT = 8501


def app_file() -> Path:
    """Return the script that Streamlit runs: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "dashboard" / "app.py"
    return installed if installed.is_file() else package.parent / "app.py"


def dashboard(
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port of the server.  [default: 8501, or the next free one]"),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Open the dashboard in a browser; Ctrl-C ends it."""
    from poetcore.cli.terminal import Terminal

    place = Workspace(workspace)
    port = _free_port() if port is None else port
    if not _is_free(port):
        raise OptionError(f"Port {port} is in use: choose another --port, or leave it out.")
    # Streamlit looks for its settings beside the script and in the current folder, so this works anywhere.
    command = [sys.executable, "-m", "streamlit", "run", str(app_file()), f"--server.port={port}"]
    command.append(f"--server.headless={'false' if browser else 'true'}")
    environment = os.environ | {"TFP_WORKSPACE": str(place.root)}
    # With --json, standard output has one line of ours and nothing of Streamlit's.
    server = subprocess.Popen(command, env=environment, stdout=sys.stderr if json else None)
    if json:
        Terminal(json).answer({"url": f"http://127.0.0.1:{port}", "workspace": str(place.root)})
    try:
        sys.exit(server.wait())
    except KeyboardInterrupt:
        server.terminate()
        server.wait()


def _free_port() -> int:
    for port in range(_PORT, _PORT + 100):
        if _is_free(port):
            return port
    raise OptionError(f"No free port from {_PORT} on: choose a --port.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
