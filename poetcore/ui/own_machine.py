"""Whether a page is looked at on the machine that the server runs on: only there it is "this computer".

To anyone else its folders, and what answers on it alone, are of no use and none of their business.
"""

import ipaddress
from urllib.parse import urlsplit

import streamlit as st

__all__ = ["is_own_machine"]

#: What a server that passes requests on adds to them.
_PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Cf-Connecting-Ip", "Via")


def is_own_machine() -> bool:
    """Return whether the page is looked at on the machine that the server runs on.

    The address of the client is this machine's own, the page was opened under one of its own names, and no
    tunnel or proxy stands between: through one of those everybody comes from here.
    """
    address, headers = st.context.ip_address, st.context.headers
    if any(name in headers for name in _PASSED_ON):
        return False
    own = address is None or _is_loopback(str(address))  # Streamlit has None for localhost
    # A proxy may put its own words into Host; the page's address stays in what the browser says of itself.
    opened = [f"//{headers.get('Host', 'localhost')}", headers.get("Origin", "//localhost")]
    return own and all(map(_is_own_name, opened))


def _is_own_name(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host == "localhost" or host.endswith(".localhost") or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
