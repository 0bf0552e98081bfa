"""The address of a picture: what it serves, and what nobody can get through it."""

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from poetcore.data.file_index import sha_of
from poetcore.ui import route
from poetcore.ui.contents import content_of
from poetcore.ui.route import address, found
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture


def ask(sha: str, query: str = "") -> Response:
    """Request a picture from the route as the server does."""
    return found(request(sha, query))


def request(sha: str, query: str = "") -> Request:
    """Return what a browser asks."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/poet/picture/{sha}",
        "path_params": {"sha": sha},
        "query_string": query.encode(),
        "headers": [],
    }
    return Request(scope)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    return Workspace(tmp_path / "tf_files")


def scanned(place: Workspace, path: Path, content: bytes) -> str:
    """Write a file, have it scanned, and return its hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with place.file_index() as index:
        index.lookup([path])
    return sha_of(content)


def test_a_known_picture_comes_as_a_jpeg(place, tmp_path):
    sha = scanned(place, tmp_path / "pictures" / "a.png", encoded(picture(101), "PNG"))
    answered = ask(sha)
    with Image.open(io.BytesIO(answered.body)) as image:
        assert (answered.status_code, answered.media_type, image.format) == (200, "image/jpeg", "JPEG")


@pytest.mark.parametrize(("size", "served"), [((400, 300), (100, 75)), ((300, 400), (75, 100))])
def test_a_picture_is_at_most_of_the_size_asked_for(place, tmp_path, size, served):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(102, size)))
    with Image.open(io.BytesIO(ask(sha, "pixels=100").body)) as image:
        assert image.size == served


def test_a_small_picture_is_not_made_larger(place, tmp_path):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(103, (64, 48))))
    with Image.open(io.BytesIO(ask(sha, "pixels=1000").body)) as image:
        assert image.size == (64, 48)


def test_a_picture_without_a_size_has_a_limit_too(place, tmp_path):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(104, (4000, 100))))
    with Image.open(io.BytesIO(ask(sha).body)) as image:
        assert max(image.size) == 2560


def test_a_browser_may_keep_a_picture_for_ever(place, tmp_path):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(105)))
    assert "immutable" in ask(sha).headers["cache-control"]


def test_a_picture_that_lies_in_the_workspace_but_never_was_scanned_is_not_served(place):
    content = encoded(picture(106))
    (place.datasets / "ants").mkdir(parents=True)
    (place.datasets / "ants" / "a.jpg").write_bytes(content)
    assert ask(sha_of(content)).status_code == 404


def test_a_scanned_file_that_is_no_picture_is_not_served(place, tmp_path):
    sha = scanned(place, tmp_path / "secret.jpg", b"root:x:0:0:")
    answered = ask(sha)
    assert answered.status_code == 404 and b"root" not in answered.body


def test_a_picture_that_was_moved_away_is_not_found(place, tmp_path):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(107)))
    (tmp_path / "a.jpg").unlink()
    assert ask(sha).status_code == 404


def test_another_picture_in_a_scanned_file_is_not_served_for_the_first(place, tmp_path):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(108)))
    (tmp_path / "a.jpg").write_bytes(encoded(picture(109)))
    assert ask(sha).status_code == 404


@pytest.mark.parametrize(
    "sha", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "' OR 1=1 --"]
)
def test_an_unknown_or_malformed_hash_is_not_found(place, sha):
    assert ask(sha).status_code == 404


@pytest.mark.parametrize("pixels", ["0", "-1", "1e3", "99999", "x", "", "100.5", "%C3%B7", "1 "])
def test_an_impossible_size_is_not_found(place, tmp_path, pixels):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(110)))
    assert ask(sha, f"pixels={pixels}").status_code == 404


@pytest.mark.parametrize("pixels", [0, 360])
def test_the_address_that_pages_use_leads_to_the_picture(place, tmp_path, pixels):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(111)))
    parts = urlsplit(address(sha, pixels))
    assert ask(parts.path.rsplit("/", 1)[1], parts.query).status_code == 200


def test_a_disk_that_does_not_answer_keeps_no_picture_of_another_from_its_page(place, tmp_path, monkeypatch):
    sha = scanned(place, tmp_path / "a.jpg", encoded(picture(109)))
    answers = threading.Event()
    monkeypatch.setattr(
        route, "content_of", lambda asked: content_of(asked) if asked == sha else answers.wait(60) and None
    )

    async def both() -> list[int]:
        monkeypatch.setattr(route, "PATIENCE", 0.05)
        hung = [route.answer(request(f"{n:064x}")) for n in range(20)]
        statuses = [one.status_code for one in await asyncio.gather(*hung)]
        monkeypatch.setattr(route, "PATIENCE", 60)  # their threads still wait
        statuses.append((await route.answer(request(sha))).status_code)
        answers.set()
        return statuses

    with ThreadPoolExecutor(1) as thread:  # where no browser's loop runs
        assert thread.submit(lambda: asyncio.run(both())).result() == [503] * 20 + [200]
