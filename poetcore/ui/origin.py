"""Who makes a request: a page of this server, one of another site, or no page at all.

That the server is meant at all is checked before, by the name in the Host header (`ui/protection.py`).
"""

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from poetcore.system.hosts import netloc_in

__all__ = ["from_own_page", "sender"]


def sender(headers: Headers) -> str:
    """Return whose page makes a request: "own" or "other", or "none" for no page.

    Browsers say so in `Sec-Fetch-Site` where the address is that of the same machine or begins with https
    (w3.org/TR/fetch-metadata), and in `Origin` with all that is no plain GET and with WebSockets
    (fetch.spec.whatwg.org). An address that somebody typed is asked by no page, as is what a program asks.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return {"same-origin": "own", "none": "none"}.get(site, "other")
    if origin is None:
        return "none"
    return "own" if netloc_in(origin) == headers.get("host") else "other"


def from_own_page(request: HTTPConnection) -> bool:
    """Return whether a request was made by a page of this server; what changes something answers no other."""
    return sender(request.headers) == "own"
