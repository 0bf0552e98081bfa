"""Who may talk to the dashboard, tried in Chromium: a hostile site, and names that are markup. Run by hand.

    python -m tests.benchmarks.gate

A second server plays the site, under a name that leads to this machine and under another port of localhost.
Every attack that gets an answer, and every request that reaches that site from a page of ours, is a loss; one
that a page of ours only tries, and its policy stops, is told in a note.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from poetcore.training.tensorboard import TensorBoard
from poetcore.ui.menu import HOME, MENU
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.gate_place import SITE, GatePlace, make_gate_place
from tests.benchmarks.gate_posts import Post, forge, proven_posts, without_gate
from tests.browser.conftest import ARGUMENTS, PATIENCE, ROOT, browser_path, free_port, serving

__all__ = ["Attacks", "HostileSite"]

#: Streamlit's own, which are refused or not there.
_STREAMLIT = [
    Post("POST", "/_stcore/agent/interact", b"{}"),
    Post("POST", "/", b"{}"),
]


class HostileSite:
    """A site that remembers what it was asked for; each address is a page that may run anything.

    Args:
        port: of this machine; 0 for any that is free.
    """

    def __init__(self, port: int = 0) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(f"{self.headers['Host']}{self.path}")
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(b"<!doctype html><title>site</title><link rel=icon href=data:,>")

            do_POST = do_GET  # noqa: N815, as the library wants it

            def log_message(self, format: str, *args: object) -> None:
                """Keep the table readable."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Attacks:
    """What the site tries on a server, and what came of it."""

    def __init__(self, browser: Browser, site: HostileSite) -> None:
        self._browser, self._site = browser, site
        self.trials = 0
        self.losses: list[str] = []
        self.tried: list[str] = []
        self.untried: list[str] = []

    def expect(self, holds: bool, words: str) -> None:
        self.trials += 1
        if not holds:
            self.losses.append(words)
            print(f"LOST: {words}", flush=True)

    @contextmanager
    def on(self, host: str) -> Iterator[Page]:
        """Open a page of the site under a name."""
        context = self._browser.new_context()
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.goto(f"http://{host}:{self._site.port}/")
        yield page
        context.close()

    def rebinding(self, port: int, paths: list[str], what: str) -> None:
        for host in ("evil.example", "localhost.evil.example"):
            with self.on("evil.example") as page:
                for path in paths:
                    answer = page.goto(f"http://{host}:{port}{path}")
                    self.expect(answer is not None and answer.status == 400, f"{what}: {host} got {path}")

    def sockets(self, port: int) -> None:
        connect = """(url) => new Promise((done) => { const s = new WebSocket(url, ["streamlit"]);
            s.onopen = () => done(true); s.onerror = () => done(false); })"""
        for host in ("evil.example", "localhost", "127.0.0.1"):
            for target in ("127.0.0.1", "localhost", "evil.example"):
                with self.on(host) as page:
                    opened = page.evaluate(connect, f"ws://{target}:{port}/_stcore/stream")
                self.expect(not opened, f"WebSocket of {host} to {target}")

    def posts(self, port: int, posts: Sequence[Post]) -> None:
        """Send what does its work without the gate: by its headers alone, and from a page."""
        for post in posts:
            status, _ = forge(port, post, f"http://evil.example:{self._site.port}")
            self.answered(status, f"{post.method} {post.path} with the headers of another site")
        # A browser asks before it sends anything else than a POST, and sends none where nobody answers it.
        for host in ("evil.example", "localhost"):
            for post in (*(one for one in posts if one.method == "POST"), *_STREAMLIT):
                with self.on(host) as page:
                    try:
                        with page.expect_response(lambda answer: answer.request.method == "POST") as got:
                            page.evaluate(
                                """([url, body]) => { fetch(url, {method: "POST", mode: "no-cors",
                                    body: Uint8Array.from(body)}).catch(() => 0) }""",
                                [f"http://127.0.0.1:{port}{post.path}", list(post.body)],
                            )
                        status = got.value.status
                    except PlaywrightError:
                        status = 0
                self.answered(status, f"POST {post.path} of {host}")

    def answered(self, status: int, words: str) -> None:
        """Count a request that must be refused; one without an answer was not tried."""
        if status:
            self.expect(status >= 400, f"{words}: {status}")
        else:
            self.untried.append(f"{words}: no answer, not tried")

    def oracles(self, port: int, sha: str, run: str) -> None:
        """Ask whether a picture is here in every way that tells something: known must be as unknown."""
        image = """(url) => new Promise((done) => { const i = new Image(); i.onload = () => done("load");
            i.onerror = () => done("error"); i.src = url; })"""
        fetched = """(url) => fetch(url, {mode: "no-cors"}).then(() => "told", () => "refused")"""
        script = """(url) => new Promise((done) => { const s = document.createElement("script");
            s.onload = () => done("load"); s.onerror = () => done("error"); s.src = url;
            document.body.append(s); })"""
        frame = """(url) => new Promise((done) => { const f = document.createElement("iframe");
            f.onload = () => done(`${f.contentWindow.length}`); f.src = url; document.body.append(f); })"""
        paths = ["/poet/picture/{}", "/poet/facts/{}", f"/poet/looks/{run}/{{}}/map?label=x"]
        for host in ("evil.example", "localhost"):
            for path in paths:
                for ask in (image, fetched, script, frame):
                    with self.on(host) as page:
                        known, unknown = (
                            page.evaluate(ask, f"http://127.0.0.1:{port}{path.format(one)}")
                            for one in (sha, "0" * 64)
                        )
                    same = known == unknown and known not in ("load", "told")
                    self.expect(same, f"{path} tells {host}: {known}, {unknown}")

    def framing(self, port: int, path: str) -> None:
        for host in ("evil.example", "localhost"):
            with self.on(host) as page:
                page.set_content(f'<iframe src="http://127.0.0.1:{port}{path}"></iframe>')
                page.wait_for_timeout(1500)
                inside = [
                    one.url for one in page.frames[1:] if one.query_selector("#root, tf-tensorboard, .room")
                ]
                self.expect(not inside, f"{host} frames {path}")

    def links(self, port: int, folder: Path) -> None:
        """Lead to a folder that was never used here: it may be named, and not be read."""
        for page_of in (HOME, *MENU):
            for name in ("dataset", "demo"):
                with self.on("evil.example") as page:
                    page.evaluate(
                        f"location.href = 'http://127.0.0.1:{port}/{_path(page_of.name)}?{name}={folder}'"
                    )
                    page.get_by_role("heading", level=1).wait_for()
                    page.get_by_text("never used here").first.wait_for()
                    self.expect("secret_label" not in page.inner_text("body"), f"{page_of.name} read {name}")

    def markup(self, address: str, own: int | None = None) -> None:
        """Open an address of ours whose names are markup; nothing may be asked of another host, or run."""
        before = len(self._site.asked)
        context = self._browser.new_context(viewport={"width": 1440, "height": 3000})
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.on("dialog", lambda dialog: (self.losses.append(f"a script ran: {address}"), dialog.dismiss()))
        asked: list[str] = []
        page.on("request", lambda sent: asked.append(sent.url))
        page.goto(address)
        if own:
            page.get_by_role("heading", level=1).wait_for()
            page.get_by_test_id("stStatusWidget").wait_for(state="detached")
        page.wait_for_timeout(1000)
        context.close()
        foreign = [
            url
            for url in asked
            if urlsplit(url).scheme not in ("blob", "data", "file")
            and not (
                urlsplit(url).hostname in ("127.0.0.1", "localhost") and urlsplit(url).port != self._site.port
            )
        ]
        self.tried += foreign
        self.expect(len(self._site.asked) == before, f"{address} asked {self._site.asked[before:]}")


