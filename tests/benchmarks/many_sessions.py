"""The sessions of `many`: as Streamlit's client has them, in real browsers; who asks the health address."""

import asyncio
import contextlib
import itertools
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.browser.conftest import ARGUMENTS, browser_path

__all__ = ["Times", "browsers", "probe", "session", "stage"]

#: Seconds for which a picture of a slideshow is looked at.
_LOOK = 3.0

#: Seconds between two questions to the health address.
_PULSE = 0.2


@dataclass
class Times:
    """Seconds that answers took, and what failed."""

    health: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    picture: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def stage(words: str) -> None:
    """Tell what begins now."""
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


async def session(address: str, query: str, shas: Sequence[str], until: float, times: Times) -> None:
    """Open the slideshow as a browser does, and look at one picture after the other."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.asyncio.client import connect

    ask = BackMsg()
    ask.rerun_script.query_string = query
    ask.rerun_script.page_name = "slideshow"
    stream = f"{address.replace('http', 'ws')}/_stcore/stream"
    start = time.perf_counter()
    try:
        async with connect(stream, subprotocols=["streamlit"], max_size=None, open_timeout=120) as socket:  # type: ignore[list-item]
            await socket.send(ask.SerializeToString())
            async for data in socket:
                message = ForwardMsg.FromString(data)
                if message.WhichOneof("type") == "script_finished":
                    break
                if message.delta.new_element.WhichOneof("type") == "exception":
                    times.failures.append(f"page: {message.delta.new_element.exception.message[:200]}")
            times.page.append(time.perf_counter() - start)
            reading = asyncio.create_task(_read(socket))  # as a browser, which takes whatever comes
            for sha in itertools.cycle(shas):
                if time.monotonic() > until:
                    break
                began = time.perf_counter()
                try:
                    await asyncio.to_thread(_get, f"{address}/poet/picture/{sha}?pixels=1600")
                    times.picture.append(time.perf_counter() - began)
                except (OSError, urllib.error.URLError) as error:
                    times.failures.append(f"picture: {error}")
                await asyncio.sleep(max(0.0, _LOOK - (time.perf_counter() - began)))
            reading.cancel()
    except Exception as error:
        times.failures.append(f"session: {type(error).__name__}: {error}")


async def _read(socket: Any) -> None:
    async for _ in socket:
        pass


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        content: bytes = answer.read()
        return content


def probe(address: str, seconds: float) -> None:
    """Ask the health address again and again, in a process of its own; print how long each answer took."""
    end, found = time.monotonic() + seconds, []
    while time.monotonic() < end:
        start = time.perf_counter()
        try:
            _get(f"{address}/_stcore/health")
            found.append(time.perf_counter() - start)
        except OSError as error:
            found.append(-1.0)
            print(f"health: {error}", file=sys.stderr)
        time.sleep(_PULSE)
    print(json.dumps(found))


@contextlib.contextmanager
def browsers(address: str, query: str, count: int, times: Times) -> Iterator[None]:
    """Have so many real browsers show the slideshow, each in a context of its own."""
    if not count:
        yield
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        shown = []
        for _ in range(count):
            page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.on("pageerror", lambda error: times.failures.append(f"browser: {error}"))
            start = time.perf_counter()
            page.goto(f"{address}/slideshow?{query}")
            page.locator(".show .picture img").first.wait_for(timeout=120_000)
            times.page.append(time.perf_counter() - start)
            shown.append(page)
        yield
        for page in shown:
            page.keyboard.press("ArrowRight")
        chromium.close()
