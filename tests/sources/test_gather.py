"""Gathering pictures into label folders, from a server that behaves badly."""

import contextlib
import csv
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from poetcore.data.dataset import scan
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.gather import gather
from poetcore.sources.gathered import Tally
from poetcore.sources.urls import Source, UrlEntry
from tests.conftest import encoded, picture
from tests.sources.conftest import ONE_RETRY, SHORT, files, reasons


def test_pictures_come_into_their_label_folders(server, run):
    gathered = run(daisy=server.photos(3), rose=server.photos(2, first=10))
    assert [path.split("/")[0] for path in files(gathered.dest)] == ["daisy"] * 3 + ["rose"] * 2


def test_the_tally_adds_up(server, run):
    gathered = run(daisy=[*server.photos(3), server.url + "/none.jpg"])
    assert gathered.labels == {"daisy": Tally(asked=4, kept=3, there_already=0, rejected=1)}


def test_what_was_gathered_can_be_scanned(server, run, index):
    gathered = run(daisy=server.photos(3), rose=server.photos(2, first=10))
    assert scan(gathered.dest, index, verify=True).counts() == {"daisy": 3, "rose": 2}


def test_a_repeated_run_requests_nothing(server, run):
    listed = [*server.photos(3), server.url + "/none.jpg", server.body("/page.jpg", b"<html>")]
    run(daisy=listed)
    requests = len(server.requested)
    gathered = run(daisy=listed)
    assert (len(server.requested), gathered.labels["daisy"]) == (requests, Tally(5, 0, 3, 2))


def test_a_repeated_run_requests_again_what_a_busy_server_refused(server, run):
    busy = server.flaky("/a.jpg", [500, 500], encoded(picture(1)))
    run(daisy=[busy])
    assert run(daisy=[busy]).labels["daisy"].kept == 1


def test_dead_links_are_requested_again_with_again(server, run):
    dead = server.url + "/late.jpg"
    run(daisy=[dead])
    server.photo("/late.jpg")
    assert run(daisy=[dead], again=True).labels["daisy"].kept == 1


def test_dead_links_are_requested_again_after_a_month(server, run, monkeypatch):
    dead = server.url + "/late.jpg"
    run(daisy=[dead])
    server.photo("/late.jpg")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 31 * 86_400)
    assert run(daisy=[dead]).labels["daisy"].kept == 1


def test_a_dead_host_is_remembered_where_others_answer(server, run):
    listed = [server.silent("/silent.jpg"), *server.photos(3)]
    run(SHORT, daisy=listed)
    run(SHORT, daisy=listed)
    assert server.counts()["/silent.jpg"] == 1


@pytest.mark.slow
def test_without_any_connection_no_url_counts_as_dead(server, run):
    server.silent("/robots.txt")
    listed = server.photos(2)
    run(SHORT, daisy=listed)
    server.pages.pop("/robots.txt")
    assert run(daisy=listed).labels["daisy"].kept == 2


def test_a_deleted_picture_is_not_fetched_again(server, run):
    gathered = run(daisy=server.photos(2))
    next(gathered.dest.glob("daisy/*")).unlink()
    again = run(daisy=server.photos(2))
    assert (again.labels["daisy"], reasons(again)) == (
        Tally(2, 0, 1, 1),
        ["was gathered before, and its file has been deleted"],
    )


def test_a_deleted_picture_is_not_kept_from_another_url(server, run):
    photo = encoded(picture(1))
    gathered = run(daisy=[server.body("/a.jpg", photo)])
    next(gathered.dest.glob("daisy/*")).unlink()
    assert reasons(run(daisy=[server.body("/b.jpg", photo)]))[0].endswith(".jpg, which was deleted")


def test_a_deleted_picture_is_fetched_again_with_again(server, run):
    gathered = run(daisy=server.photos(2))
    next(gathered.dest.glob("daisy/*")).unlink()
    assert run(daisy=server.photos(2), again=True).labels["daisy"] == Tally(2, 1, 1, 0)


def test_count_is_reached_and_not_passed(server, run):
    dead = [f"{server.url}/dead{i}.jpg" for i in range(5)]
    gathered = run(daisy=[*dead, *server.photos(20)], count=7)
    assert (gathered.labels["daisy"].kept, len(server.pictures())) == (7, 12)


