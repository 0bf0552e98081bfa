"""What stands before every answer of the dashboard's server, Streamlit's own and ours alike.

Who asks under a name that is not this server's gets nothing (see `system/hosts.py`), nor does a page of
another site: it may lead here, but not load, send, frame or connect to anything. What is answered may load
and ask nothing from elsewhere. It is plain ASGI, so WebSockets and streams pass through.
"""

import base64
import hashlib
import re
from collections.abc import Sequence

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config

from poetcore.system.hosts import allows, host_in, is_own_name, names_of
from poetcore.system.sender import leads_here, sender
from poetcore.ui.page_start import page

__all__ = ["Gate", "headers", "listens_on", "protections"]

#: What no page of another site may even lead to.
_INSIDE = ("/poet/", "/media/", "/_stcore/", "/component/")


def listens_on() -> str:
    """Return the address on which the server listens; "" are all that the machine has."""
    address: str | None = st.get_option("server.address")
    return address or ""


def protections() -> list[Middleware]:
    """Return what the server puts before its answers; Streamlit's own check gets the same names."""
    names = names_of(listens_on(), st.get_option("server.allowedHosts"))
    config.set_option("server.allowedHosts", list(names))
    return [Middleware(Gate, names=names)]


class Gate:
    """Refuses who may not ask, and adds the headers to every answer.

    Args:
        app: what answers the others.
        names: under which the server may be opened.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app = app
        self._names = names
        self._headers = headers()
        self._trusted = self._headers | {"Cross-Origin-Opener-Policy": "same-origin"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        given = Headers(scope=scope)
        # Of an address that browsers do not trust they complain that this is no use.
        trusted = scope["scheme"] == "https" or is_own_name(host_in(given.get("host")))
        added = self._trusted if trusted else self._headers

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(added)
            await send(message)

        await (self._refusal(scope, given) or self._app)(scope, receive, send_protected)

    def _refusal(self, scope: Scope, given: Headers) -> ASGIApp | None:
        """Return the answer to who may not ask; None for everyone else."""
        hosts = given.getlist("host")
        if len(hosts) != 1 or not allows(self._names, hosts[0]):
            return _refused(scope, "Invalid host header", 400)
        asks = sender(given)
        changes = scope["type"] == "http" and scope["method"] not in ("GET", "HEAD")
        if (
            asks == "own"
            or (asks == "none" and not changes)
            or (asks == "other" and _opens_page(scope, given))
        ):
            return None
        return _refused(scope, "Only pages of this server may ask for this.", 403)


def _refused(scope: Scope, words: str, status: int) -> ASGIApp:
    return WebSocketClose() if scope["type"] == "websocket" else PlainTextResponse(words, status)


def _opens_page(scope: Scope, given: Headers) -> bool:
    """Return whether somebody followed a link to a page of ours, not to what lies behind the pages."""
    return scope.get("method") == "GET" and leads_here(given) and not scope["path"].startswith(_INSIDE)


def headers() -> dict[str, str]:
    """Return what every answer says: nothing of elsewhere is loaded, nobody elsewhere loads or frames it."""
    policy = {
        "default-src": "'none'",
        # blob: is how Streamlit runs the scripts of components.
        "script-src": f"'self' blob: {_inline_scripts()}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' blob: data:",
        "media-src": "'self' blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {allowed}" for name, allowed in policy.items()),
        "Cross-Origin-Resource-Policy": "same-origin",
        # Not no-referrer, with which the Origin of what a page sends could be null.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def _inline_scripts() -> str:
    """Return the scripts inside of Streamlit's page, and ours in it, as a policy names them."""
    found = re.findall(r"<script>(.*?)</script>", page(), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found]
    return " ".join(f"'sha256-{one}'" for one in hashes)
