"""Gathering pictures into label folders, from a server that behaves badly."""

import contextlib
import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from poetcore.data.dataset import scan
from poetcore.data.file_index import FileIndex
from poetcore.errors import DownloadError, OptionError
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.gather import gather
from poetcore.sources.gathered import Gathered, Tally
from poetcore.sources.urls import Source, UrlEntry, parse_urls
from tests.conftest import ROOT, encoded, fill, picture

QUICK = FetchOptions(
    connect_timeout=2, read_timeout=1, total_timeout=3, max_megabytes=0.5, retries=1, backoff=0.01
)
Run = Callable[..., Gathered]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[FileIndex]:
    with contextlib.closing(FileIndex(tmp_path / "cache" / "index.sqlite")) as memory:
        yield memory


@pytest.fixture
def run(tmp_path: Path, index: FileIndex) -> Run:
    """Gather lists of URLs, by label, into `tmp_path/dest`."""

    def gather_lists(options: FetchOptions = QUICK, **arguments: object) -> Gathered:
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


def test_pictures_come_into_their_label_folders(server, run):
    gathered = run(daisy=server.photos(3), rose=server.photos(2, first=10))
    assert [path.split("/")[0] for path in files(gathered.dest)] == ["daisy"] * 3 + ["rose"] * 2


def test_the_tally_adds_up(server, run):
    gathered = run(daisy=[*server.photos(3), server.url + "/none.jpg"])
    assert gathered.labels == {"daisy": Tally(asked=4, kept=3, there_already=0, rejected=1)}


def test_what_was_gathered_can_be_scanned(server, run, index):
    gathered = run(daisy=server.photos(3), rose=server.photos(2, first=10))
    assert scan(gathered.dest, index, verify=True).counts() == {"daisy": 3, "rose": 2}


def test_a_name_is_safe_and_fits_the_content(server, run):
    png = encoded(picture(1), "PNG")
    gathered = run(
        a=[server.body("/My photo: of a <daisy>.jpeg", png), server.body("/", encoded(picture(2)))]
    )
    names = [path.split("/")[1] for path in files(gathered.dest)]
    assert [name[:-15] + name[-4:] for name in names] == ["My_photo_of_a_daisy.png", "picture.jpg"]


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
    run(daisy=listed)
    run(daisy=listed)
    assert server.counts()["/silent.jpg"] == 1


def test_without_any_connection_no_url_counts_as_dead(server, run):
    server.silent("/robots.txt")
    listed = server.photos(2)
    run(daisy=listed)
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


def test_the_same_picture_is_kept_once(server, run):
    same = encoded(picture(1))
    gathered = run(daisy=[server.body("/a.jpg", same), server.body("/b.jpg", same)])
    assert (len(files(gathered.dest)), reasons(gathered)[0][:29]) == (1, "is the same picture as daisy/")


def test_the_same_picture_is_kept_once_across_labels(server, run):
    same = encoded(picture(1))
    gathered = run(daisy=[server.body("/a.jpg", same)], rose=[server.body("/b.jpg", same)])
    assert len(files(gathered.dest)) == 1


def test_the_same_picture_encoded_again_is_kept_once(server, run):
    photo = picture(1)
    listed = [
        server.body("/a.png", encoded(photo, "PNG")),
        server.body("/b.png", encoded(photo, "PNG", compress_level=0)),
    ]
    assert len(files(run(daisy=listed).dest)) == 1


def test_a_picture_of_the_users_own_is_not_fetched_beside_it(server, run, tmp_path):
    own = fill(tmp_path / "dest", {"rose": 1}) / "rose" / "rose_000.jpg"
    gathered = run(daisy=[server.body("/a.jpg", own.read_bytes())])
    assert reasons(gathered) == ["is the same picture as rose/rose_000.jpg"]


def test_the_same_picture_from_many_urls_of_a_host_is_a_placeholder(server, run):
    gone = encoded(picture(7))
    listed = [server.body(f"/gone{i}.jpg", gone) for i in range(5)]
    gathered = run(daisy=[*listed[:3], *server.photos(2, first=20)], rose=listed[3:])
    assert [path[:11] for path in files(gathered.dest)] == ["daisy/photo"] * 2
    assert [tally.rejected for tally in gathered.labels.values()] == [3, 2]


