"""A gathered set is refreshed from its own log: what is new comes, what is there stays."""

import json

import pytest

from poetcore.errors import DatasetError, OptionError
from poetcore.sources.gather import gather
from poetcore.sources.gather_log import GatherLog
from poetcore.sources.gathered import Tally
from poetcore.sources.opening import Endpoints, open_sources
from poetcore.sources.origin import Origin
from poetcore.sources.refresh import sources_of_log
from tests.conftest import encoded, picture
from tests.sources.conftest import ONE_RETRY, files


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "dest"


@pytest.fixture
def first(dest, index):
    """Gather from origins, each with its label."""

    def gather_first(*wanted, count=None, endpoints=None):
        sources = open_sources(wanted, endpoints or Endpoints(), ONE_RETRY, print)
        return gather(dest, sources, index, count=count, options=ONE_RETRY)

    return gather_first


@pytest.fixture
def refreshed(dest, index):
    """Refresh the set; the sentences that were told are appended to the result."""

    def refresh(*labels, count=None, endpoints=None):
        told = []
        sources = sources_of_log(dest, labels, count, endpoints or Endpoints(), ONE_RETRY, told.append)
        done = gather(dest, sources, index, count=count, options=ONE_RETRY, refresh=True)
        return done, told

    return refresh


def urls(tmp_path, *listed):
    file = tmp_path / "urls.txt"
    file.write_text("\n".join(listed))
    return Origin("urls", str(file))


def test_what_was_added_to_the_list_comes(server, tmp_path, first, refreshed):
    first(("rose", urls(tmp_path, *server.photos(2))))
    urls(tmp_path, *server.photos(4))
    assert refreshed()[0].labels == {"rose": Tally(4, 2, 2, 0)}


def test_a_dead_link_that_lives_again_comes(server, tmp_path, first, refreshed):
    first(("rose", urls(tmp_path, *server.photos(1), server.url + "/late.jpg")))
    server.photo("/late.jpg", 50)
    assert refreshed()[0].labels == {"rose": Tally(2, 1, 1, 0)}


def test_what_is_there_is_not_requested_again(server, tmp_path, first, refreshed):
    first(("rose", urls(tmp_path, *server.photos(2))))
    server.requested.clear()
    assert refreshed()[0].files == 2 and server.pictures() == []


def test_what_was_deleted_stays_deleted(server, tmp_path, first, refreshed, dest):
    first(("rose", urls(tmp_path, *server.photos(2))))
    (dest / files(dest)[0]).unlink()
    done, _ = refreshed()
    assert (done.files, len(files(dest))) == (1, 1)


def test_a_picture_that_shows_as_a_placeholder_only_now_stays(server, tmp_path, first, refreshed, dest):
    same = encoded(picture(7))
    first(("rose", urls(tmp_path, server.body("/a.jpg", same))))
    urls(tmp_path, *(server.body(f"/{name}.jpg", same) for name in "abc"))
    refreshed()
    assert len(files(dest)) == 1


def test_a_list_that_is_gone_leaves_the_urls_in_the_log(server, tmp_path, first, refreshed):
    first(("rose", urls(tmp_path, *server.photos(1), server.url + "/late.jpg")))
    server.photo("/late.jpg", 50)
    (tmp_path / "urls.txt").unlink()
    done, told = refreshed()
    assert done.files == 2 and "The URLs in the log are requested all the same." in told[0]


def test_a_set_of_an_older_version_is_refreshed_from_its_urls(server, tmp_path, first, refreshed, dest):
    first(("rose", urls(tmp_path, *server.photos(1), server.url + "/late.jpg")))
    with GatherLog(dest) as log:
        log._write(("DROP TABLE origins", [()]))
    server.photo("/late.jpg", 50)
    assert refreshed()[0].files == 2


@pytest.mark.parametrize("settings", ["{", "[" * 50_000, "3", '{"count": "x"}'])
def test_damaged_settings_of_an_origin_are_told(server, tmp_path, first, refreshed, dest, settings):
    first(("rose", urls(tmp_path, *server.photos(1))))
    with GatherLog(dest) as log:
        log._write(("UPDATE origins SET settings = ?", [(settings,)]))
    with pytest.raises(DatasetError, match="name their source again"):
        refreshed()


def test_a_label_whose_folder_is_gone_does_not_come_back(server, tmp_path, first, refreshed, dest):
    first(("rose", urls(tmp_path, *server.photos(1))))
    (dest / "rose").rename(dest / "Rosa")
    done, told = refreshed()
    assert done.labels == {} and "The folder rose is gone" in told[0]


def test_a_label_that_was_never_gathered_is_refused(server, tmp_path, first, refreshed):
    first(("rose", urls(tmp_path, *server.photos(1))))
    with pytest.raises(OptionError, match="Nothing was gathered for 'tulip': choose from rose"):
        refreshed("tulip")


def test_where_nothing_was_gathered_a_source_is_asked_for(refreshed, dest):
    with pytest.raises(OptionError, match="name a source"):
        refreshed()
    assert not dest.exists()


def inaturalist(server, number):
    """A taxon with so many observations of a photo each."""
    server.json("/v1/taxa", lambda _: {"results": [{"id": 9, "name": "Amanita muscaria", "rank": "species"}]})

    def page(query):
        after = int(query["id_above"])
        return {
            "results": [
                {
                    "id": i,
                    "photos": [{"id": i, "url": server.photo(f"/{i}/square.jpg", i), "license_code": "cc0"}],
                }
                for i in range(after + 1, min(after + 3, number) + 1)
            ]
        }

    server.json("/v1/observations", page)
    for i in range(1, number + 1):
        server.photo(f"/{i}/medium.jpg", i)
    return Endpoints(taxa=server.url + "/v1")


@pytest.mark.parametrize(("count", "new"), [(None, 2), (3, 1)])
def test_of_a_taxon_as_many_new_pictures_come_as_were_asked_for(server, first, refreshed, count, new):
    endpoints = inaturalist(server, 6)
    first(("", Origin("taxon", "Amanita muscaria", 2, licences="cc0")), count=2, endpoints=endpoints)
    done, _ = refreshed(count=count, endpoints=endpoints)
    tally = done.labels["Amanita muscaria"]
    assert (tally.kept, tally.there_already) == (new, 2)


def test_an_origin_holds_no_address_of_a_service(server, first, dest):
    first(("", Origin("taxon", "Amanita muscaria", 1)), count=1, endpoints=inaturalist(server, 1))
    with GatherLog(dest) as log:
        ((_, settings),) = [(label, one.to_json()) for label, (one,) in log.origins().items()]
    assert "127.0.0.1" not in settings and json.loads(settings)["count"] == 1
