"""Pictures of a taxon, from a server that answers in the shape of iNaturalist's API."""

import csv
import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.inaturalist import LICENCES, Taxon, find_taxon, observations, parse_licences
from tests.badserver import BadServer, bad_server
from tests.conftest import run_poet

QUICK = FetchOptions(connect_timeout=2, read_timeout=2, retries=1, backoff=0.01, longest_wait=1)
FLY_AGARIC = Taxon(48715, "Amanita muscaria", "species", "Fly Agaric")
#: As the API gives them, most fields that are not used excluded.
TAXA = [
    {"id": 118041, "name": "Amanita muscaria muscaria", "rank": "subspecies", "is_active": True},
    {
        "id": 48715,
        "name": "Amanita muscaria",
        "rank": "species",
        "rank_level": 10,
        "preferred_common_name": "Fly Agaric",
        "matched_term": "Fly Agaric",
        "observations_count": 90178,
    },
]


def observation(number: int, licence: str | None = "cc-by", photos: int = 1, url: str = "") -> dict[str, Any]:
    base = url or "https://inaturalist-open-data.s3.amazonaws.com"
    return {
        "id": number,
        "quality_grade": "research",
        "uri": f"https://www.inaturalist.org/observations/{number}",
        "license_code": "cc-by-nc",
        "photos": [
            {
                "id": 1000 * number + i,
                "license_code": licence,
                "url": f"{base}/photos/{1000 * number + i}/square.jpg?15",
                "attribution": f"(c) Observer {number}, some rights reserved (CC BY)",
                "original_dimensions": {"width": 2048, "height": 1365},
                "flags": [],
            }
            for i in range(photos)
        ],
    }


class Api:
    """A server with some observations."""

    def __init__(self, server: BadServer) -> None:
        self.server = server
        self.observations: list[dict[str, Any]] = []
        self.url = f"{server.url}/v1"
        server.json("/v1/taxa", lambda query: {"total_results": len(TAXA), "results": TAXA})
        server.json("/v1/observations", self.page)

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        after = [one for one in self.observations if one["id"] > int(query["id_above"])]
        size = int(query["per_page"])
        return {"total_results": len(after), "page": 1, "per_page": size, "results": after[:size]}

    def entries(self, **options: Any) -> list[Any]:
        return list(observations(FLY_AGARIC, endpoint=self.url, options=QUICK, seconds_apart=0, **options))


@pytest.fixture
def api() -> Iterator[Api]:
    with bad_server() as server:
        yield Api(server)


def find(api: Api, name: str) -> Taxon:
    return find_taxon(name, api.url, QUICK, seconds_apart=0)


@pytest.mark.parametrize("name", ["Amanita muscaria", "fly agaric", " amanita  MUSCARIA "])
def test_a_taxon_is_found_by_each_of_its_names(api, name):
    assert find(api, name) == FLY_AGARIC


def test_an_unknown_name_is_refused_with_similar_ones(api):
    with pytest.raises(
        OptionError, match=r"no taxon called 'Amanita'.*species Amanita muscaria \(Fly Agaric\)"
    ):
        find(api, "Amanita")


def test_only_research_grade_with_free_licences_is_requested(api):
    api.entries()
    requested = api.server.requested[0]
    assert "taxon_id=48715&quality_grade=research&photos=true" in requested
    assert "photo_license=cc0%2Ccc-by%2Ccc-by-sa%2Ccc-by-nc%2Ccc-by-nc-sa" in requested


def test_all_pages_are_requested(api):
    api.observations = [observation(number) for number in range(1, 451)]
    entries = api.entries()
    assert (len(entries), len({one.url for one in entries})) == (450, 450)


def test_no_page_is_requested_before_it_is_needed(api):
    api.observations = [observation(number) for number in range(1, 451)]
    pages = observations(FLY_AGARIC, endpoint=api.url, options=QUICK, seconds_apart=0)
    assert (len(list(islice(pages, 200))), len(api.server.requested)) == (200, 1)
    pages.close()


def test_requests_are_a_second_apart(api):
    api.observations = [observation(1)]
    began = time.monotonic()
    list(observations(FLY_AGARIC, endpoint=api.url, options=QUICK))
    assert api.server.times[1] - began >= 1


