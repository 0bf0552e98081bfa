"""Pictures of a taxon from iNaturalist's public API, with licence and author.

Fields of the API (https://api.inaturalist.org/v1/docs) that are used:

- `GET taxa?q=NAME&is_active=true&per_page=30`: of `results` the `id`, `name`, `rank`,
  `preferred_common_name`, `matched_term`;
- `GET observations?taxon_id=&quality_grade=research&photos=true&photo_license=&order_by=id&order=asc&
  id_above=&per_page=200`: of `results` the `id`, `uri`, and of their `photos` the `id`,
  `url`, `license_code`, `attribution`.

A photo's `url` is that of its smallest form, `.../photos/123/square.jpg`; other forms stand beside it by the
names medium (500 pixels at the longest side), large (1024) and original (2048). Photos that are stored at
Flickr follow its naming. The pages are requested by `id_above`, which has no end at 10,000 as page numbers
have, and from the oldest on: the same order in every run, and spread over years, where the newest are all of
this week.
"""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch import Fetched, Outcome, fetch, new_session
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.urls import UrlEntry

__all__ = [
    "INATURALIST",
    "LICENCES",
    "PHOTO_SIZES",
    "Taxon",
    "check_size",
    "find_taxon",
    "observations",
    "parse_licences",
]

INATURALIST = "https://api.inaturalist.org/v1"

#: Licences that permit to use a picture again and change it, as training and cropping do; those that forbid
#: changes (ND) and "all rights reserved" (none) are not among them.
LICENCES = ("cc0", "cc-by", "cc-by-sa", "cc-by-nc", "cc-by-nc-sa")

#: Every licence that the API knows.
_KNOWN_LICENCES = (*LICENCES, "cc-by-nd", "cc-by-nc-nd")

PHOTO_SIZES = ("medium", "large", "original")

#: https://www.inaturalist.org/pages/api+recommended+practices: about one request a second.
_SECONDS_APART = 1.0

_PER_PAGE = 200  # the maximum of the API

#: A page of observations has some megabytes.
_MAX_BYTES = 50_000_000

_FLICKR = re.compile(r"(staticflickr\.com/.*?)_[a-z](\.\w+)$")
_FLICKR_SIZES = {"medium": "", "large": "_b", "original": "_b"}


@dataclass(frozen=True)
class Taxon:
    """A species, genus, ... of iNaturalist.

    Attributes:
        id: its number there.
        name: the scientific name.
        rank: species, genus, ...
        common_name: "" where it has none.
    """

    id: int
    name: str
    rank: str = ""
    common_name: str = ""

    def __str__(self) -> str:
        common = f" ({self.common_name})" if self.common_name else ""
        return f"{self.rank} {self.name}{common}".strip()


def parse_licences(text: str) -> tuple[str, ...] | None:
    """Parse names of licences with commas between them.

    Args:
        text: such as "cc0,cc-by", or "any".

    Returns:
        The names in lower case; None for "any", which accepts every picture.

    Raises:
        OptionError: a name is not a known licence.
    """
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    if names == ("any",):
        return None
    if not names or set(names) - set(_KNOWN_LICENCES):
        raise OptionError(f"Licences are {', '.join(_KNOWN_LICENCES)}, or any. Received: {text!r}")
    return names


def check_size(size: str) -> None:
    """Check that photos are published in a size.

    Args:
        size: one of `PHOTO_SIZES`.

    Raises:
        OptionError: they are not.
    """
    if size not in PHOTO_SIZES:
        raise OptionError(f"A photo's size is one of {', '.join(PHOTO_SIZES)}. Received: {size!r}")


