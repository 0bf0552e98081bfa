"""A server that behaves badly, and requests to it with short patience."""

from collections.abc import Iterator

import pytest

from poetcore.sources.fetch import Fetched
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.fetch_pool import FetchPool
from poetcore.sources.keeper import check_picture
from tests.badserver import BadServer, bad_server
from tests.conftest import encoded, picture

PHOTO = encoded(picture(99))
QUICK = FetchOptions(
    connect_timeout=2, read_timeout=1, total_timeout=2, max_megabytes=0.5, retries=2, backoff=0.01
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with bad_server() as running:
        yield running


def fetch_all(urls: list[str], options: FetchOptions = QUICK) -> dict[str, Fetched]:
    """Fetch URLs; returns the result of each."""
    results: dict[str, Fetched] = {}
    with FetchPool(options, check_picture) as pool:
        for url in urls:
            pool.add(url, url)
        while result := pool.next():
            results[result[0]] = result[1]
    return results


def fetch_one(url: str, options: FetchOptions = QUICK) -> Fetched:
    return fetch_all([url], options)[url]
