"""The routes of the section Collect: what they take, delete and bring back, and whom they refuse."""

import json
from urllib.parse import urlencode

import pytest

from poetcore.curation.repair import Repairs
from poetcore.ui.live.collect_routes import COLLECT_ROUTES
from poetcore.workspace.collecting import LARGEST, collected
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture
from tests.ui.routes import OWN, Answer
from tests.ui.routes import ask as ask_routes

HOLD = "hold-20270412-101502-3f2a"


def ask(
    method: str, path: str, content: str | bytes = b"", headers: dict[str, str] = OWN, **query: object
) -> Answer:
    asked = urlencode({"dataset": "hands"} | query)
    return ask_routes(COLLECT_ROUTES, method, f"/poet/collect{path}?{asked}", content, headers)


def taken(number: int, label: str = "rock") -> Answer:
    content = encoded(picture(number))
    return ask("POST", "/pictures", content, label=label, hold=HOLD, number=number)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    ask("POST", "/labels", json.dumps({"label": "rock"}))
    return Workspace(tmp_path / "tf_files").datasets / "hands"


def test_of_a_dataset_that_is_not_there_nothing_is_there():
    assert ask("GET", "", dataset="new").json() == {"labels": []}


def test_a_picture_that_was_taken_is_listed_with_its_hash():
    answer = taken(1).json()
    (label,) = ask("GET", "").json()["labels"]
    assert label["holds"] == [{"hold": HOLD, "count": 1, "pictures": [answer]}]


def test_deleted_pictures_come_back(folder):
    names = [taken(number).json()["name"] for number in (1, 2, 3)]
    step = ask("DELETE", "/pictures", json.dumps(names[1:]), label="rock").json()["step"]
    left = collected(folder)[0].pictures
    (label,) = ask("POST", "/undo", step=step).json()["labels"]
    assert (left, label["pictures"]) == (1, 3)


def test_to_delete_a_picture_applies_nothing_that_was_proposed_elsewhere(folder):
    from poetcore.curation.repair import Change

    names = [taken(number).json()["name"] for number in (1, 2)]
    Repairs(folder).propose([Change(folder / "rock" / names[0], "quarantine", "", "blurry")])
    ask("DELETE", "/pictures", json.dumps(names[1:]), label="rock")
    assert len(Repairs(folder).pending()) == 1


@pytest.mark.parametrize(
    ("method", "path", "content", "query"),
    [
        ("POST", "/pictures", b"no picture", {"label": "rock", "hold": HOLD, "number": 1}),
        ("POST", "/pictures", encoded(picture(1)), {"label": "rock", "hold": "../x", "number": 1}),
        ("POST", "/pictures", encoded(picture(1)), {"label": "rock", "hold": HOLD, "number": "²"}),
        ("POST", "/pictures", encoded(picture(1)), {"label": "../..", "hold": HOLD, "number": 1}),
        ("POST", "/pictures", encoded(picture(1)), {"dataset": "../x", "label": "rock", "hold": HOLD}),
        ("POST", "/labels", b"[]", {}),
        ("POST", "/labels", b"{", {}),
        ("DELETE", "/pictures", b'["../../x"]', {"label": "rock"}),
        ("POST", "/undo", b"", {"step": "99"}),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(method, path, content, query):
    answer = ask(method, path, content, **query)
    assert answer.status == 400 and answer.json()["error"].endswith(".")


def test_what_is_too_large_is_not_read_to_its_end():
    answer = ask("POST", "/pictures", b"x" * (2 * LARGEST), label="rock", hold=HOLD, number=1)
    assert answer.status == 413 and answer.unread


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/labels"),
        ("DELETE", "/labels"),
        ("POST", "/pictures"),
        ("DELETE", "/pictures"),
        ("POST", "/undo"),
    ],
)
def test_no_other_site_can_change_anything(method, path):
    assert ask(method, path, b"{}", {"sec-fetch-site": "cross-site"}).status == 403