class _Api:
    """Requests to the API: a pause between two of them, and retries where it is busy."""

    def __init__(self, endpoint: str, options: FetchOptions, seconds_apart: float) -> None:
        if not re.match(r"https?://", endpoint):
            raise OptionError(f"The endpoint is a URL. Received: {endpoint!r}")
        self._endpoint = endpoint.rstrip("/")
        self._options = options
        self._seconds_apart = seconds_apart
        self._next = 0.0
        self._session = new_session(options)

    def __enter__(self) -> "_Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, path: str, **parameters: str | int) -> dict[str, Any]:
        url = f"{self._endpoint}/{path}"
        fetched = self._fetch(f"{url}?{urlencode(parameters)}")
        if fetched.outcome is not Outcome.FETCHED:
            raise DownloadError(f"iNaturalist ({url}) {fetched.reason}; check the connection, or try later.")
        try:
            answer = json.loads(fetched.content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
            raise DownloadError(f"{url} does not answer as iNaturalist does; check the endpoint.")
        return answer

    def _fetch(self, url: str) -> Fetched:
        """Request a URL, again where the API is busy."""
        for attempt in range(self._options.retries + 1):
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + self._seconds_apart
            fetched = fetch(url, self._session, self._options, lambda _: None, max_bytes=_MAX_BYTES)
            backoff = self._options.backoff * 2**attempt
            wait = backoff if fetched.retry_after is None else fetched.retry_after
            if not fetched.retry or wait > self._options.longest_wait:
                break
            self._next = max(self._next, time.monotonic() + wait)
        return fetched


def find_taxon(
    name: str,
    endpoint: str = INATURALIST,
    options: FetchOptions | None = None,
    seconds_apart: float = _SECONDS_APART,
) -> Taxon:
    """Find the taxon with a name.

    Args:
        name: its scientific or a common name; case and extra blanks do not matter.
        endpoint: the URL of the API.
        options: timeouts and retries.
        seconds_apart: between two requests.

    Returns:
        The first taxon of exactly this name; a scientific name precedes a common one.

    Raises:
        OptionError: none has exactly this name; the message lists similar ones.
        DownloadError: the API cannot be reached.
    """
    searched = " ".join(name.split()).casefold()
    if not searched:
        raise OptionError("A taxon needs a name, such as Amanita muscaria.")
    with _Api(endpoint, options or FetchOptions(), seconds_apart) as api:
        results = api.get("taxa", q=name, is_active="true", per_page=30)["results"]
    found = [result for result in results if isinstance(result, dict) and isinstance(result.get("id"), int)]
    for key in ("name", "preferred_common_name", "matched_term"):
        for result in found:
            if str(result.get(key) or "").casefold() == searched:
                return _taxon(result)
    similar = "; ".join(str(_taxon(result)) for result in found[:5])
    hint = "Check the spelling, or use the scientific name."
    if similar:
        hint = f"Did you mean one of these: {similar}?"
    raise OptionError(f"iNaturalist has no taxon called {name!r}. {hint}")


def observations(
    taxon: Taxon,
    *,
    licences: tuple[str, ...] | None = LICENCES,
    size: str = "medium",
    every_photo: bool = False,
    endpoint: str = INATURALIST,
    options: FetchOptions | None = None,
    seconds_apart: float = _SECONDS_APART,
) -> Iterator[UrlEntry]:
    """Yield the pictures of a taxon's research-grade observations; each page is requested when it is needed.

    Args:
        taxon: from `find_taxon`; the taxa below it count too.
        licences: those to accept; None accepts all, "all rights reserved" too.
        size: one of `PHOTO_SIZES`.
        every_photo: all photos of an observation, not only its first. They show the same individual, so they
            make a classifier look better than it is where they fall on both sides of a split.
        endpoint: the URL of the API.
        options: timeouts and retries.
        seconds_apart: between two requests.

    Yields:
        The URL of a photo, with licence, author and page.

    Raises:
        OptionError: there is no such size.
        DownloadError: the API cannot be reached.
    """
    check_size(size)
    query: dict[str, str | int] = {
        "taxon_id": taxon.id,
        "quality_grade": "research",
        "photos": "true",
        "order_by": "id",
        "order": "asc",
        "per_page": _PER_PAGE,
    }
    if licences is not None:
        query["photo_license"] = ",".join(licences)
    last = 0
    with _Api(endpoint, options or FetchOptions(), seconds_apart) as api:
        while True:
            page = api.get("observations", **query, id_above=last)
            found = [
                one for one in page["results"] if isinstance(one, dict) and isinstance(one.get("id"), int)
            ]
            for observation in found:
                yield from _photos(observation, licences, size, every_photo)
            newest = max((observation["id"] for observation in found), default=0)
            if newest <= last:
                return
            last = newest


def _photos(
    observation: dict[str, Any], licences: tuple[str, ...] | None, size: str, every_photo: bool
) -> Iterator[UrlEntry]:
    listed = observation.get("photos")
    for photo in listed if isinstance(listed, list) else []:
        if not isinstance(photo, dict):
            continue
        licence = str(photo.get("license_code") or "all rights reserved").lower()
        # An observation matches where one of its photos does.
        if not photo.get("url") or (licences is not None and licence not in licences):
            continue
        yield UrlEntry(
            _sized(str(photo["url"]), size),
            name=f"inaturalist_{photo.get('id') or observation['id']}",
            licence=licence,
            attribution=" ".join(str(photo.get("attribution") or "").split()),
            page=str(observation.get("uri") or ""),
        )
        if not every_photo:
            return


def _sized(url: str, size: str) -> str:
    """Return the URL of a photo in another size, from that of its smallest."""
    if _FLICKR.search(url):
        return _FLICKR.sub(rf"\g<1>{_FLICKR_SIZES[size]}\g<2>", url)
    return re.sub(r"/square(\.\w+)(\?.*)?$", rf"/{size}\g<1>", url)


def _taxon(result: dict[str, Any]) -> Taxon:
    return Taxon(
        result["id"],
        str(result.get("name") or ""),
        str(result.get("rank") or ""),
        str(result.get("preferred_common_name") or ""),
    )
