"""Under which names a server of this machine may be opened, and which addresses reach this machine alone.

A page of any site whose name is made to lead here would get whatever a server has, as if it were its own
(DNS rebinding). The name stays in the request's Host header, so a server that answers only to names that
nobody else can give is safe from that: this machine's own, and those that its owner lists.
"""

import ipaddress
import os
import socket
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from poetcore.errors import OptionError

__all__ = [
    "ALLOWED_HOSTS",
    "OWN_NAMES",
    "PUBLIC",
    "REMOTE_CONTROL",
    "allows",
    "host_in",
    "is_loopback",
    "is_on",
    "is_own_name",
    "names_of",
    "netloc_in",
    "remote_control",
]

#: Names under which every machine reaches itself.
OWN_NAMES = ("localhost", "127.0.0.1", "::1")

#: The variable with more names, divided by commas or blanks; `*.example.org` are all below that one.
ALLOWED_HOSTS = "TFP_ALLOWED_HOSTS"

#: Streamlit's own variable for them.
_STREAMLITS = "STREAMLIT_SERVER_ALLOWED_HOSTS"

#: The variable with which the owner allows others to control the dashboard.
REMOTE_CONTROL = "TFP_ALLOW_REMOTE_CONTROL"

#: The variable of a dashboard that shows what was published to visitors, who control nothing.
PUBLIC = "TFP_PUBLIC"


def is_loopback(host: str) -> bool:
    """Return whether a number is one under which only this machine reaches itself.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, True, False, False)
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def is_own_name(host: str) -> bool:
    """Return whether a name or number is one under which this machine reaches itself."""
    return host == "localhost" or host.endswith(".localhost") or is_loopback(host)


def host_in(netloc: str | None) -> str:
    """Return the name in a Host header or the like, without its port; "" where it can be none.

    >>> host_in("LocalHost.:8501"), host_in("[::1]:8501"), host_in("evil@localhost"), host_in(None)
    ('localhost', '::1', '', '')
    """
    try:
        parts = urlsplit(f"//{netloc or ''}")
        host, _ = parts.hostname, parts.port  # of no number or one too large, `port` raises
    except ValueError:
        return ""
    if not host or parts.netloc != netloc or parts.username is not None or parts.password is not None:
        return ""
    return host.rstrip(".")


def netloc_in(address: str) -> str:
    """Return name and port in an address such as that of an Origin header; "" where there are none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def names_of(
    address: str, more: Sequence[str] = (), environ: Mapping[str, str] = os.environ
) -> tuple[str, ...]:
    """Return the names under which a server may be opened.

    Args:
        address: on which it listens; "" are all that the machine has.
        more: names that stand in a file of settings.
        environ: the environment, in which its owner gives some.
    """
    listed = f"{environ.get(ALLOWED_HOSTS, '')} {environ.get(_STREAMLITS, '')}".replace(",", " ").split()
    reached = () if is_own_name(address) else (address, *_names_in_the_network())
    found = (*OWN_NAMES, *reached, *more, *listed)
    return tuple(dict.fromkeys(name.strip("[]").lower().rstrip(".") for name in found if name))


def allows(names: Sequence[str], netloc: str | None) -> bool:
    """Return whether one of the names stands in a Host header.

    >>> allows(["localhost", "*.lab.example"], "a.lab.example:80"), allows(["localhost"], "lab.example")
    (True, False)
    """
    host = host_in(netloc)
    return bool(host) and any(
        name in ("*", host) or (name.startswith("*.") and host.endswith(name[1:])) for name in names
    )


def is_on(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether a variable of the environment switches something on."""
    return environ.get(name, "").strip().lower() not in ("", "0", "false", "no", "off")


def remote_control(address: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return in a sentence what others may do on a dashboard; "" where nobody else controls it.

    Args:
        address: on which it is to listen; "" are all that the machine has.
        environ: the environment, in which the owner may have allowed it.

    Raises:
        OptionError: others would control it, and the owner has not allowed that.
    """
    if is_own_name(address) or is_on(PUBLIC, environ):
        return ""
    able = (
        f"At the address {address or '0.0.0.0'} everyone who reaches this machine can read its folders, see,"
        " move and delete pictures and start trainings, without a password"
    )
    if is_on(REMOTE_CONTROL, environ):
        return f"{able}."
    raise OptionError(f"{able}: if you want that, add --allow-remote-control or set {REMOTE_CONTROL}=1.")


def _names_in_the_network() -> list[str]:
    """Return what others call this machine; the web's name servers have none of it."""
    import psutil

    numbers = [
        one.address.split("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for one in addresses
        if one.family in (socket.AF_INET, socket.AF_INET6)
    ]
    name = socket.gethostname()
    # A name with dots is one that a name server may have, and is to be given by who knows whose that is.
    return [*numbers, *([] if "." in name else [name, f"{name}.local"])]
