"""The drawn sample set, and the download of flower_photos from a small server on this machine."""

import hashlib
import io
import re
import socket
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from poetcore.errors import DatasetError, DownloadError, OptionError
from poetcore.sources.drawn.flowers import PAINTERS
from poetcore.sources.samples import SAMPLE_LABELS, download_flowers, make_sample
from poetcore.system.processes import converse
from poetcore.system.progress import Progress


def contents(folder: Path) -> dict[str, str]:
    """The checksum of every file below a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sample(tmp_path_factory.mktemp("drawn") / "sample", train_per_label=2, demo_per_label=1)


@pytest.fixture(scope="module")
def drawn_by_helpers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("poetcore.sources.drawn.files._WORTHWHILE", 5)
        patch.setattr("poetcore.sources.drawn.files.cores", lambda: 3)
        place = tmp_path_factory.mktemp("by_helpers") / "sample"
        yield make_sample(place, train_per_label=2, demo_per_label=1)


class StopDrawingError(Exception):
    """Stands for whatever may interrupt the drawing."""


def stop_at_third(progress: Progress) -> None:
    if progress.done == 3:
        raise StopDrawingError


def test_every_label_has_a_painter():
    assert tuple(sorted(PAINTERS)) == SAMPLE_LABELS


def test_sample_has_the_requested_pictures(sample):
    names = [f"train/{label}/{label}_00{i}.jpg" for label in SAMPLE_LABELS for i in (1, 2)]
    names += [f"demo/{label}/{label}_001.jpg" for label in SAMPLE_LABELS]
    assert sorted(contents(sample)) == sorted(names)


def test_sample_pictures_are_jpegs_of_320_by_240(sample):
    kinds = set()
    for path in sample.rglob("*.jpg"):
        with Image.open(path) as image:
            kinds.add((image.format, image.mode, image.size))
    assert kinds == {("JPEG", "RGB", (320, 240))}


def test_no_two_sample_pictures_are_the_same(sample):
    checksums = list(contents(sample).values())
    assert len(set(checksums)) == len(checksums) == 15


def test_same_seed_draws_the_same_bytes(sample, tmp_path):
    again = make_sample(tmp_path / "again", train_per_label=2, demo_per_label=1)
    assert contents(again) == contents(sample)


def test_several_processes_draw_the_same_bytes(sample, drawn_by_helpers):
    assert contents(drawn_by_helpers) == contents(sample)


def test_what_a_helper_does_not_draw_is_drawn_here(sample, tmp_path, monkeypatch):
    monkeypatch.setattr("poetcore.sources.drawn.files._WORTHWHILE", 1)
    monkeypatch.setattr("poetcore.sources.drawn.files.cores", lambda: 2)
    # This one ends at once and reads nothing.
    monkeypatch.setattr("poetcore.sources.drawn.files.converse", lambda *_: converse("poetcore.version", []))
    assert contents(make_sample(tmp_path / "s", train_per_label=2, demo_per_label=1)) == contents(sample)


def test_another_seed_draws_other_pictures(sample, tmp_path):
    other = make_sample(tmp_path / "other", train_per_label=2, demo_per_label=1, seed=8)
    assert not set(contents(other).values()) & set(contents(sample).values())


def test_a_picture_does_not_depend_on_how_many_are_drawn(sample, tmp_path):
    fewer = contents(make_sample(tmp_path / "fewer", train_per_label=1, demo_per_label=1))
    assert fewer.items() <= contents(sample).items()


def test_a_complete_sample_is_not_drawn_again(sample):
    calls: list[Progress] = []
    make_sample(sample, train_per_label=2, demo_per_label=1, on_progress=calls.append)
    assert calls == []


def test_progress_counts_up_to_the_number_of_pictures(tmp_path):
    calls: list[Progress] = []
    make_sample(tmp_path / "s", train_per_label=1, demo_per_label=1, on_progress=calls.append)
    assert calls == [Progress("drawing", done, 10) for done in range(1, 11)]


def test_an_interrupted_sample_leaves_nothing_behind(tmp_path):
    with pytest.raises(StopDrawingError):
        make_sample(tmp_path / "sample", train_per_label=1, demo_per_label=1, on_progress=stop_at_third)
    assert list(tmp_path.iterdir()) == []


def test_an_incomplete_sample_is_completed(sample, tmp_path):
    part = tmp_path / "part"
    make_sample(part, train_per_label=1, demo_per_label=1)
    (part / "train" / "rose" / "rose_001.jpg").unlink()
    make_sample(part, train_per_label=2, demo_per_label=1)
    assert contents(part) == contents(sample)


def test_completing_a_sample_keeps_other_files(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    make_sample(tmp_path, train_per_label=1, demo_per_label=1)
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("option", ["train_per_label", "demo_per_label"])
def test_a_sample_without_pictures_is_refused(tmp_path, option):
    with pytest.raises(OptionError, match=rf"{option} .* at least 1. Received: 0"):
        make_sample(tmp_path / "sample", **{option: 0})


def test_a_sample_in_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(DatasetError, match="taken"):
        make_sample(tmp_path / "taken", train_per_label=1, demo_per_label=1)


# --- flower_photos ---------------------------------------------------------------------------------------


def archive_of(*names: str) -> bytes:
    """A tar.gz whose members have these names; each holds its name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(name)
            tar.addfile(member, io.BytesIO(name.encode()))
    return buffer.getvalue()


