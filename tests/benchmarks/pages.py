"""How long each page of the dashboard takes, in Chromium. By hand, on an idle machine.

    python -m tests.benchmarks.pages WORKSPACE [--only NAME ...] [--warm] [--make TRAIN DEMO]

WORKSPACE is a workspace with an evaluated run, or a folder in which `--make` puts one (`pages_place.py`;
minutes, once). Every page of the menu and each of its sections is opened with its choice in the address: in
a server that has just come up (cold; not with `--warm`), then three times in one server that has shown every
page, each time in a browser without a cache (warm), which loads and starts Streamlit's client too, about a
second. So each page is also opened as people do it, by its link in the menu (menu). Told are the seconds from
the address or the link to the first useful content (`pages_list.py`) and until the script has ended; those
from a typical click to the end of what it runs; the bytes received, over HTTP and over the WebSocket before
compression; the server's CPU seconds and memory. What takes more than 1.5 s is in bold type.
"""

import argparse
import base64
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psutil

from tests.benchmarks.pages_list import LOOKS, Look
from tests.benchmarks.pages_place import Place, make_place

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["Visit", "measure", "visit"]

#: Seconds that a page may take where the server is warm.
LIMIT = 1.5

#: Openings of a page in the warm server.
_TIMES = 3

#: Seconds after which a page, and what a click runs, are not waited for any more: of 200,000 pictures the
#: first opening computes for minutes.
_PATIENCE, _CLICK = 600, 30

#: Where people come from.
_HOME = next(look for look in LOOKS if look.page == "home")

#: What the menu opens: each page's first section.
_FIRST = [look for look in {one.page: one for one in reversed(LOOKS)}.values() if look != _HOME]

#: Milliseconds in which pictures come after a page has ended.
_PICTURES = 500


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
    page.goto(f"{address}{path_of(_HOME, place)}", wait_until="commit")
    page.locator(f"{_HOME.content} >> visible=true").first.wait_for()
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


@contextmanager
def browsing(chromium: "Browser") -> Iterator["BrowserContext"]:
    """Begin with an empty cache."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@contextmanager
def served(place: Place) -> Iterator[tuple[str, psutil.Process]]:
    """Start a server on the workspace."""
    from tests.browser.conftest import ROOT, serving
    from tests.browser.dashboard import server_of

    with serving(ROOT / "app.py", {"TFP_WORKSPACE": place.workspace}, ()) as address:
        yield address, server_of(address)


def measure(place: Place, looks: Sequence[Look], cold: bool) -> list[dict[str, Any]]:
    """Open pages, and return a row of figures for each."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, browser_path

    rows: list[dict[str, Any]] = [{"page": look.name} for look in looks]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS) as chromium,
    ):
        for look, row in zip(looks, rows, strict=True) if cold else ():
            with served(place) as (address, server), browsing(chromium) as context:
                first = visit(context, address, look, place, server, clicks=False)
                row |= {"cold": first.content, "cold whole": first.whole, "cold cpu": first.cpu}
        with served(place) as (address, server):
            for look in looks:  # so that every one of them finds a server that has shown all
                with browsing(chromium) as context:
                    visit(context, address, look, place, server, clicks=False)
            for look, row in zip(looks, rows, strict=True):
                visits = []
                for _ in range(_TIMES):
                    with browsing(chromium) as context:
                        visits.append(visit(context, address, look, place, server, clicks=True))
                if look in _FIRST:
                    with browsing(chromium) as context:
                        ways = [from_menu(context, address, look, place) for _ in range(_TIMES)]
                    row["menu"] = statistics.median(ways)
                row |= _medians(visits) | {"server MB": round(server.memory_info().rss / 1e6)}
                print(f"{look.name}: {row['warm']:.2f} s", file=sys.stderr, flush=True)
    return rows


def _medians(visits: Sequence[Visit]) -> dict[str, Any]:
    def median(name: str) -> float | None:
        found = [value for one in visits if (value := getattr(one, name)) is not None]
        return statistics.median(found) if found else None

    return {
        "warm": median("content"),
        "warm whole": median("whole"),
        "warm cpu": median("cpu"),
        "click": median("click"),
        "click cpu": median("click_cpu"),
        "http kB": round((median("http") or 0) / 1e3),
        "socket kB": round((median("socket") or 0) / 1e3),
        "click kB": round((median("click_socket") or 0) / 1e3),
        "failures": sorted({words for one in visits for words in one.failures}),
    }


_COLUMNS = ("cold", "cold cpu", "warm", "warm whole", "warm cpu", "menu", "click", "click cpu")
_SIZES = ("http kB", "socket kB", "click kB", "server MB")


def as_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Return a table; what takes more than `LIMIT` where the server is warm is in bold type."""
    heads = ["page", *(f"{one}, s" for one in _COLUMNS), *_SIZES]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [row["page"]]
        for name in _COLUMNS:
            value = row.get(name)
            figure = "" if value is None else f"{value:.2f}"
            over = value is not None and name in ("warm", "warm whole", "menu", "click") and value > LIMIT
            cells.append(f"**{figure}**" if over else figure)
        cells += [f"{row[name]:,}" for name in _SIZES]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [f"\n{row['page']}: {words}" for row in rows for words in row["failures"]]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.pages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--make", type=Path, nargs=2, metavar=("TRAIN", "DEMO"))
    parser.add_argument("--only", nargs="+", help="parts of names, such as overview or 'evaluate: mistakes'")
    parser.add_argument("--warm", action="store_true", help="the warm server only")
    parser.add_argument("--out", type=Path, help="a JSON file")
    asked = parser.parse_args()
    place = make_place(*asked.make, asked.workspace) if asked.make else Place.at(asked.workspace)
    wanted = [part.lower() for part in asked.only or [""]]
    looks = [look for look in LOOKS if any(part in look.name.lower() for part in wanted)]
    load, start = psutil.getloadavg()[0], time.monotonic()
    rows = measure(place, looks, cold=not asked.warm)
    print(as_markdown(rows))
    print(f"\nload before {load:.1f}; {time.monotonic() - start:.0f} s in all; medians of {_TIMES}")
    found = {"place": asdict(place), "load": load, "rows": rows}
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1), "utf-8")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
