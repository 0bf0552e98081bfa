"""What every test in a real browser needs: Chromium, a page that forgives nothing, and a server.

    def test_the_home_page_greets(page, serve):
        page.goto(serve(ROOT / "app.py", {"TFP_WORKSPACE": "..."}))
        expect(page.get_by_role("heading")).to_have_text("...")
        screenshot(page, "home")

`page` fails a test for every error in the browser's console and every request to another host. A test that
provokes one says so: `@pytest.mark.complains("404")` allows those that match the regular expression.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

import psutil
import pytest
from PIL import Image
from playwright.sync_api import (
    APIResponse,
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    Route,
    expect,
    sync_playwright,
)

from tests.browser.camera import CAMERA_ARGUMENTS, FakeCamera, write_film
from tests.browser.reruns import listen

ROOT = Path(__file__).parents[2]

#: Seconds that anything may take to appear, since the machine may be busy with something else. Only a test
#: that fails waits that long.
PATIENCE = 90

#: Chromium's own calls home are switched off: a request to another host is then the page's.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A site whose owner lets its name lead to this machine.
    "--host-resolver-rules=MAP evil.example 127.0.0.1",
]

Serve = Callable[..., str]

Launch = Callable[..., Browser]


def pytest_configure() -> None:
    expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def browser_path() -> str | None:
    """Where Chromium or Chrome is, if there is one; POET_BROWSER names another."""
    names = (os.environ.get("POET_BROWSER"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def launch() -> Iterator[Launch]:
    """Start a Chromium without a window, which ends with the tests: `launch(*arguments)`."""
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium found: apt-get install chromium (Debian), or set POET_BROWSER to its path")
    with sync_playwright() as playwright, ExitStack() as started:

        def start(*arguments: str) -> Browser:
            chromium = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
            started.callback(chromium.close)
            return chromium

        yield start


@pytest.fixture(scope="session")
def browser(launch: Launch) -> Browser:
    """One Chromium for all tests."""
    return launch()


@pytest.fixture(scope="session")
def camera(launch: Launch, tmp_path_factory: pytest.TempPathFactory) -> FakeCamera:
    """Another Chromium, whose camera shows what a test wants."""
    film = tmp_path_factory.mktemp("camera") / "film.y4m"
    write_film(film, [Image.new("RGB", (64, 48), "grey")])
    return FakeCamera(launch(*CAMERA_ARGUMENTS, f"--use-file-for-fake-video-capture={film}"), film)


@dataclass
class Watched:
    """A page, and what its browser complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def check(self, request: pytest.FixtureRequest) -> None:
        """Fail for every complaint since the last check that the test does not provoke on purpose."""
        marker = request.node.get_closest_marker("complains")
        left = [line for line in self.complaints if not (marker and re.search(marker.args[0], line))]
        self.complaints.clear()
        assert not left, "The browser complained:\n" + "\n".join(left)


@contextmanager
def watched(browser: Browser) -> Iterator[Watched]:
    """A page of 1440 x 900 in a context of its own, watched for errors and for requests to other hosts."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    watch = Watched(context.new_page())
    listen(watch.page)

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            watch.complaints.append(f"console: {message.text}")

    def on_request(sent: Request) -> None:
        address = urlsplit(sent.url)
        if address.scheme not in ("blob", "data") and address.hostname not in ("localhost", "127.0.0.1"):
            watch.complaints.append(f"request to another host: {sent.url}")

    watch.page.on("console", on_console)
    watch.page.on("pageerror", lambda error: watch.complaints.append(f"page error: {error}"))
    watch.page.on("request", on_request)
    yield watch
    context.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh watched page; complaints fail the test when it ends."""
    with watched(browser) as watch:
        yield watch.page
        watch.check(request)


@pytest.fixture
def camera_page(camera: FakeCamera, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh watched page of the browser that has a camera."""
    with watched(camera.browser) as watch:
        yield watch.page
        watch.check(request)


@pytest.fixture
def nothing_refused(page: Page) -> Iterator[None]:
    """Fail where the server refuses something."""
    refused: list[str] = []

    def on_response(answer: Response) -> None:
        if answer.status >= 400:
            refused.append(f"{answer.status} {answer.url}")

    page.context.on("response", on_response)
    yield
    assert not refused


def until_true(page: Page, expression: str, arg: object = None) -> None:
    """Wait until an expression is true; the page's own policy forbids what `wait_for_function` does."""
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(expression, arg):
        assert time.monotonic() < deadline, f"It never became true: {expression}"
        page.wait_for_timeout(100)


class Held:
    """What the server answers to some requests, which the page gets when the test lets it."""

    def __init__(self, page: Page, address: "re.Pattern[str] | str") -> None:
        self._page, self._holds = page, True
        self._answers: list[tuple[Route, APIResponse]] = []
        page.route(address, self._on_request)  # for good: to undo it would send again what is held

    def _on_request(self, route: Route) -> None:
        if self._holds:
            self._answers.append((route, route.fetch()))
        else:
            route.continue_()

    def until_answered(self, count: int = 1) -> None:
        """Wait until the server has answered so many."""
        deadline = time.monotonic() + PATIENCE
        while len(self._answers) < count:
            assert time.monotonic() < deadline, "Nothing was asked."
            self._page.wait_for_timeout(50)

    def from_now_on(self) -> None:
        """Hold only what is held already."""
        self._holds = False

    def release(self) -> None:
        """Let the page have the answers, and all later ones at once."""
        self.from_now_on()
        for route, answer in self._answers:
            with suppress(Error):  # the page does not wait for it any more
                route.fulfill(response=answer)
        self._page.evaluate("new Promise((done) => setTimeout(done, 100))")  # it has taken them


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the page as NAME.png in the folder that POET_SCREENSHOTS names; else do nothing."""
    folder = os.environ.get("POET_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


@contextmanager
def serving(script: Path, environment: Mapping[str, str], arguments: Sequence[str]) -> Iterator[str]:
    """Run a Streamlit script on a free port; gives the address and ends the server and all its children."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", str(port), *arguments]
    with TemporaryFile("w+") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | dict(environment), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            if not is_up(address, server):
                log.seek(0)
                pytest.fail(f"The server of {script.name} did not start:\n{log.read()[-4000:]}")
            yield address
        finally:
            end(server)
            log.seek(0)
            # pytest shows this with a test that fails, and swallows it otherwise.
            print(f"--- log of {script.name}\n{log.read()[-4000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_up(address: str, server: "subprocess.Popen[bytes]", patience: float = 2 * PATIENCE) -> bool:
    """Wait until the server answers; False when it has ended or keeps silent."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE):
                return True
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    return False


def end(server: "subprocess.Popen[bytes]") -> None:
    """End a process and everything it started."""
    try:
        parent = psutil.Process(server.pid)
        family = [*parent.children(recursive=True), parent]
    except psutil.NoSuchProcess:
        family = []
    for process in family:
        try:
            process.terminate()
        except psutil.NoSuchProcess:
            continue
    _, stubborn = psutil.wait_procs(family, timeout=5)
    for process in stubborn:
        process.kill()
    server.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """Start servers that live as long as the test module: `serve(script, environment={}, arguments=())`."""
    with ExitStack() as servers:

        def start(
            script: Path, environment: Mapping[str, str] | None = None, arguments: Sequence[str] = ()
        ) -> str:
            return servers.enter_context(serving(script, environment or {}, arguments))

        yield start
