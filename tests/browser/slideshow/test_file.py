"""A slideshow as one file, opened from the disk with the network off: all that the page has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Watched, screenshot, watched
from tests.browser.dashboard import until
from tests.browser.slideshow.show import Show
from tests.evaluation.slideshow.making import EVIL, slides_in, written


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one file")
    slides = slides_in(folder / "photos", 6)
    return written(folder / "show #1.html", slides, heat_maps=True, total="In total 67 % right").path


@pytest.fixture
def opened(browser: Browser, file: Path, request: pytest.FixtureRequest) -> Iterator[Show]:
    with watched(browser) as watch:
        yield show_of(watch, file)
        watch.complaints = [line for line in watch.complaints if "file:///" not in line]
        watch.check(request)


def show_of(watch: Watched, file: Path) -> Show:
    """The show in a file, whose browser has no network."""
    watch.page.context.set_offline(True)
    watch.page.goto(file.as_uri())
    show = Show(watch.page)
    expect(show.button("Play")).to_be_visible()
    return show


def seen(show: Show, name: str) -> bool:
    """Whether the first image of a part has pixels."""
    return bool(show.part(f"{name} img").first.evaluate("image => image.complete && image.naturalWidth > 0"))


def test_it_plays_by_keys_and_keeps_the_score(opened: Show) -> None:
    until(lambda: seen(opened, "picture"))
    opened.step_to_the_end(6)
    opened.counts("4 / 6 · 67 %")
    opened.press("ArrowRight")
    expect(opened.part("summary-share")).to_have_text("67\u00a0%")
    expect(opened.part("summary-total")).to_have_text("In total 67 % right")
    expect(opened.part("mistake")).to_have_count(2)
    screenshot(opened.page, "slideshow-file-end")


def test_it_plays_by_itself(opened: Show) -> None:
    opened.stop_the_clock()
    opened.press("Space")
    expect(opened.button("Pause")).to_be_visible()
    opened.wait(4)
    opened.is_at(2, 6)


def test_guess_first_hides_the_labels_and_counts(opened: Show) -> None:
    opened.press("g")
    expect(opened.part("truth")).to_have_text("")
    opened.press("1")
    expect(opened.part("guess-word")).to_have_text("right")
    expect(opened.part("score-duel")).to_have_text("You 1/1 · Model 1/1")


def test_heat_maps_come_from_the_file(opened: Show) -> None:
    opened.press("h")
    expect(opened.part("heat-map img")).to_be_visible()
    until(lambda: seen(opened, "heat-map"))
    expect(opened.part("look-note")).to_contain_text("Orange speaks for daisy")


def test_it_fills_the_screen(opened: Show) -> None:
    opened.press("f")
    expect(opened.button("Leave full screen")).to_be_attached()


def test_reloading_keeps_place_and_score(opened: Show) -> None:
    opened.press("ArrowRight", "ArrowRight")
    opened.is_at(3, 6)
    opened.page.reload()
    opened.is_at(3, 6)
    opened.counts("2 / 3 · 67 %")


def test_markup_in_labels_does_nothing(opened: Show) -> None:
    opened.press("End")
    expect(opened.part("truth")).to_have_text(EVIL)
    assert opened.page.title() == EVIL
    assert opened.page.evaluate("document.querySelectorAll('img[src=x]').length") == 0


def test_several_at_once_and_no_heat_maps(browser: Browser, tmp_path: Path) -> None:
    made = written(tmp_path / "show.html", slides_in(tmp_path / "photos"), batch=4, guess_first=True)
    with watched(browser) as watch:
        show = show_of(watch, made.path)
        show.press("Enter")
        expect(show.part("tiles .tile-picture img")).to_have_count(4)
        expect(show.part("look")).to_be_hidden()


def test_two_teams(browser: Browser, tmp_path: Path) -> None:
    teams = ["Team A", "Team B"]
    made = written(tmp_path / "show.html", slides_in(tmp_path / "photos"), guess_first=True, players=teams)
    with watched(browser) as watch:
        show = show_of(watch, made.path)
        show.press("1")
        expect(show.part("question")).to_have_text("Team B: what is it?")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1024, 768)])
def test_it_fills_the_window(opened: Show, width: int, height: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": height})
    whole = {"x": 0, "y": 0, "width": width, "height": height}
    until(lambda: opened.page.locator(".show").bounding_box() == whole)
    assert opened.page.evaluate("document.documentElement.scrollHeight") == height


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible(browser: Browser, file: Path, theme: Literal["light", "dark"]) -> None:
    # axe-core waits in a way that the file's policy forbids.
    with browser.new_context(color_scheme=theme, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        expect(page.locator(".show .picture img")).to_be_visible()
        assert faults(page) == []
