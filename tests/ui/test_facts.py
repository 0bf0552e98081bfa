"""What the light-box is told of a picture."""

import os
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from poetcore.data.file_index import sha_of
from poetcore.system.figures import file_size
from poetcore.ui.contents import hold
from poetcore.ui.gallery.facts import FACT_ROUTES
from tests.conftest import encoded, picture
from tests.ui.routes import Answer, ask

#: EXIF: the block of a photo's own tags, and in it when it was taken.
BLOCK, ORIGINAL = 0x8769, 0x9003


def told(sha: str, host: str = "localhost:8501") -> Answer:
    return ask(FACT_ROUTES, "GET", f"/poet/facts/{sha}", headers={"host": host})


def scanned(place, path: Path, content: bytes) -> str:
    """Write a file, have it scanned, and return its hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with place.file_index() as index:
        index.lookup([path])
    return sha_of(content)


def test_pixels_bytes_and_format_are_told(empty, tmp_path):
    content = encoded(picture(201, (64, 48)))
    facts = told(scanned(empty, tmp_path / "a.jpg", content)).json()
    assert (facts["pixels"], facts["bytes"], facts["format"]) == ("64 x 48", file_size(len(content)), "JPEG")


def test_all_places_of_a_content_are_told_each_with_its_date(empty, tmp_path):
    content = encoded(picture(202))
    paths = [tmp_path / "one" / "a.jpg", tmp_path / "two" / "b.jpg"]
    for path in paths:
        sha = scanned(empty, path, content)
    os.utime(paths[0], (0, datetime(2019, 5, 4, 12, 33).timestamp()))
    files = told(sha).json()["files"]
    assert [one["path"] for one in files] == list(map(str, paths))
    assert files[0]["changed"] == "04 May 2019, 12:33"


def test_a_place_where_it_lies_no_more_is_not_told(empty, tmp_path):
    content = encoded(picture(203))
    sha = scanned(empty, tmp_path / "a.jpg", content)
    scanned(empty, tmp_path / "b.jpg", content)
    (tmp_path / "a.jpg").write_bytes(encoded(picture(204)))
    assert [one["path"] for one in told(sha).json()["files"]] == [str(tmp_path / "b.jpg")]


def test_another_machine_is_not_told_where_it_lies(empty, tmp_path):
    sha = scanned(empty, tmp_path / "a.jpg", encoded(picture(207)))
    facts = told(sha, "192.168.1.7:8501").json()
    assert (facts["files"], facts["format"]) == ([], "JPEG")


def test_when_a_photo_was_taken_is_told(empty, tmp_path):
    exif = Image.Exif()
    exif.get_ifd(BLOCK)[ORIGINAL] = "2021:07:09 08:05:00"
    path = tmp_path / "a.jpg"
    picture(205).save(path, exif=exif)
    assert told(scanned(empty, path, path.read_bytes())).json()["taken"] == "09 Jul 2021, 08:05"


def test_a_picture_that_was_dropped_on_a_page_has_facts_and_no_place(empty):
    facts = told(hold(encoded(picture(206, (64, 48))))).json()
    assert (facts["pixels"], facts["files"]) == ("64 x 48", [])


@pytest.mark.parametrize("sha", ["0" * 64, "A" * 64, "0" * 63, "x"])
def test_of_an_unknown_or_malformed_hash_nothing_is_told(empty, sha):
    assert told(sha).status == 404
