"""Requests to routes of our own, without a server."""

import asyncio
import json
from collections.abc import Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

#: What a browser says of a request that a page of the server makes.
OWN = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True)
class Answer:
    """What the server answered, and how many pieces of the request it did not read."""

    status: int
    body: bytes
    unread: int = 0

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


def ask(
    routes: Iterable[Route], method: str, path: str, content: str | bytes = b"", headers: dict[str, str] = OWN
) -> Answer:
    """Send a request to routes as the server does, its body in pieces; the path may have a query."""
    path, _, query = path.partition("?")
    body = content.encode() if isinstance(content, str) else content
    pieces = [body[:1], *(body[at : at + 1000] for at in range(1, max(len(body), 2), 1000))]
    status, answered = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status, answered
        status, answered = message.get("status", status), answered + message.get("body", b"")

    given = [(name.encode(), value.encode()) for name, value in ({"host": "testserver"} | headers).items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": given}
    scope |= {"client": ("127.0.0.1", 50_000), "scheme": "http"}
    server = Starlette(routes=list(routes))
    # In a thread of its own: the browser that other tests drive keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(server(scope, receive, send))).result()
    return Answer(status, answered, len(pieces))
