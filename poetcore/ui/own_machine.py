"""Whether a page is looked at on the machine that the server runs on: only there it is "this computer".

To anyone else its folders, and what answers on it alone, are of no use and none of their business.
"""

from collections.abc import Mapping

import streamlit as st
from starlette.requests import Request

from poetcore.system.hosts import host_in, is_loopback, is_own_name, netloc_in

__all__ = ["asked_on_own_machine", "is_own_machine"]

#: What a server that passes requests on adds to them.
_PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Cf-Connecting-Ip", "Via")


def is_own_machine() -> bool:
    """Return whether the page is looked at on the machine that the server runs on."""
    address = st.context.ip_address
    return _is_own(None if address is None else str(address), st.context.headers)


def asked_on_own_machine(request: Request) -> bool:
    """Return whether a route is asked on the machine that the server runs on."""
    return request.client is not None and _is_own(request.client.host, request.headers)


def _is_own(address: str | None, headers: Mapping[str, str]) -> bool:
    """Return whether a browser on this machine asks.

    The address of the client is this machine's own, the page was opened under one of its own names, and no
    tunnel or proxy stands between: through one of those everybody comes from here.

    Args:
        address: of the client; Streamlit has None for localhost.
        headers: of the request, whatever their case.
    """
    if any(name in headers for name in _PASSED_ON):
        return False
    own = address is None or is_loopback(address)
    # A proxy may put its own words into Host; the page's address stays in what the browser says of itself.
    opened = [headers.get("Host", "localhost"), netloc_in(headers.get("Origin", "//localhost"))]
    return own and all(is_own_name(host_in(one)) for one in opened)
