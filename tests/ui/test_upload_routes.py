"""The routes that pictures are sent to: what they write, and what they refuse."""

import json
from pathlib import Path

import pytest

from poetcore.ui.data.upload_routes import UPLOAD_ROUTES
from poetcore.workspace.uploads import unfinished_uploads
from poetcore.workspace.workspace import Workspace
from tests.ui.routes import OWN, Answer
from tests.ui.routes import ask as ask_routes

LIST = json.dumps([["set/ant/a.jpg", 3, 0], ["set/bee/b.jpg", 4, 0], ["set/.DS_Store", 9, 0]])


def ask(method: str, path: str, content: str | bytes = b"", headers: dict[str, str] = OWN) -> Answer:
    return ask_routes(UPLOAD_ROUTES, method, path, content, headers)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def begun() -> str:
    return f"/poet/uploads/{ask('POST', '/poet/uploads', LIST).json()['id']}"


def test_the_list_of_files_is_answered_with_those_to_send():
    answer = ask("POST", "/poet/uploads", LIST).json()
    assert (answer["name"], answer["taken"], answer["send"]) == ("set", 2, [0, 1])


def test_a_file_is_written_as_it_was_sent(begun, place):
    assert ask("PUT", f"{begun}/0", b"abc").status == 204
    (upload,) = unfinished_uploads(place)
    assert (upload.files / "set/ant/a.jpg").read_bytes() == b"abc"


def test_what_has_come_is_not_to_be_sent_again(begun):
    ask("PUT", f"{begun}/1", b"abcd")
    assert ask("POST", "/poet/uploads", LIST).json()["send"] == [0]


def test_a_file_that_is_not_whole_is_refused_in_a_sentence(begun):
    answer = ask("PUT", f"{begun}/0", b"ab")
    assert answer.status == 400 and "2 bytes instead of 3" in answer.json()["error"]


def test_of_a_file_that_is_too_long_the_rest_is_not_read(begun):
    answer = ask("PUT", f"{begun}/0", b"a" * 10_000)
    assert answer.status == 400 and answer.unread


def test_a_name_that_the_disk_does_not_take_stops_no_other_file(place):
    rows = [["/".join(["deep" * 20] * 60) + "/a.jpg", 3, 0], ["set/bee/b.jpg", 4, 0]]
    begun = f"/poet/uploads/{ask('POST', '/poet/uploads', json.dumps(rows)).json()['id']}"
    assert [ask("PUT", f"{begun}/0", b"abc").status, ask("PUT", f"{begun}/1", b"abcd").status] == [422, 204]


@pytest.mark.parametrize("number", [2, 3, 99])
def test_a_file_that_is_not_expected_is_refused(begun, number):
    assert ask("PUT", f"{begun}/{number}", b"abc").status == 400


def test_a_discarded_upload_is_gone(begun, place):
    assert ask("DELETE", begun).status == 204
    assert unfinished_uploads(place) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1]",
        '[["a", "b", "c"]]',
        "[[]]",
        "[" * 100_000,
        '[["a/b.jpg", 1e999, 0]]',
        '[["a/b.jpg", -1, 0]]',
        f'[["a.zip", {10**400}, 0]]',
    ],
    ids=lambda content: content[:20],
)
def test_a_list_that_is_none_is_refused(content):
    assert ask("POST", "/poet/uploads", content).status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
    ],
)
def test_no_other_site_can_send_anything(place, headers):
    assert ask("POST", "/poet/uploads", LIST, headers).status == 403
    assert not place.datasets.exists()


@pytest.mark.parametrize(
    ("origin", "status"), [("http://testserver", 200), ("http://evil.example", 403), ("null", 403), ("", 403)]
)
def test_where_a_browser_does_not_tell_the_site_its_origin_counts(origin, status):
    headers = {"origin": origin} if origin else {}
    assert ask("POST", "/poet/uploads", LIST, headers).status == status
