"""One polite request for one file: timeouts, a size limit, few redirects, and an outcome in words.

Nothing here raises for what a server does: a dead link, a web page in place of a picture or a body without
end become a `Fetched` that says so.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from poetcore import __version__
from poetcore.errors import OptionError, PictureError

if TYPE_CHECKING:
    from requests import Response, Session

__all__ = ["AGENT", "FetchOptions", "Fetched", "Leave", "Outcome", "PlaceholderError", "fetch", "new_session"]

#: The name that Poet goes by, also in robots.txt.
AGENT = "PoetGather"

_CHUNK = 65_536
_REDIRECTS = (301, 302, 303, 307, 308)

#: Where services send those who ask for a picture that is gone: Flickr (s.yimg.com/pw/images/en-us/
#: photo_unavailable.png), Imgur (i.imgur.com/removed.png), and names that many sites use. Only the target of
#: a redirect is held against it, so a picture that is really called so can be fetched.
_GONE = r"(not[-_]?(found|available)|unavailable|no[-_]?longer[-_]?available|removed|deleted|missing)"
_STANDS_FOR_NONE = re.compile(
    rf"(photo|image|picture|img|file|media)[-_]?{_GONE}|^({_GONE}|placeholder|no[-_]?(photo|image|picture|img))"
    r"([-_][a-z0-9]{1,2})?\.[a-z]+$",
    re.IGNORECASE,
)


class Outcome(StrEnum):
    """What came of asking for an address."""

    FETCHED = "fetched"
    REFUSED = "refused"  # what is there is no use, and will not be tomorrow
    PLACEHOLDER = "placeholder"  # a picture that says that the picture is gone
    UNREACHABLE = "unreachable"  # nobody answers there, or not in time
    TEMPORARY = "temporary"  # the server is busy or out of order
    SKIPPED = "skipped"  # not asked, because its site failed too often


@dataclass(frozen=True)
class FetchOptions:
    """How hard, how fast and how long to try.

    Attributes:
        workers: requests at once in all.
        per_host: requests at once to one host.
        interval: seconds between the starts of two requests to one host.
        connect_timeout: seconds until a connection stands.
        read_timeout: seconds without a byte.
        total_timeout: seconds for one picture, redirects included; ends a server that drips.
        max_megabytes: a larger file is cut off and refused.
        retries: how often to ask again after 429 or 5xx; after anything else never.
        backoff: seconds before the first of these, doubled each time, if the server names no time itself.
        longest_wait: seconds; a server that asks to wait longer is asked in another run.
        redirects: how many to follow.
        host_failures: failures in a row, dead links not among them, after which a host is left alone.
        host_placeholders: placeholders in a row after which a host is left alone.
        robots: keep to robots.txt.
        contact: an e-mail address or page that goes into the user agent.
    """

    workers: int = 16
    per_host: int = 4
    interval: float = 0.0
    connect_timeout: float = 10
    read_timeout: float = 20
    total_timeout: float = 60
    max_megabytes: float = 25
    retries: int = 3
    backoff: float = 1.0
    longest_wait: float = 120
    redirects: int = 5
    host_failures: int = 5
    host_placeholders: int = 20
    robots: bool = True
    contact: str = ""

    def __post_init__(self) -> None:
        for name in ("workers", "per_host", "host_failures", "host_placeholders"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name} must be at least 1. Received: {getattr(self, name)}")
        for name in ("connect_timeout", "read_timeout", "total_timeout", "max_megabytes"):
            if not getattr(self, name) > 0:
                raise OptionError(f"{name} must be more than 0. Received: {getattr(self, name)}")
        for name in ("interval", "retries", "backoff", "longest_wait", "redirects"):
            if not getattr(self, name) >= 0:
                raise OptionError(f"{name} must be at least 0. Received: {getattr(self, name)}")
        if not self.contact.isascii() or not self.contact.isprintable():
            raise OptionError(f"contact must be plain ASCII. Received: {self.contact!r}")


@dataclass(frozen=True)
class Fetched:
    """What came of one address.

    Attributes:
        address: what was asked for.
        outcome: how it ended.
        reason: why it cannot be used, to be read after the address ("... answered 404 Not Found").
        content: the whole file where the outcome is FETCHED.
        final: where it was in the end, after redirects.
        found: what the check made of the content.
        again: whether the server said that another time may do (429 or 5xx).
        wait: seconds that it asks to wait; None where it did not say.
        seconds: how long it took.
    """

    address: str
    outcome: Outcome
    reason: str = ""
    content: bytes = b""
    final: str = ""
    found: Any = None
    again: bool = False
    wait: float | None = None
    seconds: float = 0.0


class PlaceholderError(PictureError):
    """A picture stands for one that is gone; the message is how that shows."""


#: Waits until the host of an address may be asked; gives what speaks against asking, or None.
Leave = Callable[[str], tuple[Outcome, str] | None]


def new_session(options: FetchOptions) -> Session:
    """Make a session that says who asks."""
    import requests

    session = requests.Session()
    contact = f"; {options.contact}" if options.contact else ""
    session.headers.update(
        {
            "User-Agent": f"{AGENT}/{__version__} (gathers pictures for an image classifier{contact})",
            "Accept": "image/*,*/*;q=0.5",
            # Pictures are compressed already, and a small answer cannot swell.
            "Accept-Encoding": "identity",
        }
    )
    return session


def fetch(
    address: str,
    session: Session,
    options: FetchOptions,
    leave: Leave,
    stopped: Callable[[], bool] = lambda: False,
    max_bytes: int | None = None,
) -> Fetched:
    """Ask once for a file; redirects are followed, each with leave of its own.

    Args:
        address: http or https.
        session: from `new_session`.
        options: the limits.
        leave: asked before each request, so that no host gets too many at once.
        stopped: asked now and then; True ends the request.
        max_bytes: instead of `options.max_megabytes`.
    """
    limit = int(options.max_megabytes * 1e6) if max_bytes is None else max_bytes
    deadline = time.monotonic() + options.total_timeout
    current = address
    for _ in range(options.redirects + 1):
        if current != address and _STANDS_FOR_NONE.search(urlsplit(current).path.rpartition("/")[2]):
            reason = f"leads to a picture that stands for a missing one ({current})"
            return Fetched(address, Outcome.PLACEHOLDER, reason, final=current)
        if against := leave(current):
            return Fetched(address, *against, final=current)
        answer = _ask(address, current, session, options, limit, deadline, stopped)
        if isinstance(answer, Fetched):
            return answer
        current = answer
        if urlsplit(current).scheme not in ("http", "https"):
            return Fetched(address, Outcome.REFUSED, f"leads to {current}, which is not http or https")
    return Fetched(address, Outcome.REFUSED, f"leads on more than {options.redirects} times")


def _ask(
    address: str,
    current: str,
    session: Session,
    options: FetchOptions,
    limit: int,
    deadline: float,
    stopped: Callable[[], bool],
) -> Fetched | str:
    """Make one request; give what came, or the address of a redirect."""
    import requests
    from urllib3.exceptions import HTTPError

    left = deadline - time.monotonic()
    if left <= 0:
        return Fetched(address, Outcome.UNREACHABLE, _too_slow(options), final=current)
    timeouts = (min(options.connect_timeout, left), min(options.read_timeout, left))
    try:
        with session.get(current, stream=True, allow_redirects=False, timeout=timeouts) as response:
            if response.status_code in _REDIRECTS and response.headers.get("Location"):
                target = response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
                return urljoin(current, target).partition("#")[0]
            if response.status_code != 200:
                return _refused(address, current, response)
            return _body(address, current, response, options, limit, deadline, stopped)
    except requests.Timeout:
        waited = f"did not answer within {min(timeouts[1], options.read_timeout):g} seconds"
        return Fetched(address, Outcome.UNREACHABLE, waited, final=current)
    except requests.exceptions.SSLError:
        return Fetched(address, Outcome.UNREACHABLE, "has no sound certificate", final=current)
    except requests.ConnectionError as error:
        if "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error):
            return Fetched(address, Outcome.UNREACHABLE, "cannot be reached: nobody answers", final=current)
        return Fetched(address, Outcome.TEMPORARY, "broke off the connection", final=current)
    except (requests.RequestException, HTTPError, OSError, UnicodeError, ValueError) as error:
        return Fetched(address, Outcome.REFUSED, f"cannot be fetched ({type(error).__name__})", final=current)


def _refused(address: str, current: str, response: Response) -> Fetched:
    status = f"answered {response.status_code} {response.reason or ''}".rstrip()
    if response.status_code == 429 or response.status_code >= 500:
        wait = _retry_after(response.headers.get("Retry-After", ""))
        return Fetched(address, Outcome.TEMPORARY, status, final=current, again=True, wait=wait)
    return Fetched(address, Outcome.REFUSED, status, final=current)


def _body(
    address: str,
    current: str,
    response: Response,
    options: FetchOptions,
    limit: int,
    deadline: float,
    stopped: Callable[[], bool],
) -> Fetched:
    """Read a body piece by piece, never more than the limit and never beyond the deadline."""
    from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError

    too_large = Fetched(address, Outcome.REFUSED, f"is larger than {limit / 1e6:g} megabytes", final=current)
    announced = response.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > limit:
        return too_large
    pieces: list[bytes] = []
    size = 0
    try:
        # One receive at a time: read() would wait until its buffer is full, however slowly bytes drip.
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                return too_large
            if stopped():
                return Fetched(address, Outcome.TEMPORARY, "was not finished", final=current)
            if time.monotonic() > deadline:
                return Fetched(address, Outcome.UNREACHABLE, _too_slow(options), final=current)
    except ReadTimeoutError:
        silent = f"sent nothing for {options.read_timeout:g} seconds"
        return Fetched(address, Outcome.UNREACHABLE, silent, final=current)
    except (IncompleteRead, ProtocolError):
        return Fetched(address, Outcome.TEMPORARY, f"broke off after {size} bytes", final=current)
    except (HTTPError, OSError, ValueError) as error:
        cannot = f"cannot be read ({type(error).__name__})"
        return Fetched(address, Outcome.TEMPORARY, cannot, final=current)
    return Fetched(address, Outcome.FETCHED, content=b"".join(pieces), final=current)


def _too_slow(options: FetchOptions) -> str:
    return f"took longer than {options.total_timeout:g} seconds"


def _retry_after(text: str) -> float | None:
    """Read a Retry-After header, seconds or a date (RFC 9110, section 10.2.3)."""
    if text.strip().isdigit():
        return float(text)
    try:
        then = email.utils.parsedate_to_datetime(text)
        return max(0.0, then.timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
