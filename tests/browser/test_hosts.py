"""Only a page that was opened under one of this machine's own names gets anything from the server.

Otherwise a page of any site whose name is made to lead to 127.0.0.1 gets the whole dashboard.
"""

import http.client
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.benchmarks.gate import Attacks, HostileSite
from tests.browser.conftest import PATIENCE, ROOT, Serve

FOREIGN = ["evil.example", "evil.example:8501", "localhost.evil.example", "192.168.0.7", "", "[::2]"]
PATHS = ["/", "/evaluate", f"/poet/picture/{'0' * 64}", "/_stcore/health", "/_stcore/host-config"]
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def server(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(tmp_path_factory.mktemp("hosts") / "tf_files")})


def status_of(server: str, path: str, host: str, headers: dict[str, str] | None = None) -> int:
    """Ask the server under a Host header of our own."""
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Host": host} | (headers or {}))
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST"])
def test_the_names_of_this_machine_are_answered(server, host):
    assert status_of(server, "/", host) == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", FOREIGN)
def test_another_name_is_refused_on_every_route(server, host, path):
    assert status_of(server, path, host) == 400


@pytest.mark.parametrize("host", FOREIGN)
def test_another_name_gets_no_websocket(server, host):
    assert status_of(server, "/_stcore/stream", host, WEBSOCKET) in (400, 403)


@pytest.mark.complains("status of 400|evil.example")
def test_a_site_whose_name_leads_here_sees_nothing(page: Page, server):
    page.goto(f"http://evil.example:{urlsplit(server).port}/")
    assert page.inner_text("body") == "Invalid host header"


def test_a_page_of_another_site_opens_no_connection_and_no_frame(browser: Browser, server):
    port = urlsplit(server).port
    site = HostileSite()
    try:
        attacks = Attacks(browser, site)
        attacks.sockets(port)
        attacks.framing(port, "/")
    finally:
        site.close()
    assert attacks.trials == 11 and not attacks.losses
