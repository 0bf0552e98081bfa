"""Visitors of a public view who mean no good: they click everything, type anything, and ask any address.

All that comes back is searched for what a visitor must not see.
"""

import functools
import http.client
import itertools
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, Error, Locator, Page
from starlette.routing import Route
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from poetcore.ui.menu import HOME, MENU

__all__ = ["Findings", "ask_everything", "crawl", "forge"]

#: What can be clicked or filled on a page, shadow roots included.
WIDGETS = "button, a[href], input, textarea, select, summary, canvas, td, th, figure, [role], [tabindex]"

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")

#: As a page of the server itself sends them.
_HEADERS = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}

#: What Streamlit keeps of a widget.
_STATES = ("string_value", "int_value", "bool_value", "double_value", "trigger_value", "json_value")

_PAGES = tuple(page.name for page in (HOME, *MENU))


@dataclass
class Findings:
    """What was tried and what came of it.

    Attributes:
        forbidden: what may be in no answer.
        tried: how often something was clicked, typed, asked or sent.
        told: which of the forbidden an answer had, with where it came from.
        failed: answers of status 500 and above, and what the page called an error.
    """

    forbidden: tuple[bytes, ...]
    tried: int = 0
    told: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def look(self, where: str, content: bytes) -> None:
        """Search an answer."""
        self.told += [f"{where}: {word!r}" for word in self.forbidden if word in content]

    def answered(self, where: str, status: int, content: bytes = b"") -> None:
        """Note an answer."""
        self.look(where, content)
        if status >= 500 and status != 503:
            self.failed.append(f"{where}: {status}")


def hostile(place: Path) -> list[str]:
    """Return what is typed into fields and put into addresses.

    Args:
        place: a folder of the owner's.
    """
    words = [
        "latest",
        "*",
        "%00",
        "-1",
        "1e999",
        "published.json",
        "con",
        "~",
        "${HOME}",
        "$x$",
        "{{7*7}}",
        "'--",
    ]
    words += [
        "/etc/passwd",
        "..\\..\\windows\\win.ini",
        "<img/src=x/onerror=alert(1)>",
        "![x](http://evil.example/x)",
    ]
    return [
        *(str(place), f"{place}/tf_files/runs", f"file://{place}", f"{'../' * 12}etc/passwd"),
        *("x" * 5000, "\u202e", "a\r\nb: c", *words),
    ]


def ask_everything(
    base: str, routes: Sequence[Route], findings: Findings, place: Path, sha: str, most: int | None = None
) -> None:
    """Ask every address with every method, its parts replaced by what means no good.

    Args:
        base: address of the server.
        routes: of the owner's dashboard.
        findings: what comes of it.
        place: a folder of the owner's.
        sha: content of a picture that is not published.
        most: requests, drawn at random; None for all.
    """
    parts = [sha, sha.upper(), "0" * 64, "0", *hostile(place)]
    own = [re.sub(r"\{[^}]*\}", "{}", route.path) for route in routes]
    core = ["health", "host-config", "metrics", "stream", "script-health-check"]
    core += [
        "upload_file/{}/{}",
        "bidi-components/{}/{}",
        "agent/interact",
        "agent/mcp",
        "agent/openapi.json",
    ]
    others = ["/{}", "/static/{}", "/media/{}", "/component/{}/{}", "/app/static/{}", "/auth/{}"]
    pages = [f"/{page}?dataset={{}}&run={{}}&demo={{}}" for page in _PAGES]
    asked = [
        (method, path.replace("{}", written))
        for path in (*own, *(f"/_stcore/{name}" for name in core), *others, *pages)
        for part in (parts if "{}" in path else [""])
        for written in sorted({quote(part, safe=""), quote(part[:200])})
        for method in _METHODS
    ]
    for method, target in asked if most is None else random.Random(0).sample(asked, most):
        _ask(base, method, target, findings)


def _ask(base: str, method: str, target: str, findings: Findings) -> None:
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    body = b'{"path": "/etc/passwd", "files": []}' if method in ("POST", "PUT", "PATCH") else None
    try:
        connection.request(method, target, body, _HEADERS)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException, ValueError, UnicodeError):
        return
    finally:
        connection.close()
    findings.tried += 1
    findings.answered(f"{method} {target[:200]}", answer.status, content)
    if method in ("PUT", "DELETE", "PATCH", "POST") and answer.status < 400:
        findings.told.append(f"{method} {target[:200]} was answered with {answer.status}")
    while answer.status == 429:  # as every client is told
        time.sleep(1)
        return _ask(base, method, target, findings)
    return None


