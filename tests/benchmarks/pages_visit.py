"""How `pages.py` opens a page, and what it measures of that: in a tab of its own, over the DevTools."""

import base64
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psutil

from tests.benchmarks.pages_list import LOOKS, Look
from tests.benchmarks.pages_place import Place

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

__all__ = ["HOME", "Visit", "from_menu", "visit"]

#: Seconds after which a page, and what a click runs, are not waited for any more: of 200,000 pictures the
#: first opening computes for minutes.
_PATIENCE, _CLICK = 600, 30

#: Where people come from.
HOME = next(look for look in LOOKS if look.page == "home")

#: Milliseconds in which pictures come after a page has ended.
_PICTURES = 500

#: Milliseconds in which Chromium builds a new window, whose search box is a page of its own: people type an
#: address into one that is there.
_WINDOW = 1000


@dataclass
class Traffic:
    """What a page has received, and how often its script has ended."""

    http: int = 0
    socket: int = 0
    ended: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def watch(self, page: "Page") -> None:
        session = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", lambda told: self._add(int(told["encodedDataLength"])))
        session.on("Network.webSocketFrameReceived", lambda told: self._frame(told["response"]))
        session.send("Network.enable")

    def _add(self, size: int) -> None:
        self.http += size

    def _frame(self, frame: dict[str, Any]) -> None:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        if frame["opcode"] != 2:
            return
        data = base64.b64decode(frame["payloadData"])
        self.socket += len(data)
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "script_finished" and message.script_finished in (0, 3):
            self.ended.append(time.perf_counter())
        if message.delta.new_element.WhichOneof("type") == "exception":
            self.failures.append(message.delta.new_element.exception.message[:200])


@dataclass(frozen=True)
class Visit:
    """One opening of a page.

    Attributes:
        content: seconds to the first useful content.
        whole: seconds until the script has ended.
        cpu: the server's seconds of CPU time for that.
        http, socket: bytes received.
        click, click_cpu, click_socket: of the click; None where nothing was clicked.
        failures: what the page said went wrong.
    """

    content: float
    whole: float
    cpu: float
    http: int
    socket: int
    click: float | None = None
    click_cpu: float | None = None
    click_socket: int | None = None
    failures: tuple[str, ...] = ()


def visit(
    context: "BrowserContext", address: str, look: Look, place: Place, server: psutil.Process, clicks: bool
) -> Visit:
    """Open a page in a new tab, and click."""
    from playwright.sync_api import TimeoutError as ClickTimeoutError

    page = context.new_page()
    page.set_default_timeout(_PATIENCE * 1000)
    traffic = Traffic()
    traffic.watch(page)
    page.wait_for_timeout(_WINDOW)
    before, start = _used(server), time.perf_counter()
    page.goto(f"{address}{path_of(look, place)}", wait_until="commit")
    page.locator(f"{look.content} >> visible=true").first.wait_for()
    content = time.perf_counter() - start
    _settle(page, traffic, 0, _PATIENCE)
    whole = traffic.ended[-1] - start
    page.wait_for_timeout(_PICTURES)
    used = _used(server) - before
    http, socket = traffic.http, traffic.socket
    click: tuple[float | None, float | None, int | None] = None, None, None
    if clicks and look.click:
        target = page.locator(f"{look.click} >> visible=true").nth(look.number)
        ended, before, start = len(traffic.ended), _used(server), time.perf_counter()
        try:
            target.click(timeout=_CLICK * 1000)
            _settle(page, traffic, ended, _CLICK)
            click = traffic.ended[-1] - start, _used(server) - before, traffic.socket - socket
        except (TimeoutError, ClickTimeoutError) as error:
            traffic.failures.append(str(error).splitlines()[0])
    page.close()
    return Visit(content, whole, used, http, socket, *click, tuple(traffic.failures))


def from_menu(context: "BrowserContext", address: str, look: Look, place: Place) -> float:
    """Return the seconds from a click on a page's link in the menu to its first useful content."""
    page = context.new_page()
    page.set_default_timeout(_PATIENCE * 1000)
    traffic = Traffic()
    traffic.watch(page)
    page.goto(f"{address}{path_of(HOME, place)}", wait_until="commit")
    page.locator(f"{HOME.content} >> visible=true").first.wait_for()
    _settle(page, traffic, 0, _PATIENCE)
    page.wait_for_timeout(_PICTURES)
    start = time.perf_counter()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=look.page.capitalize()).click()
    page.locator(f"{look.content} >> visible=true").first.wait_for()
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def path_of(look: Look, place: Place) -> str:
    """Return the address of a page with everything chosen."""
    query = {"dataset": place.dataset, "demo": place.demo, "run": place.run}
    if look.section:
        query["view"] = look.section
    if look.page == "compare" and place.other:
        query |= {"a": place.run, "b": place.other}
    return f"/{'' if look.page == 'home' else look.page}?{urlencode(query)}"


def _settle(page: "Page", traffic: Traffic, ended: int, patience: float) -> None:
    """Wait until another run of the script has ended, and all that follow from it."""
    deadline = time.monotonic() + patience
    app = page.get_by_test_id("stApp")
    while len(traffic.ended) <= ended or app.get_attribute("data-test-script-state") != "notRunning":
        if time.monotonic() > deadline:
            raise TimeoutError(f"{page.url} ran for more than {patience:.0f} s")
        page.wait_for_timeout(10)


def _used(server: psutil.Process) -> float:
    used = server.cpu_times()
    return used.user + used.system
