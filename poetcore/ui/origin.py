"""Whether a page of this server makes a request: what changes something answers no other.

That the server is meant at all is checked before, by the name in the Host header (`ui/protection.py`).
"""

from starlette.requests import HTTPConnection

from poetcore.system.sender import sender

__all__ = ["from_own_page"]


def from_own_page(request: HTTPConnection) -> bool:
    """Return whether a request was made by a page of this server."""
    return sender(request.headers) == "own"
