"""The container: what its file copies, who runs in it, its health check. Building it is up to a builder."""

import os
import re
import subprocess
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tests.conftest import PATIENCE, ROOT

TEXT = (ROOT / ".ci" / "Containerfile").read_text(encoding="utf-8").replace("\\\n", "")
LINES = [line.split(maxsplit=1) for line in TEXT.splitlines() if line and line[0] not in "# "]
COPIED = [source for word, rest in LINES if word == "COPY" for source in rest.split()[:-1]]


def test_what_is_copied_is_there():
    assert [source for source in COPIED if not (ROOT / source).exists()] == []


def test_whatever_the_package_ships_is_copied():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    shipped = [*wheel["packages"], *wheel["force-include"]]
    assert {name.split("/")[0] for name in shipped} <= set(COPIED)


def test_nothing_that_the_image_starts_runs_as_root():
    words = [word for word, _ in LINES]
    assert words.index("USER") < words.index("CMD") and words.count("USER") == 1
    assert int(dict(LINES)["USER"].split(":")[0]) > 0


def test_the_workspace_is_in_the_volume():
    assert re.search(r"TFP_WORKSPACE=(\S+)", TEXT).group(1).startswith(dict(LINES)["VOLUME"] + "/")


class Allowed(BaseHTTPRequestHandler):
    """Answers as the dashboard does, or not."""

    status = 200

    def do_GET(self) -> None:
        right = (self.path, self.headers["Host"]) == ("/_stcore/health", "localhost")
        self.send_response(self.status if right else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""


@pytest.mark.parametrize(("answered", "status"), [(200, 0), (503, 1)])
def test_the_health_check_asks_by_a_name_that_is_always_allowed(answered, status, monkeypatch):
    monkeypatch.setattr(Allowed, "status", answered)
    with HTTPServer(("127.0.0.1", 0), Allowed) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert health(server.server_port) == status


def test_a_dashboard_that_does_not_answer_is_not_healthy():
    with HTTPServer(("127.0.0.1", 0), Allowed) as server:
        port = server.server_port
    assert health(port) == 1


def health(port: int) -> int:
    """Run the health check; returns its exit status."""
    settings = {"STREAMLIT_SERVER_PORT": str(port)}
    command = [sys.executable, str(ROOT / ".ci" / "health.py")]
    return subprocess.run(
        command, env=os.environ | settings, capture_output=True, timeout=PATIENCE
    ).returncode
