"""What visitors of the public view may ask of the server at all, how much at once, and how many of them.

Pure ASGI, since it passes on streams and WebSockets. A client is an address; behind a proxy all visitors have
the proxy's, unless TFP_PUBLIC_CLIENT_HEADER names the header in which it says who asks (the last address in
it counts, which the proxy itself added).
"""

import ipaddress
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime

from poetcore.errors import OptionError

__all__ = ["Gate", "Limits"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_STREAM = "/_stcore/stream"
_UPLOADS = "/_stcore/upload_file/"

#: Which methods are answered below which addresses; the first that fits counts, and what is none is refused.
_ALLOWED: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), frozenset(methods.split()))
    for pattern, methods in (
        (r"/_stcore/upload_file/[^/]+/[^/]+", "PUT DELETE OPTIONS"),
        (r"(/[a-z_]+)?/_stcore/(health|host-config)", "GET HEAD"),
        (r"/_stcore/bidi-components/.+", "GET HEAD"),
        (r"/(static|media)/.+", "GET HEAD"),
        (r"/poet/(picture|facts)/[^/]+", "GET HEAD"),
        (r"/poet/looks/[^/]+/[^/]+/(map|similar)", "GET HEAD"),
        (r"/poet/live/[^/]+(/map)?", "POST"),
        (r"/([a-z_]+|favicon\.[a-z]+|manifest\.json|index\.html)?", "GET HEAD"),
    )
)

#: What a page of Streamlit's may send; not, for example, what clears the caches of everybody.
_MESSAGES = ("rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request")

#: Bytes of a message: the states of all widgets of a page.
_LARGEST_MESSAGE = 200_000

#: Bytes of a camera's frame, and of a form around an upload.
_FRAME, _FORM = 2_000_000, 20_000

#: Uploads of the largest size that are held or on their way at once.
_AT_ONCE = 20

#: Addresses whose rate is remembered.
_CLIENTS = 10_000


@dataclass(frozen=True)
class Limits:
    """How much a public view serves; each but `from_environment` is a variable `TFP_PUBLIC_<NAME>`.

    Attributes:
        sessions: pages that are open at once, of all visitors.
        rate: requests a second of one client, on average; a page takes some hundred at once.
        upload_mb: megabytes of a picture that is sent; of all that are held at once twenty times as many.
        client_header: where a proxy says who asks; "" for no proxy.
    """

    sessions: int = 60
    rate: int = 60
    upload_mb: int = 10
    client_header: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Limits":
        """Return what the environment says.

        Raises:
            OptionError: a limit is no whole number above 0.
        """
        values: dict[str, Any] = {}
        for one in fields(cls):
            name = f"TFP_PUBLIC_{one.name.upper()}"
            text = environment.get(name, "").strip()
            if text and isinstance(one.default, int):
                if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 1_000_000:
                    raise OptionError(f"{name} is a whole number from 1 to 999999. Received: {text!r}.")
                values[one.name] = int(text)
            elif text:
                values[one.name] = text.lower()
        return cls(**values)

    @property
    def burst(self) -> int:
        """Requests that a client may make at once: a few pages of pictures."""
        return 20 * self.rate