def test_a_placeholder_is_known_in_the_next_run(server, run):
    gone = encoded(picture(7))
    run(daisy=[server.body(f"/gone{i}.jpg", gone) for i in range(3)])
    assert files(run(rose=[server.body("/other.jpg", gone)]).dest) == []


def test_a_picture_of_the_users_own_is_never_deleted_as_a_placeholder(server, run, tmp_path):
    own = fill(tmp_path / "dest", {"rose": 1}) / "rose" / "rose_000.jpg"
    run(daisy=[server.body(f"/gone{i}.jpg", own.read_bytes()) for i in range(4)])
    assert files(tmp_path / "dest") == ["rose/rose_000.jpg"]


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
    gathered = gather(tmp_path / "dest", [Source("daisy", [one])], index, options=QUICK)
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

    gathered = gather(tmp_path / "dest", [Source("daisy", entries())], index, options=QUICK)
    assert (gathered.files, gathered.problems) == (1, ("The service has gone.",))


def test_an_interrupted_run_keeps_what_came_and_goes_on(server, run, tmp_path):
    def interrupt(progress):
        if progress.kept == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(replace(QUICK, workers=2), daisy=server.photos(12), on_progress=interrupt)
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
    with pytest.raises(OptionError, match="cannot be made or written"):
        run(daisy=["http://a.org/1.jpg"])


# --- processes -------------------------------------------------------------------------------------------


def command(tmp_path: Path, *more: object) -> list[str]:
    listed = ["gather", tmp_path / "dest", "--label", "daisy", "--urls", tmp_path / "urls.txt"]
    return [sys.executable, "-m", "poetcore", *map(str, [*listed, "--workspace", tmp_path / "ws", *more])]


def start(tmp_path: Path, *more: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(tmp_path, *more), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answered(process: "subprocess.Popen[str]") -> dict[str, object]:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def test_a_killed_process_leaves_whole_pictures_and_the_next_goes_on(server, tmp_path):
    server.delay = 0.2
    (tmp_path / "urls.txt").write_text("\n".join(server.photos(60)))
    process = start(tmp_path)
    while len(files(tmp_path / "dest")) < 10 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    whole = files(tmp_path / "dest")
    for path in whole:
        Image.open(tmp_path / "dest" / path).load()
    server.delay = 0
    answer = answered(start(tmp_path, "--json"))
    assert (10 <= len(whole) < 60, answer["files"], len(files(tmp_path / "dest"))) == (True, 60, 60)


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_with_a_sentence_and_a_whole_log(server, tmp_path):
    server.delay = 0.2
    (tmp_path / "urls.txt").write_text("\n".join(server.photos(60)))
    process = start(tmp_path)
    while len(files(tmp_path / "dest")) < 5 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    with (tmp_path / "dest" / ".poet" / "gather.csv").open(encoding="utf-8") as log:
        logged = [row["file"] for row in csv.DictReader(log) if row["file"]]
    assert (process.returncode, err.splitlines()[-1]) == (1, "Error: Stopped.")
    assert logged and set(logged) <= set(files(tmp_path / "dest"))
    server.delay = 0
    assert answered(start(tmp_path, "--json"))["files"] == len(files(tmp_path / "dest")) == 60


def test_two_processes_gather_into_one_folder(server, tmp_path):
    server.delay = 0.01
    copies = [server.body(f"/copy{i}.jpg", encoded(picture(i))) for i in range(40)]
    (tmp_path / "urls.txt").write_text("\n".join([*server.photos(40), *copies]))
    both = [start(tmp_path, "--json"), start(tmp_path, "--json")]
    answers = [answered(process) for process in both]
    contents = [(tmp_path / "dest" / path).read_bytes() for path in files(tmp_path / "dest")]
    assert len(contents) == len(set(contents)) == 40
    assert [answer["files"] for answer in answers] == [40, 40]
