"""An audience that votes with its phones: the slideshow's side of it, and the vote page on a phone."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from poetcore.ui.audience.phones import Limits
from tests.browser.accessibility import faults
from tests.browser.conftest import Held, Watched, screenshot, watched
from tests.browser.slideshow.show import Show
from tests.ui.audience.phone import Phone, round_of

ASKED = "guess=1&audience=1&seconds=3600"


def asked(address: str, what: str) -> str:
    with urllib.request.urlopen(f"{address}/{what}", timeout=60) as answer:
        return str(json.load(answer))


@pytest.fixture
def votes(address: str) -> Iterator[str]:
    """An audience that is open: the address of its vote page."""
    yield asked(address, "open")
    asked(address, "end")


@pytest.fixture
def show(mount: Callable[..., Show], votes: str) -> Show:
    """A show with an audience, past the code that fills the screen at first."""
    show = mount(ASKED)
    expect(show.part("invitation")).to_be_visible()
    expect(show.part("invitation-address")).to_have_text(votes.removeprefix("http://"))
    show.part("invitation").get_by_role("button").click()
    expect(show.part("invitation")).to_be_hidden()
    return show


@pytest.fixture
def phone(browser: Browser, votes: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A phone's browser on the vote page."""
    with watched(browser) as watch:
        watch.page.set_viewport_size({"width": 390, "height": 844})
        watch.page.goto(votes)
        yield watch
        watch.check(request)


def voting(votes: str, *labels: int) -> list[Phone]:
    """Phones that vote, each for a label by its place."""
    phones = [Phone(votes, f"127.0.1.{number}") for number, _ in enumerate(labels, 1)]
    number = None
    while number is None:  # the show tells what is on the screen a moment after it is painted
        room = phones[0].now()
        number = round_of(room) if 'name="round"' in room else None
    for phone, label in zip(phones, labels, strict=True):
        assert phone.vote(label, number) == 200
    return phones


def test_a_hidden_slide_tells_how_many_voted_and_not_for_what(show: Show, votes: str):
    voting(votes, 0, 1, 1)
    expect(show.part("voted")).to_have_text("3 votes of 3 phones")
    expect(show.part("votes-rows").locator("li")).to_have_count(0)
    expect(show.part("choices")).to_be_hidden()
    screenshot(show.page, "audience-hidden")


def test_the_answer_comes_with_the_votes_and_the_score(show: Show, votes: str):
    voting(votes, 0, 0, 1)  # the first slide is a daisy, and the model is right
    expect(show.part("voted-count")).to_have_text("3 votes")
    show.press("Enter")
    expect(show.part("votes-favourite")).to_have_text("daisy · 2 of 3 votes")
    expect(show.part("votes-rows").locator("li")).to_have_text(["daisy2", "dandelion1"])
    expect(show.part("score-duel")).to_have_text("Audience 1/1 · Model 1/1")
    screenshot(show.page, "audience-revealed")


def test_a_show_that_begins_again_begins_the_score_again(show: Show, votes: str):
    voting(votes, 1)
    show.press("Enter")
    expect(show.part("score-duel")).to_have_text("Audience 0/1 · Model 1/1")
    show.button("Restart").click()
    voting(votes, 0)
    show.press("Enter")
    expect(show.part("score-duel")).to_have_text("Audience 1/1 · Model 1/1")


def test_a_reload_keeps_the_audience_and_its_score(page: Page, address: str, votes: str):
    show = Show.load(page, address, ASKED)
    show.part("invitation").get_by_role("button").click()
    voting(votes, 1)
    show.press("Enter")
    expect(show.part("score-duel")).to_have_text("Audience 0/1 · Model 1/1")
    show.page.reload()
    expect(show.part("score-duel")).to_have_text("Audience 0/1 · Model 1/1")
    expect(show.part("invitation")).to_be_hidden()


def test_a_slide_whose_answer_was_seen_before_is_hidden_for_who_comes(page: Page, address: str, votes: str):
    show = Show.load(page, address, "guess=1&seconds=3600")
    show.press("Enter")
    expect(show.part("verdict")).to_be_visible()
    show = Show.load(page, address, ASKED)
    show.part("invitation").get_by_role("button").click()
    expect(show.part("question")).to_be_visible()
    voting(votes, 0)
    expect(show.part("voted-count")).to_have_text("1 vote")