PHOTOS = archive_of("flower_photos/LICENSE.txt", "flower_photos/daisy/1.jpg", "flower_photos/tulips/2.jpg")
PHOTOS_SHA256 = hashlib.sha256(PHOTOS).hexdigest()
UNPACKED = ["LICENSE.txt", "daisy/1.jpg", "tulips/2.jpg"]


@dataclass
class Server:
    """A web server that sends one body, and records the requests to it."""

    url: str = ""
    body: bytes = PHOTOS
    status: int = 200
    announced: int | None = None
    requests: list[str] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append(self.path)
            self.send_response(state.status)
            length = len(state.body) if state.announced is None else state.announced
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(state.body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        state.url = f"http://127.0.0.1:{httpd.server_port}/flower_photos.tgz"
        yield state
        httpd.shutdown()
        thread.join()


def test_download_unpacks_the_photos(server, tmp_path):
    photos = download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)
    assert (photos, sorted(contents(photos))) == (tmp_path / "flower_photos", UNPACKED)


def test_download_leaves_only_the_photos(server, tmp_path):
    download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)
    assert [path.name for path in tmp_path.iterdir()] == ["flower_photos"]


def test_download_creates_the_folder(server, tmp_path):
    assert download_flowers(tmp_path / "a" / "b", url=server.url, sha256=PHOTOS_SHA256).is_dir()


def test_download_reports_progress_up_to_the_size(server, tmp_path):
    calls: list[Progress] = []
    download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256, on_progress=calls.append)
    assert calls[-1] == Progress("downloading", len(PHOTOS), len(PHOTOS))
    assert all(one.done <= one.total for one in calls)


def test_photos_that_are_there_are_not_fetched_again(server, tmp_path):
    (tmp_path / "flower_photos" / "daisy").mkdir(parents=True)
    download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)
    assert server.requests == []


def test_an_empty_photos_folder_is_filled(server, tmp_path):
    (tmp_path / "flower_photos").mkdir()
    assert sorted(contents(download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256))) == UNPACKED


def test_an_archive_placed_by_hand_is_used_instead_of_the_network(server, tmp_path):
    (tmp_path / "flower_photos.tgz").write_bytes(PHOTOS)
    download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)
    assert server.requests == []


def test_a_damaged_leftover_archive_is_fetched_again(server, tmp_path):
    (tmp_path / "flower_photos.tgz").write_bytes(PHOTOS[:50])
    assert sorted(contents(download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256))) == UNPACKED


def test_a_missing_page_is_an_error_with_its_status(server, tmp_path):
    server.status = 404
    with pytest.raises(DownloadError, match="the server answered 404 Not Found"):
        download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)


def test_a_failed_download_says_how_to_continue_by_hand(server, tmp_path):
    server.status = 500
    by_hand = f"download {server.url} with a browser, save it as {tmp_path / 'flower_photos.tgz'}"
    with pytest.raises(DownloadError, match=re.escape(by_hand)):
        download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)


def test_a_wrong_checksum_is_refused(server, tmp_path):
    with pytest.raises(DownloadError, match="expected checksum"):
        download_flowers(tmp_path, url=server.url, sha256="0" * 64)


def test_a_wrong_checksum_leaves_nothing_behind(server, tmp_path):
    with pytest.raises(DownloadError):
        download_flowers(tmp_path, url=server.url, sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_a_download_error(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DownloadError, match="no connection to the server"):
        download_flowers(tmp_path, url=f"http://127.0.0.1:{port}/x.tgz", sha256=PHOTOS_SHA256)


def test_a_download_that_breaks_off_is_a_download_error(server, tmp_path):
    server.announced = len(PHOTOS) + 1000
    with pytest.raises(DownloadError, match="broke off"):
        download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)


def test_a_download_that_broke_off_succeeds_when_tried_again(server, tmp_path):
    server.announced = len(PHOTOS) + 1000
    with pytest.raises(DownloadError):
        download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256)
    server.announced = None
    assert sorted(contents(download_flowers(tmp_path, url=server.url, sha256=PHOTOS_SHA256))) == UNPACKED


def test_a_member_outside_of_the_folder_is_never_written(server, tmp_path):
    server.body = archive_of("flower_photos/daisy/1.jpg", "../evil")
    with pytest.raises(DownloadError, match="evil"):
        download_flowers(tmp_path / "in", url=server.url, sha256=server.sha256)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    "body",
    [b"not an archive", PHOTOS[: len(PHOTOS) // 2], archive_of("others/1.jpg")],
    ids=["other", "cut off", "other folders"],  # an archive has the time in it, and every process its own
)
def test_an_archive_that_cannot_be_unpacked_is_deleted(server, tmp_path, body):
    server.body = body
    with pytest.raises(DownloadError, match="cannot be unpacked"):
        download_flowers(tmp_path, url=server.url, sha256=server.sha256)
    assert list(tmp_path.iterdir()) == []
