"""A web server on this machine that behaves as badly as the web does, and records its requests."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from poetcore.sources.addresses import ALLOW_PRIVATE
from tests.conftest import encoded, picture

__all__ = ["BadServer", "Page", "bad_server"]


class Handler(BaseHTTPRequestHandler):
    """Answers with the page of a path."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes
    state: "BadServer"

    def do_GET(self) -> None:
        state, parts = self.state, urlsplit(self.path)
        with state.lock:
            state.requested.append(self.path)
            state.agents.add(self.headers.get("User-Agent", ""))
            state.times.append(time.monotonic())
            state.at_once += 1
            state.most_at_once = max(state.most_at_once, state.at_once)
        time.sleep(state.delay)
        with state.lock:
            # Before the answer: its receiver may send another request before the next line runs.
            state.at_once -= 1
        try:
            page = state.pages.get(unquote(parts.path))
            if page is None:
                self.answer(404, b"gone")
            else:
                page(self)
        except OSError:
            self.close_connection = True  # the client has left

    def answer(self, status: int, body: bytes, kind: str = "image/jpeg", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""


Page = Callable[[Handler], None]


@dataclass
class BadServer:
    """What the server shows, and the requests to it.

    Attributes:
        pages: path -> what answers there; anything else is 404.
        requested: every path, with its query, in the order of the requests.
        agents: the user agents.
        times: when each request came.
        most_at_once: the largest number of requests that waited for their answers at the same time.
        delay: seconds before each answer.
        ended: set when the server goes down, so that answers without end do end.
    """

    url: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    delay: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def pictures(self) -> list[str]:
        """The requested paths without robots.txt."""
        return [path for path in self.requested if path != "/robots.txt"]

    def counts(self) -> Counter[str]:
        return Counter(self.requested)

    def body(self, path: str, content: bytes, kind: str = "image/jpeg", status: int = 200) -> str:
        """Show a content; returns its URL."""
        return self.page(path, lambda handler: handler.answer(status, content, kind))

    def photo(self, path: str, seed: int = 0) -> str:
        """Show a picture that no other seed has; returns its URL."""
        return self.body(path, encoded(picture(seed)))

    def photos(self, count: int, first: int = 0) -> list[str]:
        return [self.photo(f"/photo{i}.jpg", i) for i in range(first, first + count)]

    def page(self, path: str, page: Page) -> str:
        self.pages[path] = page
        return self.url + path

    def redirect(self, path: str, target: str) -> str:
        return self.page(path, lambda handler: handler.answer(302, b"", Location=target))

    def json(self, path: str, answer: Callable[[dict[str, str]], Any]) -> str:
        """Answer with the result of a function of the query."""

        def page(handler: Handler) -> None:
            handler.answer(200, json.dumps(answer(handler.query())).encode(), "application/json")

        return self.page(path, page)

    def flaky(self, path: str, statuses: list[int], content: bytes, **headers: str) -> str:
        """Answer with each status in turn, then with the content."""
        left = list(statuses)

        def page(handler: Handler) -> None:
            if left:
                handler.answer(left.pop(0), b"busy", "text/plain", **headers)
            else:
                handler.answer(200, content)

        return self.page(path, page)

    def drip(self, path: str, content: bytes, seconds: float) -> str:
        """Send a byte now and then, on and on."""

        def page(handler: Handler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            for i in range(len(content)):
                if self.ended.wait(seconds):
                    return
                handler.wfile.write(content[i : i + 1])
                handler.wfile.flush()

        return self.page(path, page)

    def drip_header(self, path: str, seconds: float) -> str:
        """Send a header line a letter at a time, on and on."""

        def page(handler: Handler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.ended.wait(seconds):
                handler.wfile.write(b"a")
                handler.wfile.flush()

        return self.page(path, page)

    def silent(self, path: str) -> str:
        """Take the request and never answer."""
        return self.page(path, lambda handler: handler.wfile.flush() if self.ended.wait(30) else None)

    def truncated(self, path: str, content: bytes, missing: int) -> str:
        """Announce more than is sent."""

        def page(handler: Handler) -> None:
            handler.answer(200, content, length=str(len(content) + missing))
            handler.close_connection = True

        return self.page(path, page)

    def truncated_chunks(self, path: str, content: bytes) -> str:
        """Send chunks without the last one."""

        def page(handler: Handler) -> None:
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            handler.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            handler.close_connection = True

        return self.page(path, page)

    def endless(self, path: str) -> str:
        """Send chunks without end, no length announced."""

        def page(handler: Handler) -> None:
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
            while not self.ended.is_set():
                handler.wfile.write(chunk)

        return self.page(path, page)

    def reset(self, path: str) -> str:
        """Close the connection without an answer."""

        def page(handler: Handler) -> None:
            handler.close_connection = True
            handler.connection.close()

        return self.page(path, page)


@contextmanager
def bad_server() -> Iterator[BadServer]:
    """Run a server as long as the block lasts; meanwhile this machine may be asked, and without a proxy."""
    state = BadServer()

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Clients that leave are expected."""

    with (
        pytest.MonkeyPatch.context() as patch,
        Server(("127.0.0.1", 0), type("OurHandler", (Handler,), {"state": state})) as httpd,
    ):
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setenv(ALLOW_PRIVATE, "1")
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        state.url = f"http://127.0.0.1:{httpd.server_port}"
        try:
            yield state
        finally:
            state.ended.set()
            httpd.shutdown()
            thread.join()
