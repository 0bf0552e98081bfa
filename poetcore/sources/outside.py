"""Requests that connect to the outside only, and to the very address that was checked.

A name is resolved once, in the moment of connecting, and the connection is made to an answer that was
checked: a name server cannot say something else in between. That holds for every request of a session, each
step of a redirect and each spelling of an address, since all of them end in a connection; one that is kept
for another request stays where it was. Host header and certificate are those of the name.

Where the environment names a proxy it is used, since whoever set it up meant that. It resolves names itself,
so a name is checked by what it resolves to here, where it does at all. Passwords of a `.netrc` are not sent.

Imports requests; import it where it is used.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.utils import get_auth_from_url, select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError
from urllib3.util import parse_url
from urllib3.util.connection import create_connection

from poetcore.sources.addresses import ALLOW_PRIVATE, Allowed, kind_of_inside
from poetcore.system.processes import ended_after

__all__ = ["InsideError", "OutsideSession"]

#: Addresses of a name that are tried, one after the other, each as long as a connection may take.
_MOST_ADDRESSES = 4


class InsideError(HTTPError):
    """A name leads to an address that is not outside; the message is to be read after the URL."""


def resolve(host: str, port: int, allowed: Allowed) -> list[str]:
    """Resolve a name once and check every answer.

    Args:
        host: a name, or an address in any spelling that the system understands.
        port: to connect to.
        allowed: what may be asked beside the outside.

    Returns:
        The addresses to connect to.

    Raises:
        InsideError: one of the answers is not outside: of a name that leads to both none is tried.
        OSError: there is no such name.
        UnicodeError: it cannot be a name.
    """
    answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        kind = "" if allowed.allows_host(host) or allowed.allows(address) else kind_of_inside(address)
        if kind:
            raise InsideError(
                f"leads into a network, and only the internet is asked ({kind} address);"
                f" --allow_private HOST or {ALLOW_PRIVATE} permits it"
            )
    return found[:_MOST_ADDRESSES]


class _Outside(HTTPConnection):
    """A connection to an address that was checked, whose headers must come in time."""

    allowed: Allowed
    header_seconds: float

    def _new_conn(self) -> socket.socket:
        try:
            addresses = resolve(self.host, self.port, self.allowed)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        problem: OSError | None = None
        for address in addresses:
            try:
                return create_connection(
                    (address, self.port),
                    self.timeout,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                problem = error
        if isinstance(problem, TimeoutError):
            raise ConnectTimeoutError(self, f"Connection to {self.host} timed out.") from problem
        raise NewConnectionError(self, f"Failed to establish a new connection: {problem}") from problem

    def getresponse(self) -> Any:
        with ended_after(self.header_seconds, self._shut) as late:
            try:
                return super().getresponse()
            except Exception:
                if late.is_set():
                    raise TimeoutError("the headers took too long") from None
                raise

    def _shut(self) -> None:
        if self.sock is not None:
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # past TLS, which the reading thread uses


class _OutsideTls(_Outside, HTTPSConnection):
    """The same with TLS."""


class _Adapter(HTTPAdapter):
    """Makes such connections; without a proxy, since that is chosen by whoever runs this."""

    def __init__(self, allowed: Allowed, header_seconds: float) -> None:
        self._allowed, self._seconds = allowed, header_seconds
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named)
        known = {"allowed": self._allowed, "header_seconds": self._seconds}
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": type(made.__name__, (made,), known)})
            for scheme, pool, made in (
                ("http", HTTPConnectionPool, _Outside),
                ("https", HTTPSConnectionPool, _OutsideTls),
            )
        }

    def send(self, request: PreparedRequest, *arguments: Any, **named: Any) -> Response:
        if select_proxy(request.url or "", named.get("proxies")):
            parts = parse_url(request.url or "")
            with contextlib.suppress(socket.gaierror):  # only the proxy knows the name
                resolve(parts.host or "", parts.port or 80, self._allowed)
        return super().send(request, *arguments, **named)


def _password_of_url(request: PreparedRequest) -> PreparedRequest:
    user, password = get_auth_from_url(request.url or "")
    return HTTPBasicAuth(user, password)(request) if user or password else request


class OutsideSession(Session):
    """A session of requests to the outside; http and https only.

    Args:
        allowed: what may be asked beside the outside.
        header_seconds: for the headers of an answer.
    """

    def __init__(self, allowed: Allowed, *, header_seconds: float) -> None:
        super().__init__()
        self.adapters.clear()
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter(allowed, header_seconds))
        self.auth = _password_of_url  # else a .netrc is looked into
