"""The command `dashboard`: starts the browser's side of Poet, from a checkout or an installed package."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from poetcore.errors import OptionError
from poetcore.system.hosts import ALLOWED_HOSTS, PUBLIC, REMOTE_CONTROL, remote_control
from poetcore.workspace.workspace import Workspace

__all__ = ["app_file", "dashboard"]

#: Streamlit's usual port; the next free one is taken where it is in use.
_PORT = 8501

#: Seconds that the server has to end.
_PATIENCE = 10


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
    address: Annotated[
        str,
        typer.Option(
            envvar="STREAMLIT_SERVER_ADDRESS",
            help="On which address it answers; 0.0.0.0 are all that this machine has.",
        ),
    ] = "127.0.0.1",
    allow_remote_control: Annotated[
        bool,
        typer.Option(
            "--allow-remote-control",
            help="Let everyone who reaches the address do what you can, without a password.",
        ),
    ] = False,
    public: Annotated[
        bool,
        typer.Option(
            "--public",
            help="Show visitors what was published (see publish) and nothing else; nothing is written.",
        ),
    ] = False,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allowed_host", help="Another name under which it may be opened, such as that of a proxy."
        ),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Open the dashboard in a browser; Ctrl-C ends it."""
    from poetcore.cli.terminal import Terminal

    place = Workspace(workspace)
    environment = os.environ | {"TFP_WORKSPACE": str(place.root)}
    if allow_remote_control:
        environment[REMOTE_CONTROL] = "1"
    if public:
        environment[PUBLIC] = "1"
    if allowed_host:
        environment[ALLOWED_HOSTS] = " ".join([environment.get(ALLOWED_HOSTS, ""), *allowed_host])
    remote_control(address, environment)
    port = _free_port(address) if port is None else port
    if not _is_free(address, port):
        raise OptionError(f"Port {port} is in use: choose another --port, or leave it out.")
    # Streamlit looks for its settings beside the script and in the current folder, so this works anywhere.
    command = [sys.executable, "-m", "streamlit", "run", str(app_file()), f"--server.port={port}"]
    command.append(f"--server.address={address}")
    command.append(f"--server.headless={'false' if browser else 'true'}")
    # With --json, standard output has one line of ours and nothing of Streamlit's.
    server = subprocess.Popen(command, env=environment, stdout=sys.stderr if json else None)
    if json:
        Terminal(json).answer({"url": f"http://{_opened_at(address)}:{port}", "workspace": str(place.root)})
    try:
        sys.exit(server.wait())
    except KeyboardInterrupt:
        server.terminate()
        try:
            server.wait(_PATIENCE)
        except subprocess.TimeoutExpired:  # a thread of it waits for a disk that does not answer
            server.kill()


def _free_port(address: str) -> int:
    for port in range(_PORT, _PORT + 100):
        if _is_free(address, port):
            return port
    raise OptionError(f"No free port from {_PORT} on: choose a --port.")


def _is_free(address: str, port: int) -> bool:
    """Return whether a server may listen there.

    Raises:
        OptionError: this machine has no such address.
    """
    try:
        (family, kind, _, _, there), *_ = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
        with socket.socket(family, kind) as probe:
            if os.name == "posix":  # elsewhere two programs would share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(there)
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise OptionError(
                f"{address!r} is no address of this machine: choose another --address."
            ) from None
        return False
    return True


def _opened_at(address: str) -> str:
    """Return under which name a browser on this machine opens it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    return f"[{host}]" if ":" in host else host