class Gate:
    """Middleware that lets through what a visitor may ask.

    Args:
        app: what answers.
        limits: how much is served.
    """

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._open = 0
        self._coming = 0
        self._clients: dict[str, tuple[float, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        brought = self._brought(scope)
        methods = next((found for pattern, found in _ALLOWED if pattern.fullmatch(path)), None)
        if methods is None:
            await _answer(send, 404, "There is no such page.")
        elif method not in methods:
            await _answer(send, 405, "This cannot be done here.")
        elif not self._take(self._client(scope)):
            await _answer(send, 429, "Too many requests: wait a few seconds.")
        elif brought > self._most(path):
            await _answer(send, 413, f"Too large: a picture may have {self._limits.upload_mb} MB.")
        elif brought and self._taken(path) + brought > _AT_ONCE * self._limits.upload_mb * 1_000_000:
            await _answer(
                send, 413, "The server holds many pictures at the moment: try again in some minutes."
            )
        elif self._is_full() and _is_page(path):
            await _answer(send, 503, _full_page(), "text/html; charset=utf-8")
        else:
            self._coming += brought
            try:
                await self._app(scope, _at_most(receive, self._most(path)), send)
            finally:
                self._coming -= brought

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = self._client(scope)
        if scope["path"] != _STREAM or self._is_full() or not self._take(client):
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        self._open += 1
        try:
            await self._app(scope, lambda: self._message(client, receive), send)
        finally:
            self._open -= 1

    async def _message(self, client: str, receive: Receive) -> Message:
        """Return the next message that a visitor may send; others are passed over."""
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            content = message.get("bytes")
            if content is None or len(content) > _LARGEST_MESSAGE or not self._take(client):
                return {"type": "websocket.disconnect", "code": 1008}
            try:
                kind = BackMsg.FromString(content).WhichOneof("type")
            except Exception:  # what protobuf raises is not told
                return {"type": "websocket.disconnect", "code": 1002}
            if kind in _MESSAGES:
                return message

    def _is_full(self) -> bool:
        return self._open >= self._limits.sessions

    def _most(self, path: str) -> int:
        """Return how many bytes a request may bring."""
        if path.startswith(_UPLOADS):
            return self._limits.upload_mb * 1_000_000 + _FORM
        return _FRAME if path.startswith("/poet/live/") else 0

    def _brought(self, scope: Scope) -> int:
        """Return how many bytes a request brings; of one that does not say it, as many as it may bring."""
        told = _length(scope)
        return self._most(scope["path"]) if told is None and scope["method"] in ("PUT", "POST") else told or 0

    def _taken(self, path: str) -> int:
        """Return the bytes that are held or on their way: a body that comes slowly takes its memory too."""
        return self._coming + (_held() if path.startswith(_UPLOADS) else 0)

    def _take(self, client: str) -> bool:
        """Return whether a client may ask now; each may ask so much at once, then so much a second."""
        now = time.monotonic()
        left, then = self._clients.pop(client, (float(self._limits.burst), now))
        left = min(self._limits.burst, left + (now - then) * self._limits.rate)
        self._clients[client] = (max(left - 1, 0.0), now)
        if len(self._clients) > _CLIENTS:
            del self._clients[next(iter(self._clients))]  # who has not asked for longest
        return left >= 1

    def _client(self, scope: Scope) -> str:
        """Return who asks: an address; of IPv6 the network, all of which is one visitor's."""
        address = (scope.get("client") or ("", 0))[0]
        if name := self._limits.client_header:
            given = [value for key, value in scope["headers"] if key.decode("latin-1").lower() == name]
            address = given[-1].decode("latin-1").rpartition(",")[2].strip() if given else address
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return str(address)[:100]
        return str(known) if known.version == 4 else str(ipaddress.ip_network((int(known), 64), strict=False))


def _length(scope: Scope) -> int | None:
    """Return how many bytes a request says that it brings, if it says so; nonsense is too many."""
    for name, value in scope["headers"]:
        if name.lower() == b"content-length":
            return int(value) if value.isdigit() and len(value) < 15 else 10**15
    return None


def _held() -> int:
    """Return the bytes of pictures that pages hold: Streamlit keeps them until a page is left."""
    if not Runtime.exists():
        return 0
    stored = getattr(Runtime.instance().uploaded_file_mgr, "file_storage", {})
    return sum(len(file.data) for files in list(stored.values()) for file in list(files.values()))


def _at_most(receive: Receive, most: int) -> Receive:
    """Return what receives a body of so many bytes at the most; who sends more is cut off."""
    got = 0

    async def limited() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return {"type": "http.disconnect"} if got > most else message

    return limited


def _is_page(path: str) -> bool:
    return bool(re.fullmatch(r"/([a-z_]+)?", path))


def _full_page() -> str:
    return (Path(__file__).parent / "full.html").read_text(encoding="utf-8")


async def _answer(send: Send, status: int, words: str, kind: str = "text/plain; charset=utf-8") -> None:
    body = words.encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"retry-after", b"30"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
