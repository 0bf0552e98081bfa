"""Lists of picture addresses by WordNet id, as ImageNet gives them out.

The tutorial took its addresses from ImageNet's service. What it answers is one address a line, or an id and
an address. The service has been moved and switched off at times, so the endpoint can be chosen: any server
that answers so will do.
"""

import re

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch import FetchOptions, Outcome, fetch, new_session
from poetcore.sources.urls import UrlList, parse_urls

__all__ = ["SYNSET_ENDPOINT", "synset_urls"]

#: `{wnid}` stands for the id.
SYNSET_ENDPOINT = "https://www.image-net.org/api/imagenet.synset.geturls?wnid={wnid}"

#: A synset of a thousand addresses has 100 kB.
_MAX_BYTES = 50_000_000


def synset_urls(wnid: str, endpoint: str = SYNSET_ENDPOINT, options: FetchOptions | None = None) -> UrlList:
    """Ask for the addresses of a synset's pictures.

    Args:
        wnid: a WordNet id, such as n12997654.
        endpoint: an address with `{wnid}` in it.
        options: the limits.

    Raises:
        OptionError: the id or the endpoint is none.
        DownloadError: there is no list there.
    """
    if not re.fullmatch(r"n\d{8}", wnid):
        raise OptionError(f"A WordNet id is n and eight digits, such as n12997654. Received: {wnid!r}")
    if not re.match(r"https?://", endpoint) or "{wnid}" not in endpoint:
        raise OptionError(f"The endpoint is a web address with {{wnid}} in it. Received: {endpoint!r}")
    options = options or FetchOptions()
    address = endpoint.replace("{wnid}", wnid)
    with new_session(options) as session:
        answer = fetch(address, session, options, lambda _: None, max_bytes=_MAX_BYTES)
    if answer.outcome is not Outcome.FETCHED:
        raise DownloadError(f"No address list for {wnid}: {address} {answer.reason}; try another endpoint.")
    found = parse_urls(answer.content.decode("utf-8", "backslashreplace").splitlines())
    if not found.wanted:
        raise DownloadError(
            f"No address list for {wnid}: what came from {address} has no address in it; check the id or try"
            " another endpoint."
        )
    return found
