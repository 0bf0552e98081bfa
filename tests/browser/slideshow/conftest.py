"""A server with nothing but a slideshow, and shows on its page.

The deck of the page has a mistake at every fourth slide: 9 of 12 are right.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Serve, Watched, watched
from tests.browser.slideshow.show import Show


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(Path(__file__).with_name("app.py"))


@pytest.fixture(scope="module")
def loaded(browser: Browser, address: str) -> Iterator[Watched]:
    """One page for the tests that need no page of their own: loading one takes longer than most tests."""
    with watched(browser) as watch:
        Show.load(watch.page, address)
        yield watch


_mounts = itertools.count(1)


@pytest.fixture
def mount(loaded: Watched, request: pytest.FixtureRequest) -> Iterator[Callable[..., Show]]:
    """Put a new show in the place of the last one: `mount("guess=1")`."""

    def put(asked: str = "") -> Show:
        number = next(_mounts)
        page = loaded.page
        page.get_by_role("textbox", name="Deck").fill(f"{asked}&mount={number}")
        page.keyboard.press("Enter")
        expect(page.locator(".show .title", has_text=re.compile(rf" {number}$"))).to_be_attached()
        expect(page.locator(".show .title")).to_have_count(1)  # the last show is gone
        page.evaluate("document.activeElement.blur()")
        return Show(page)

    yield put
    loaded.check(request)


@pytest.fixture
def show(mount: Callable[..., Show]) -> Show:
    return mount()


@pytest.fixture
def slow(mount: Callable[..., Show]) -> Show:
    """A show that, while it plays, does not go to the next slide before the test has ended."""
    return mount("seconds=3600")
