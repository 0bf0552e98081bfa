"""The command `dashboard`: it starts from any folder, under a port that is free."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.cli import dashboard
from poetcore.cli.dashboard import app_file
from tests.browser.conftest import end, free_port, is_up
from tests.conftest import PATIENCE, ROOT, run_poet


@pytest.fixture
def started(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start the command in an empty folder, as with an installed package; gives its line of JSON."""
    port = free_port()
    command = [sys.executable, "-m", "poetcore", "dashboard", "--no-browser", "--port", str(port), "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout
            said = json.loads(server.stdout.readline())
            assert is_up(said["url"], server)
            yield said
        finally:
            end(server)


def test_it_starts_from_an_empty_folder_and_keeps_its_workspace_there(started, tmp_path):
    assert started["workspace"] == str(tmp_path / "tf_files")


def test_its_settings_are_found_from_there(started):
    connection = http.client.HTTPConnection(started["url"].removeprefix("http://"), timeout=PATIENCE)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    assert connection.getresponse().status == 400
    connection.close()


def test_a_port_in_use_is_told_in_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run_poet("dashboard", "--port", taken.getsockname()[1], "--workspace", tmp_path)
    assert (done.returncode, "is in use" in done.stderr) == (2, True)


def test_an_address_that_others_reach_is_refused_with_what_they_could_do(tmp_path):
    done = run_poet("dashboard", "--address", "0.0.0.0", "--workspace", tmp_path, "--no-browser")
    assert (done.returncode, "without a password" in done.stderr) == (2, True)


def test_the_server_itself_refuses_it_too(tmp_path):
    settings = {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "STREAMLIT_SERVER_PORT": str(free_port())}
    command = [sys.executable, "-m", "streamlit", "run", str(app_file()), "--server.headless=true"]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | settings, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, "--allow-remote-control" in done.stderr) == (2, True)


def test_a_checkout_runs_its_own_script():
    assert app_file() == ROOT / "app.py"


def test_an_installed_package_runs_the_script_inside_of_it(tmp_path, monkeypatch):
    inside = tmp_path / "poetcore" / "dashboard" / "app.py"
    inside.parent.mkdir(parents=True)
    inside.touch()
    monkeypatch.setattr(dashboard, "__file__", str(tmp_path / "poetcore" / "cli" / "dashboard.py"))
    assert app_file() == inside
