"""A server that behaves badly, requests to it with short timeouts, and gathering from it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from poetcore.data.file_index import FileIndex
from poetcore.sources.addresses import ALLOW_PRIVATE
from poetcore.sources.fetch import Fetched
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.fetch_pool import FetchPool
from poetcore.sources.gather import gather
from poetcore.sources.gathered import Gathered
from poetcore.sources.keeper import check_picture
from poetcore.sources.urls import Source, parse_urls
from tests.badserver import BadServer, bad_server
from tests.conftest import encoded, picture

PHOTO = encoded(picture(99))
QUICK = FetchOptions(
    connect_timeout=30, read_timeout=30, total_timeout=60, max_megabytes=0.5, retries=2, backoff=0.01
)

ONE_RETRY = replace(QUICK, retries=1)

#: For servers that never answer; a photo may take longer on a busy machine, so for nothing else.
SHORT = replace(ONE_RETRY, total_timeout=3)

Run = Callable[..., Gathered]


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow servers on this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(ALLOW_PRIVATE, "1")


@pytest.fixture
def server() -> Iterator[BadServer]:
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


@pytest.fixture
def index(tmp_path: Path) -> Iterator[FileIndex]:
    with FileIndex(tmp_path / "cache" / "index.sqlite") as memory:
        yield memory


@pytest.fixture
def run(tmp_path: Path, index: FileIndex) -> Run:
    """Gather lists of URLs, by label, into `tmp_path/dest`."""

    def gather_lists(options: FetchOptions = ONE_RETRY, **arguments: object) -> Gathered:
        lists = {k: arguments.pop(k) for k in list(arguments) if isinstance(arguments[k], list)}
        sources = [Source(label, parse_urls(listed).entries, len(listed)) for label, listed in lists.items()]
        return gather(tmp_path / "dest", sources, index, options=options, **arguments)

    return gather_lists


def files(folder: Path) -> list[str]:
    """The pictures in the label folders, by relative path."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.glob("*/*")
        if ".poet" not in path.parts and path.name[0] != "."
    )


def reasons(gathered: Gathered) -> list[str]:
    return [one.reason for one in gathered.rejected]