def _path(name: str) -> str:
    return "" if name == HOME.name else name


def try_everything(attacks: Attacks, address: str, place: GatePlace, posts: Sequence[Post]) -> None:
    """Run all attacks on a dashboard, a TensorBoard and an audience's server, and look at what is made."""
    port = urlsplit(address).port or 0
    attacks.rebinding(
        port,
        ["/", "/train", f"/poet/picture/{place.sha}", "/_stcore/health", "/_stcore/host-config"],
        "dashboard",
    )
    attacks.sockets(port)
    attacks.posts(port, posts)
    attacks.oracles(port, place.sha, place.run.name)
    attacks.framing(port, "/")
    attacks.links(port, place.unused)
    for page in (HOME, *MENU):
        attacks.markup(f"{address}/{_path(page.name)}", port)
        attacks.markup(f"{address}/{_path(page.name)}?{place.query}", port)
        attacks.markup(f"{address}/{_path(page.name)}?dataset={quote(str(place.listing))}", port)
    for file in place.made:
        attacks.markup(file.as_uri())
    board = TensorBoard(place.workspace.summaries)
    board_port = urlsplit(board.start()).port or 0
    try:
        attacks.rebinding(board_port, ["/", "/data/runs", "/data/environment"], "TensorBoard")
        attacks.framing(board_port, "/")
        attacks.markup(f"http://127.0.0.1:{board_port}/")
    finally:
        board.stop()
    command = [sys.executable, "-m", "poetcore.ui.audience.server", "127.0.0.1", str(free_port()), "60"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin and server.stdout
        told = json.loads(server.stdout.readline())["address"]
        attacks.rebinding(urlsplit(told).port or 0, ["/", "/now"], "audience")
        attacks.framing(urlsplit(told).port or 0, "/")
        server.stdin.close()


def main() -> int:
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = make_gate_place(folder)
        site = HostileSite(SITE)
        stack.callback(site.close)
        environment = os.environ | {"TFP_WORKSPACE": str(place.workspace.root)}
        with without_gate(environment) as port:
            posts, unproven = proven_posts(port, place, f"http://evil.example:{SITE}")
        address = stack.enter_context(
            serving(ROOT / "app.py", {"TFP_WORKSPACE": str(place.workspace.root)}, ())
        )
        playwright = stack.enter_context(sync_playwright())
        rules = "--host-resolver-rules=MAP *.example 127.0.0.1, MAP evil.example 127.0.0.1"
        arguments = [one for one in ARGUMENTS if "resolver" not in one]
        browser = playwright.chromium.launch(executable_path=browser_path(), args=[*arguments, rules])
        stack.callback(browser.close)
        attacks = Attacks(browser, site)
        try_everything(attacks, address, place, posts)
    notes = [*attacks.losses, *unproven, *attacks.untried]
    notes += [f"{len(posts)} requests that change something did so without the gate."]
    notes += [*(f"a policy stopped {url}." for url in dict.fromkeys(attacks.tried))]
    Campaign(
        "gate: foreign pages and markup in Chromium",
        "python -m tests.benchmarks.gate",
        attacks.trials,
        attacks.trials,
        losses=len(attacks.losses),
        tracebacks=len(unproven),
        seconds=time.monotonic() - began,
        notes=tuple(notes),
    ).report()
    return int(bool(attacks.losses))


if __name__ == "__main__":
    sys.exit(main())
