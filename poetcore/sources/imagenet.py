"""Lists of picture URLs by WordNet id, as ImageNet publishes them.

The tutorial took its URLs from ImageNet's service, which answers one URL a line, or an id and a URL. The
service has been moved and switched off at times, so the endpoint can be chosen: any server that answers in
this form will do.
"""

import re

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch import Outcome, fetch, new_session
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.urls import UrlList, parse_urls

__all__ = ["SYNSET_ENDPOINT", "check_wnid", "is_wnid", "synset_urls"]

#: `{wnid}` stands for the id.
SYNSET_ENDPOINT = "https://www.image-net.org/api/imagenet.synset.geturls?wnid={wnid}"

#: The list of a synset of a thousand URLs has 100 kB.
_MAX_BYTES = 50_000_000


def is_wnid(text: str) -> bool:
    """Return whether a text is a WordNet id: n and eight digits."""
    return re.fullmatch(r"n\d{8}", text) is not None


def check_wnid(wnid: str) -> None:
    """Check that a text is a WordNet id.

    Raises:
        OptionError: it is not.
    """
    if not is_wnid(wnid):
        raise OptionError(f"A WordNet id is n and eight digits, such as n12997654. Received: {wnid!r}")


def synset_urls(wnid: str, endpoint: str = SYNSET_ENDPOINT, options: FetchOptions | None = None) -> UrlList:
    """Request the URLs of a synset's pictures.

    Args:
        wnid: a WordNet id, such as n12997654.
        endpoint: a URL with `{wnid}` in it.
        options: the limits.

    Returns:
        The URLs, and the lines of the answer that hold none.

    Raises:
        OptionError: the id or the endpoint is malformed.
        DownloadError: the endpoint has no list of URLs.
    """
    check_wnid(wnid)
    if not re.match(r"https?://", endpoint) or "{wnid}" not in endpoint:
        raise OptionError(f"The endpoint is a URL with {{wnid}} in it. Received: {endpoint!r}")
    options = options or FetchOptions()
    url = endpoint.replace("{wnid}", wnid)
    with new_session(options) as session:
        answer = fetch(url, session, options, lambda _: None, max_bytes=_MAX_BYTES)
    if answer.outcome is not Outcome.FETCHED:
        raise DownloadError(
            f"No list of URLs for {wnid}: {url} {answer.reason}; try another --wnid_endpoint, or --original,"
            " --taxon or --urls."
        )
    found = parse_urls(answer.content.decode("utf-8", "backslashreplace").splitlines())
    if not found.entries:
        raise DownloadError(
            f"No list of URLs for {wnid}: the answer of {url} has no URL in it; check the id or try another"
            " endpoint."
        )
    return found
