"""The route between a slideshow and its audience."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from poetcore.ui.audience.invitation import Invitation, invitations
from poetcore.ui.audience.routes import AUDIENCE_ROUTES
from tests.ui.audience.phone import Phone
from tests.ui.routes import OWN, Answer, ask


@pytest.fixture(scope="module")
def invitation() -> Iterator[Invitation]:
    yield invitations().open("127.0.0.1", 0)
    invitations().end()


def say(invitation: Invitation, seen: int, *show: dict[str, Any], headers: dict[str, str] = OWN) -> Answer:
    content = json.dumps({"seen": seen, "show": show})
    return ask(AUDIENCE_ROUTES, "POST", f"/poet/audience/{invitation.id}", content, headers)


def asking(slide: str) -> dict[str, Any]:
    return {"do": "ask", "slide": slide, "labels": ["daisy", "rose"]}


def heard(invitation: Invitation, slide: str) -> dict[str, Any]:
    """Show a slide, and wait until it is known to be on the screen."""
    answer = say(invitation, -1, asking(slide))
    while answer.status == 204 or answer.json()["slide"] != slide:
        answer = say(invitation, invitation.version)
    return answer.json()


def test_a_page_hears_of_votes(invitation: Invitation):
    shown = heard(invitation, "a")
    Phone(invitation.address).vote(1)
    news = say(invitation, shown["version"]).json()
    while news["votes"] != [0, 1]:
        news = say(invitation, news["version"]).json()
    assert news["phones"] == 1


def test_without_news_a_page_waits_a_little(invitation: Invitation):
    heard(invitation, "b")
    assert any(say(invitation, invitation.version).status == 204 for _ in range(5))


def test_a_page_of_another_site_may_not_present(invitation: Invitation):
    heard(invitation, "c")
    assert say(invitation, 0, asking("d"), headers={"sec-fetch-site": "cross-site"}).status == 403
    assert invitation.news["slide"] == "c"


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"seen": Infinity}', '{"show": [1]}', '{"show": [{"do": 1}]}', '{"show": [{"x": ""}]}'],
)
def test_what_cannot_be_read_is_refused(invitation: Invitation, content: str):
    assert ask(AUDIENCE_ROUTES, "POST", f"/poet/audience/{invitation.id}", content).status == 400


def test_labels_without_end_are_refused(invitation: Invitation):
    assert say(invitation, -1, {"do": "ask", "labels": ["x" * 1000] * 1000}).status == 413


def test_an_audience_that_is_not_open_has_ended():
    assert "closed" in ask(AUDIENCE_ROUTES, "POST", "/poet/audience/other", "{}").json()["ended"]


def test_there_is_one_audience(invitation: Invitation):
    assert invitations().open("127.0.0.1", 0) is invitation