def test_count_includes_what_is_there_already(server, run):
    run(daisy=server.photos(3))
    assert run(daisy=server.photos(20), count=5).labels["daisy"] == Tally(5, 2, 3, 0)


def test_progress_ends_at_its_total(server, run):
    events = []
    run(daisy=[*server.photos(3), server.url + "/none.jpg"], on_progress=events.append)
    assert (events[-1].done, events[-1].total, events[-1].kept, events[-1].rejected) == (4, 4, 3, 1)


def test_the_log_names_url_file_and_reason(server, run):
    gathered = run(daisy=[*server.photos(1), server.url + "/none.jpg"])
    with gathered.log.open(encoding="utf-8") as file:
        rows = [(row["outcome"], bool(row["file"]), row["reason"]) for row in csv.DictReader(file)]
    assert sorted(rows) == [("kept", True, ""), ("refused", False, "answered 404 Not Found")]


def test_the_log_keeps_its_columns(server, run):
    gathered = run(daisy=server.photos(1))
    columns = "label,address,outcome,reason,file,sha,bytes,asked,licence,attribution,page"
    assert gathered.log.read_text(encoding="utf-8").splitlines()[0] == columns


def test_a_database_of_the_version_before_is_read(server, run, tmp_path):
    url = server.url + "/dead.jpg"
    (tmp_path / "dest" / ".poet").mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(tmp_path / "dest" / ".poet" / "gather.sqlite")) as database:
        names = (
            "label, address, outcome, reason, file, sha, look, host, bytes, asked, licence, attribution, page"
        )
        database.execute(f"CREATE TABLE entries ({names}, PRIMARY KEY (label, address)) WITHOUT ROWID")
        entry = (
            "daisy",
            url,
            "refused",
            "answered 410 Gone",
            "",
            "",
            "",
            "a.org",
            0,
            time.time(),
            "",
            "",
            "",
        )
        database.execute(f"INSERT INTO entries ({names}) VALUES ({','.join('?' * 13)})", entry)
        database.commit()
    assert (reasons(run(daisy=[url])), server.requested) == (["answered 410 Gone"], [])


def test_licences_are_written_beside_the_pictures(server, tmp_path, index):
    one = UrlEntry(server.photo("/a.jpg"), "x", "cc-by", "=(c) Ann, some rights reserved", "https://page")
    gathered = gather(tmp_path / "dest", [Source("daisy", [one])], index, options=ONE_RETRY)
    with (tmp_path / "dest" / "ATTRIBUTION.csv").open(encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    assert row == {
        "file": files(gathered.dest)[0],
        "licence": "cc-by",
        "attribution": "'=(c) Ann, some rights reserved",  # no formula for a spreadsheet
        "page": "https://page",
        "address": one.url,
    }


def test_a_source_that_breaks_off_keeps_what_came(server, tmp_path, index):
    def entries() -> Iterator[UrlEntry]:
        yield UrlEntry(server.photo("/a.jpg"))
        raise DownloadError("The service has gone.")

    gathered = gather(tmp_path / "dest", [Source("daisy", entries())], index, options=ONE_RETRY)
    assert (gathered.files, gathered.problems) == (1, ("The service has gone.",))


def test_an_interrupted_run_keeps_what_came_and_goes_on(server, run, tmp_path):
    def interrupt(progress):
        if progress.kept == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(replace(ONE_RETRY, workers=2), daisy=server.photos(12), on_progress=interrupt)
    before = len(files(tmp_path / "dest"))
    assert (before, run(daisy=server.photos(12)).labels["daisy"]) == (4, Tally(12, 8, 4, 0))


@pytest.mark.parametrize(
    "label", ["", ".", "..", "a/b", "con", "x.", " x", ".hidden", 'a"b', "a\nb", "x" * 101]
)
def test_a_label_that_is_no_folder_name_is_refused(run, label, tmp_path):
    with pytest.raises(OptionError, match="A label becomes the name of a folder"):
        run(**{label: ["http://a.org/1.jpg"]})


def test_a_destination_that_is_a_file_is_refused(run, tmp_path):
    (tmp_path / "dest").write_text("")
    with pytest.raises(OptionError, match="cannot be written, because a file stands where a folder is meant"):
        run(daisy=["http://a.org/1.jpg"])
