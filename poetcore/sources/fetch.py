"""One polite request for one file: timeouts, a size limit, few redirects, and an outcome in words.

Nothing here raises for what a server does: a dead link, a web page in place of a picture or a body without
end become a `Fetched` with its reason.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from poetcore.errors import PictureError
from poetcore.sources.addresses import allowed_here
from poetcore.sources.body import BodyError, TooSlowError, pieces_of
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.redirects import is_placeholder_name, redirect_target, why_not_followed
from poetcore.version import __version__

if TYPE_CHECKING:
    from requests import Response, Session

__all__ = [
    "AGENT",
    "AcquireSlot",
    "Fetched",
    "Outcome",
    "PlaceholderError",
    "fetch",
    "new_session",
    "parse_retry_after",
]

#: The name that Poet goes by, also in robots.txt.
AGENT = "PoetGather"


#: Seconds; a longer Retry-After counts as this much.
_MAX_RETRY_AFTER = 365 * 86_400


class Outcome(StrEnum):
    """How the request for a URL ended."""

    FETCHED = "fetched"
    REFUSED = "refused"  # what is there is no use, and will not be tomorrow
    PLACEHOLDER = "placeholder"  # a picture in place of one that is gone
    UNREACHABLE = "unreachable"  # no server answers there, or not in time
    TEMPORARY = "temporary"  # the server is busy or out of order
    SKIPPED = "skipped"  # not requested, because its host failed too often
    PRIVATE = "private"  # not requested, because it leads to an address that is not on the internet


@dataclass(frozen=True)
class Fetched:
    """The result of a request for one URL.

    Attributes:
        url: the URL that was requested.
        outcome: how it ended.
        reason: why it cannot be used, to be read after the URL ("... answered 404 Not Found").
        content: the whole file where the outcome is FETCHED.
        final_url: the last URL that was requested, after redirects.
        checked: what the pool's check returned for the content.
        retry: whether a later request may succeed (429 or 5xx).
        retry_after: seconds that the server demands before that; None where it named no time.
        seconds: how long it took.
    """

    url: str
    outcome: Outcome
    reason: str = ""
    content: bytes = b""
    final_url: str = ""
    checked: Any = None
    retry: bool = False
    retry_after: float | None = None
    seconds: float = 0.0


class PlaceholderError(PictureError):
    """A picture stands for one that is gone; the message is how that shows."""


#: Waits until the host of a URL has a free slot; returns why the URL must not be requested, or None.
AcquireSlot = Callable[[str], tuple[Outcome, str] | None]


def new_session(options: FetchOptions) -> Session:
    """Return a session that asks only the outside, and whose user agent names Poet and the contact."""
    from poetcore.sources.outside import OutsideSession

    session = OutsideSession(
        allowed_here(options.allow_private),
        header_seconds=options.total_timeout,
    )
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


@dataclass(frozen=True)
class _Request:
    """What stays the same from one redirect to the next."""

    url: str
    session: Session
    options: FetchOptions
    max_bytes: int
    deadline: float
    stopped: Callable[[], bool]

    def failed(self, outcome: Outcome, reason: str, final_url: str) -> Fetched:
        return Fetched(self.url, outcome, reason, final_url=final_url)

    def too_slow(self, final_url: str) -> Fetched:
        reason = f"took longer than {self.options.total_timeout:g} seconds"
        return self.failed(Outcome.UNREACHABLE, reason, final_url)


def fetch(
    url: str,
    session: Session,
    options: FetchOptions,
    acquire_slot: AcquireSlot,
    stopped: Callable[[], bool] = lambda: False,
    max_bytes: int | None = None,
) -> Fetched:
    """Request a file once; redirects are followed, each after a slot of its own host.

    Args:
        url: http or https.
        session: from `new_session`.
        options: the limits.
        acquire_slot: called before each request, so that no host gets too many at once.
        stopped: called now and then; True ends the request.
        max_bytes: instead of `options.max_megabytes`.

    Returns:
        The result; nothing that a server does raises.
    """
    max_bytes = int(options.max_megabytes * 1e6) if max_bytes is None else max_bytes
    request = _Request(url, session, options, max_bytes, time.monotonic() + options.total_timeout, stopped)
    current = url
    for _ in range(options.redirects + 1):
        if current != url and is_placeholder_name(current):
            reason = f"redirects to a placeholder for a missing picture ({current})"
            return request.failed(Outcome.PLACEHOLDER, reason, current)
        if denied := acquire_slot(current):
            return request.failed(*denied, current)
        answer = _send(request, current)
        if isinstance(answer, Fetched):
            return answer
        current = answer
        if reason := why_not_followed(current):
            return Fetched(url, Outcome.REFUSED, f"redirects to {current}, which {reason}")
    return Fetched(url, Outcome.REFUSED, f"redirects more than {options.redirects} times")


def _send(request: _Request, current: str) -> Fetched | str:
    """Send one request; return its result, or the URL to which it redirects."""
    import requests
    from urllib3.exceptions import HTTPError

    from poetcore.sources.outside import InsideError

    left = request.deadline - time.monotonic()
    if left <= 0:
        return request.too_slow(current)
    options = request.options
    timeouts = (min(options.connect_timeout, left), min(options.read_timeout, left))
    try:
        with request.session.get(current, stream=True, allow_redirects=False, timeout=timeouts) as response:
            if (target := redirect_target(current, response)) is not None:
                return target
            if response.status_code != 200:
                return _refused(request, current, response)
            return _read_body(request, current, response)
    except InsideError as error:
        led = f"redirects to {current}, which " if current != request.url else ""
        return request.failed(Outcome.PRIVATE, f"{led}{error}", current)
    except requests.Timeout:
        if time.monotonic() >= request.deadline:
            return request.too_slow(current)
        reason = f"did not answer within {min(timeouts[1], options.read_timeout):g} seconds"
        return request.failed(Outcome.UNREACHABLE, reason, current)
    except requests.exceptions.SSLError:
        return request.failed(Outcome.UNREACHABLE, "has no valid certificate", current)
    except requests.ConnectionError as error:
        if "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error):
            return request.failed(Outcome.UNREACHABLE, "cannot be reached: no server answers there", current)
        return request.failed(Outcome.TEMPORARY, "broke off the connection", current)
    except (requests.RequestException, HTTPError, OSError, UnicodeError, ValueError) as error:
        return request.failed(Outcome.REFUSED, f"cannot be fetched ({type(error).__name__})", current)


def _refused(request: _Request, current: str, response: Response) -> Fetched:
    status = f"answered {response.status_code} {response.reason or ''}".rstrip()
    if response.status_code == 429 or response.status_code >= 500:
        wait = parse_retry_after(response.headers.get("Retry-After", ""))
        return Fetched(
            request.url, Outcome.TEMPORARY, status, final_url=current, retry=True, retry_after=wait
        )
    return request.failed(Outcome.REFUSED, status, current)


def _read_body(request: _Request, current: str, response: Response) -> Fetched:
    """Read a body, never more than the limit and never beyond the deadline."""
    from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError

    pieces: list[bytes] = []
    try:
        pieces.extend(pieces_of(response, request.max_bytes, request.deadline, request.stopped))
    except TooSlowError:
        return request.too_slow(current)
    except BodyError as error:
        outcome = Outcome.TEMPORARY if request.stopped() else Outcome.REFUSED
        return request.failed(outcome, str(error), current)
    except ReadTimeoutError:
        reason = f"sent nothing for {request.options.read_timeout:g} seconds"
        return request.failed(Outcome.UNREACHABLE, reason, current)
    except (IncompleteRead, ProtocolError):
        if time.monotonic() >= request.deadline:
            return request.too_slow(current)
        size = sum(map(len, pieces))
        return request.failed(Outcome.TEMPORARY, f"broke off after {size} bytes", current)
    except (HTTPError, OSError, ValueError) as error:
        return request.failed(Outcome.TEMPORARY, f"cannot be read ({type(error).__name__})", current)
    return Fetched(request.url, Outcome.FETCHED, content=b"".join(pieces), final_url=current)


def parse_retry_after(text: str) -> float | None:
    """Parse a Retry-After header, seconds or a date (RFC 9110, section 10.2.3).

    Args:
        text: the header's value, "" where there is none.

    Returns:
        Seconds from now, from 0 to a year; None where the value is neither.
    """
    from urllib3.exceptions import InvalidHeader
    from urllib3.util import Retry

    try:
        return float(Retry(retry_after_max=_MAX_RETRY_AFTER).parse_retry_after(text))
    except (InvalidHeader, ValueError, TypeError, OverflowError):
        return None