def forge(base: str, page: str, findings: Findings, place: Path, seconds: float) -> None:
    """Speak Streamlit's own protocol, and give every widget of a page values that it does not offer.

    Args:
        base: address of the server.
        page: its name.
        findings: what comes of it.
        place: a folder of the owner's.
        seconds: how long.
    """
    stream = f"ws://{urlsplit(base).netloc}/_stcore/stream"
    until, known = time.monotonic() + seconds, set[str]()
    draw = random.Random(page)
    while time.monotonic() < until:
        with connect(stream, origin=base, subprotocols=["streamlit"], max_size=None) as socket:
            for number in range(20):
                message = BackMsg()
                if number % 5 == 4:
                    setattr(message, draw.choice(["clear_cache", "load_git_info", "stop_script"]), True)
                else:
                    _give(message, page, known, draw, place)
                socket.send(message.SerializeToString())
                findings.tried += 1
                for content in _received(socket.recv, 1.0 if not known else 0.3):
                    findings.look(f"forged on {page}", content)
                    known |= {one.decode() for one in re.findall(rb"\$\$ID-[0-9a-f]+-[\w .-]+", content)}
                    if ForwardMsg.FromString(content).delta.new_element.HasField("exception"):
                        findings.failed.append(f"forged on {page}: {content[-600:]!r}")
                if time.monotonic() > until:
                    return


def _give(message: BackMsg, page: str, known: set[str], draw: random.Random, place: Path) -> None:
    message.rerun_script.page_name = page
    words = [word.replace("\r\n", " ") for word in hostile(place)]
    run, dataset = (quote(draw.choice(words)[:200]) for _ in range(2))
    message.rerun_script.query_string = f"run={run}&dataset={dataset}&demo={run}"
    for one in sorted(known):
        state, kind = message.rerun_script.widget_states.widgets.add(id=one), draw.choice(_STATES)
        if kind == "string_value":
            state.string_value = draw.choice(words)
        elif kind == "json_value":
            state.json_value = '{"at": [1e9], "path": "/", "chosen": ["x"]}'
        else:
            setattr(state, kind, kind in ("bool_value", "trigger_value") or draw.choice([0, -1, 10**6]))


def _received(receive: Callable[..., bytes], quiet: float) -> Iterator[bytes]:
    while True:
        try:
            yield receive(timeout=quiet)
        except TimeoutError:
            return


def crawl(
    browser: Browser, base: str, findings: Findings, place: Path, seconds: float, seed: int = 0
) -> None:
    """Click and fill whatever there is, on page after page.

    Args:
        browser: a Chromium.
        base: address of the server.
        findings: what comes of it.
        place: a folder of the owner's.
        seconds: how long.
        seed: of the draws.
    """
    draw, until = random.Random(seed), time.monotonic() + seconds
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(3000)
    context.on("response", lambda answer: findings.answered(answer.url[:200], answer.status))
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.dismiss())
    look = functools.partial(_frame, findings, page)
    page.on("websocket", lambda socket: socket.on("framereceived", look))
    for name in itertools.cycle(["evaluate", "overview", *draw.sample(_PAGES, len(_PAGES))]):
        if time.monotonic() > until:
            break
        part = quote(draw.choice(hostile(place))[:300]) if draw.random() < 0.3 else ""
        page.goto(f"{base}/{name}?dataset={part}&run={part}&demo={part}", wait_until="domcontentloaded")
        settled(page)
        for _ in range(12):
            if time.monotonic() > until or not page.url.startswith(base):
                break
            widgets = page.locator(WIDGETS).locator("visible=true")
            try:
                _use(widgets.nth(draw.randrange(max(widgets.count(), 1))), draw, place)
                findings.tried += 1
            except Error:  # gone, covered, or nothing to be clicked
                page.keyboard.press(draw.choice(["Escape", "Enter", "Tab", "h", "f", "?", "ArrowRight"]))
            settled(page)
            if (wrong := page.locator('[data-testid="stException"]')).count():
                findings.failed.append(f"{page.url}: {wrong.first.inner_text()[:300]}")
    context.close()


def settled(page: Page) -> None:
    """Wait until a page is drawn, or a while."""
    try:
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=5000)
    except Error:
        return


def _frame(findings: Findings, page: Page, frame: bytes | str) -> None:
    findings.look(page.url, frame if isinstance(frame, bytes) else frame.encode())


def _use(widget: Locator, draw: random.Random, place: Path) -> None:
    """Fill a field, hand a file to a field for files, or click."""
    kind = widget.get_attribute("type", timeout=500) or ""
    if kind == "file":
        content = draw.choice([b"", b"\xff\xd8\xff" * 1000, b"<svg onload=alert(1)>", b"PK\x03\x04" * 99])
        widget.set_input_files({"name": "../../x.jpg", "mimeType": "image/jpeg", "buffer": content})
    elif kind in ("text", "search", "number") or widget.evaluate("one => one.isContentEditable"):
        widget.fill(draw.choice(hostile(place))[:1000], timeout=1000)
        widget.press("Enter", timeout=1000)
    else:
        widget.click(timeout=1000, modifiers=["Shift"] if draw.random() < 0.05 else None)
