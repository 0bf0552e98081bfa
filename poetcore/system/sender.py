"""Whose page makes a request: what browsers tell a server of that."""

from collections.abc import Mapping

from poetcore.system.hosts import netloc_in

__all__ = ["leads_here", "sender"]


def sender(headers: Mapping[str, str]) -> str:
    """Return whose page makes a request: "own" or "other", or "none" for no page.

    Browsers say so in `Sec-Fetch-Site` where the address is that of the same machine or begins with https
    (w3.org/TR/fetch-metadata), and in `Origin` with all that is no plain GET and with WebSockets
    (fetch.spec.whatwg.org). An address that somebody typed is asked by no page, as is what a program asks.

    Args:
        headers: of the request, in small letters.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return {"same-origin": "own", "none": "none"}.get(site, "other")
    if origin is None:
        return "none"
    return "own" if netloc_in(origin) == headers.get("host") else "other"


def leads_here(headers: Mapping[str, str]) -> bool:
    """Return whether somebody followed a link, perhaps of another site, to a page in a window of its own."""
    return (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
