"""Where a redirect leads, and whether it is followed.

They are followed here and not by requests, which reads the whole body of a redirect, however large, and
would follow it before anybody could look at its target.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from poetcore.errors import DownloadError
from poetcore.sources.fetch_options import FetchOptions

if TYPE_CHECKING:
    from requests import Response, Session

__all__ = ["RedirectError", "is_placeholder_name", "redirect_target", "streamed", "why_not_followed"]

_REDIRECTS = (301, 302, 303, 307, 308)

#: Where services redirect requests for a picture that is gone: Flickr (s.yimg.com/pw/images/en-us/
#: photo_unavailable.png), Imgur (i.imgur.com/removed.png), and names that many sites use. Only the target of
#: a redirect is compared with it, so that a picture which really has such a name can be fetched.
_GONE = r"(not[-_]?(found|available)|unavailable|no[-_]?longer[-_]?available|removed|deleted|missing)"
_PLACEHOLDER_NAME = re.compile(
    rf"(photo|image|picture|img|file|media)[-_]?{_GONE}|^({_GONE}|placeholder|no[-_]?(photo|image|picture|img))"
    r"([-_][a-z0-9]{1,2})?\.[a-z]+$",
    re.IGNORECASE,
)


class RedirectError(DownloadError):
    """A redirect is not followed; the message is to be read after the URL."""


def redirect_target(current: str, response: Response) -> str | None:
    """Return the URL to which an answer redirects; None where it does not.

    Args:
        current: what was requested.
        response: the answer.

    Raises:
        ValueError: it redirects to something that is no URL.
    """
    if response.status_code not in _REDIRECTS or not response.headers.get("Location"):
        return None
    target = response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
    return urljoin(current, target).partition("#")[0]


def is_placeholder_name(url: str) -> bool:
    """Return whether a redirect there is one to a placeholder for a picture that is gone."""
    return _PLACEHOLDER_NAME.search(urlsplit(url).path.rpartition("/")[2]) is not None


def why_not_followed(url: str) -> str:
    """Return why the target of a redirect is not requested, to be read after it, or ""."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return "is not http or https"
    # It would be sent to whoever stands behind it, perhaps without encryption.
    return "holds a user name or a password" if "@" in parts.netloc else ""


@contextlib.contextmanager
def streamed(url: str, session: Session, options: FetchOptions) -> Iterator[Response]:
    """Request a file whose body is read piece by piece, and follow redirects.

    Args:
        url: http or https.
        session: from `new_session`.
        options: the limits.

    Raises:
        RedirectError: a redirect is not followed; the message is to be read after the URL.
        RequestException: of requests, where nothing answers; ValueError where a redirect leads to no URL.
    """
    timeouts = (options.connect_timeout, options.read_timeout)
    for _ in range(options.redirects + 1):
        with session.get(url, stream=True, allow_redirects=False, timeout=timeouts) as response:
            target = redirect_target(url, response)
            if target is None:
                yield response
                return
        if reason := why_not_followed(target):
            raise RedirectError(f"redirects to {target}, which {reason}")
        url = target
    raise RedirectError(f"redirects more than {options.redirects} times")