def test_a_picture_comes_with_licence_author_and_page(api):
    api.observations = [observation(7)]
    one = api.entries()[0]
    assert (one.name, one.licence, one.attribution, one.page) == (
        "inaturalist_7000",
        "cc-by",
        "(c) Observer 7, some rights reserved (CC BY)",
        "https://www.inaturalist.org/observations/7",
    )


@pytest.mark.parametrize("size", ["medium", "large"])
def test_a_larger_size_is_requested(api, size):
    api.observations = [observation(7)]
    assert api.entries(size=size)[0].url.endswith(f"amazonaws.com/photos/7000/{size}.jpg")


@pytest.mark.parametrize(("size", "end"), [("medium", ""), ("large", "_b")])
def test_a_photo_at_flickr_has_its_own_names(api, size, end):
    api.observations = [observation(7)]
    api.observations[0]["photos"][0]["url"] = "https://live.staticflickr.com/7355/2746_8624_s.jpg"
    assert api.entries(size=size)[0].url == f"https://live.staticflickr.com/7355/2746_8624{end}.jpg"


def test_one_photo_of_each_observation_is_taken(api):
    api.observations = [observation(7, photos=3)]
    assert [one.name for one in api.entries()] == ["inaturalist_7000"]


def test_every_photo_is_taken_with_every_photo(api):
    api.observations = [observation(7, photos=3)]
    assert len(api.entries(every_photo=True)) == 3


def test_a_photo_with_all_rights_reserved_is_excluded(api):
    api.observations = [observation(7, licence=None)]
    assert api.entries() == []


def test_a_photo_with_all_rights_reserved_is_taken_with_any_licence(api):
    api.observations = [observation(7, licence=None)]
    assert api.entries(licences=None)[0].licence == "all rights reserved"


def test_a_request_to_a_busy_api_is_repeated(api):
    api.server.flaky("/v1/taxa", [503], json.dumps({"results": TAXA}).encode())
    assert find(api, "Amanita muscaria") == FLY_AGARIC


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [(404, b"", "answered 404"), (200, b"<html>", "check the endpoint"), (200, b"[]", "check the endpoint")],
)
def test_a_wrong_endpoint_is_reported(api, status, body, why):
    api.server.body("/v1/taxa", body, status=status)
    with pytest.raises(DownloadError, match=why):
        find(api, "Amanita muscaria")


def test_an_unreachable_api_is_reported():
    with pytest.raises(DownloadError, match="cannot be reached"):
        find_taxon("x", "http://127.0.0.1:9", QUICK, seconds_apart=0)


@pytest.mark.parametrize(("text", "read"), [("cc0, CC-BY", ("cc0", "cc-by")), ("any", None)])
def test_licences_are_read(text, read):
    assert parse_licences(text) == read


@pytest.mark.parametrize("text", ["", "mit", "any,cc0"])
def test_unknown_licences_are_refused(text):
    with pytest.raises(OptionError, match="Licences are cc0"):
        parse_licences(text)


def test_no_licence_that_forbids_changes_is_taken_by_default():
    assert not [licence for licence in LICENCES if "nd" in licence]


def test_the_command_gathers_a_taxon_and_names_the_authors(api, tmp_path: Path):
    api.observations = [observation(number, url=api.server.url) for number in range(1, 21)]
    for number in range(1, 21):
        api.server.photo(f"/photos/{1000 * number}/medium.jpg", number)
    done = run_poet(
        *("gather", tmp_path / "dest", "--taxon", "Fly agaric", "--taxon_endpoint", api.url, "--count", 5),
        *("--workspace", tmp_path / "ws", "--json"),
    )
    answer = json.loads(done.stdout)
    with (tmp_path / "dest" / "ATTRIBUTION.csv").open(encoding="utf-8") as file:
        authors = [row["attribution"][:14] for row in csv.DictReader(file)]
    assert (answer["files"], len(list((tmp_path / "dest" / "Amanita muscaria").iterdir()))) == (5, 5)
    assert authors == [f"(c) Observer {number}" for number in (1, 2, 3, 4, 5)]