def test_a_shows_the_way_and_phones_wait_meanwhile(show: Show, phone: Watched):
    expect(phone.page.get_by_role("heading", name="What is it?")).to_be_visible()
    show.press("a")
    expect(show.part("invitation")).to_be_visible()
    expect(show.part("here")).to_have_text("1 phone here")
    expect(phone.page.get_by_role("heading", name="You are in")).to_be_visible()
    show.press("a")
    expect(phone.page.get_by_role("heading", name="What is it?")).to_be_visible()


def test_going_on_from_the_way_reveals_nothing(show: Show):
    show.press("a")
    expect(show.part("invitation")).to_be_visible()
    show.press("ArrowRight")
    expect(show.part("invitation")).to_be_hidden()
    expect(show.part("question")).to_be_visible()
    show.press("a")
    expect(show.part("invitation")).to_be_visible()
    show.press("Escape")
    expect(show.part("invitation")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_vote_page_is_in_nobodys_way(show: Show, phone: Watched, theme: Literal["light", "dark"]):
    phone.page.emulate_media(color_scheme=theme)
    phone.page.get_by_role("button", name="rose").click()
    expect(phone.page.get_by_role("button", pressed=True)).to_have_count(1)
    found = faults(phone.page)
    show.press("Enter")
    expect(phone.page.get_by_role("heading", name="It is daisy")).to_be_visible()
    assert found + faults(phone.page) == []


def test_a_phone_votes_changes_its_vote_and_reads_the_answer(show: Show, phone: Watched):
    said = phone.page.get_by_role("status")
    phone.page.get_by_role("button", name="rose").click()
    expect(phone.page.get_by_role("button", name="rose", pressed=True)).to_be_focused()
    phone.page.get_by_role("button", name="daisy").click()
    expect(said).to_contain_text("Your vote: daisy.")
    expect(show.part("voted-count")).to_have_text("1 vote")
    screenshot(phone.page, "audience-phone")
    show.press("Enter")
    expect(phone.page.get_by_role("heading", name="It is daisy")).to_be_visible()
    expect(said).to_contain_text("Right: you voted for daisy.")
    show.press("ArrowRight")
    expect(phone.page.get_by_role("button", pressed=True)).to_have_count(0)
    expect(phone.page.get_by_role("button", pressed=False)).to_have_count(5)


def test_an_answer_to_an_earlier_vote_that_comes_late_changes_nothing(show: Show, phone: Watched):
    said, page = phone.page.get_by_role("status"), phone.page
    late = Held(page, "**/vote")
    page.get_by_role("button", name="rose").click()
    late.until_answered()
    late.from_now_on()
    page.get_by_role("button", name="daisy").click()
    expect(said).to_contain_text("Your vote: daisy.")
    late.release()
    expect(said).to_contain_text("Your vote: daisy.")
    expect(page.get_by_role("button", pressed=True)).to_have_text("daisy")


def test_an_answer_to_a_vote_that_comes_after_the_shows_next_step_changes_nothing(show: Show, phone: Watched):
    page = phone.page
    late = Held(page, "**/vote")
    page.get_by_role("button", name="rose").click()
    late.until_answered()
    with page.expect_request("**/now?*"):  # for what comes after the answer
        show.press("Enter")
    expect(page.get_by_role("heading", name="It is daisy")).to_be_visible()
    late.release()
    expect(page.get_by_role("heading", name="It is daisy")).to_be_visible()


def test_a_phone_without_scripts_votes_too(browser: Browser, show: Show, votes: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(votes)
    while not page.get_by_role("button", name="daisy").count():
        page.goto(votes)
    page.get_by_role("button", name="daisy").click()
    expect(page.get_by_text("Your vote: daisy.")).to_be_visible()
    assert page.url == f"{votes}/"
    expect(show.part("voted-count")).to_have_text("1 vote")
    context.close()


@pytest.mark.complains("403")
def test_a_phone_for_which_there_is_no_room_reads_why(phone: Watched, votes: str):
    expect(phone.page.get_by_role("heading", name="You are in")).to_be_visible()
    for _ in range(Limits.phones_per_address):
        Phone(votes).now()
    phone.page.context.clear_cookies()
    phone.page.goto(votes)
    refused = f"From this network address {Limits.phones_per_address} phones vote already"
    expect(phone.page.get_by_role("heading", name=refused)).to_be_visible()


def test_an_audience_that_has_ended_is_told(show: Show, address: str, phone: Watched):
    asked(address, "end")
    expect(show.part("voted-count")).to_contain_text("The vote page is closed")
    expect(phone.page.get_by_role("heading", name="The show is over")).to_be_visible()
