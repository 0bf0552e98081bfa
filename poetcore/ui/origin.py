"""Whether a request comes from a page of this server: what changes something answers no other.

Streamlit checks its own addresses; routes of ours have to do it themselves. That the server is meant at all
is checked before (`allowed_hosts` in app.py).
"""

from urllib.parse import urlsplit

from starlette.requests import Request

__all__ = ["from_own_page"]


def from_own_page(request: Request) -> bool:
    """Return whether a request was made by a page of this server.

    Browsers say so in `Sec-Fetch-Site` where the address is that of the same machine or begins with https
    (w3.org/TR/fetch-metadata), and in `Origin` with all that is no plain GET (fetch.spec.whatwg.org).
    A request with neither is refused: no page of ours sends one.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")
