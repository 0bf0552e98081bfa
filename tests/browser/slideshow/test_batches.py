"""Several pictures on the screen at once."""

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Watched, screenshot
from tests.browser.slideshow.show import Show


def test_a_batch_shows_every_picture_with_verdict_and_both_labels(mount: Callable[..., Show]) -> None:
    show = mount("batch=4")
    expect(show.part("tile-predicted")).to_have_text(["daisy", "dandelion", "rose", "daisy"])
    expect(show.part("tile-truth")).to_have_text(["daisy", "dandelion", "rose", "sunflower"])
    expect(show.part("tile-verdict")).to_have_text(["RIGHT", "RIGHT", "RIGHT", "WRONG"])
    expect(show.part("tile-confidence")).to_have_text(["87 %"] * 4)
    expect(show.part("tile-picture").locator("img")).to_have_count(4)


def test_keys_step_by_batches_and_the_last_one_may_be_smaller(mount: Callable[..., Show]) -> None:
    show = mount("batch=9")
    expect(show.part("place")).to_have_text("1 to 9 of 12")
    show.press("ArrowRight")
    expect(show.part("place")).to_have_text("10 to 12 of 12")
    expect(show.part("tile")).to_have_count(3)
    show.press("ArrowLeft")
    expect(show.part("place")).to_have_text("1 to 9 of 12")
    show.press("End")
    expect(show.part("place")).to_have_text("10 to 12 of 12")


def test_the_score_counts_each_picture_with_the_error_rate_beside_it(mount: Callable[..., Show]) -> None:
    show = mount("batch=4")
    show.counts("3 / 4 · 75 %")
    expect(show.part("score-error")).to_have_text("Error rate 25 %")
    show.press("ArrowRight")
    show.counts("6 / 8 · 75 %")
    show.press("ArrowRight", "ArrowRight")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")
    expect(show.part("summary-error")).to_have_text("error rate 25 %")


def test_accuracy_and_error_rate_add_up_to_everything(mount: Callable[..., Show]) -> None:
    show = mount()
    show.press(*["ArrowRight"] * 10)
    show.counts("9 / 11 · 82 %")
    expect(show.part("score-error")).to_have_text("Error rate 18 %")


def test_a_hidden_batch_is_revealed_at_once(mount: Callable[..., Show]) -> None:
    show = mount("batch=4&guess=1")
    expect(show.part("tile-picture").locator("kbd")).to_have_text(["1", "2", "3", "4"])
    expect(show.part("tile-truth")).to_have_count(0)
    expect(show.part("announcer")).to_have_text("Slides 1 to 4 of 12. What are they?")
    show.counts("0 / 0 · \N{EN DASH}")
    show.press("Enter")
    expect(show.part("tile-truth")).to_have_count(4)
    show.counts("3 / 4 · 75 %")


def test_its_number_or_a_click_reveals_one_of_a_hidden_batch(mount: Callable[..., Show]) -> None:
    show = mount("batch=4&guess=1")
    show.press("4")
    expect(show.part("tile-truth")).to_have_text(["sunflower"])
    show.counts("0 / 1 · 0 %")
    show.page.get_by_role("button", name="Reveal picture 1").click()
    expect(show.part("tile-truth")).to_have_text(["daisy", "sunflower"])
    show.press("2", "3", "9")
    expect(show.part("ask")).to_be_hidden()
    show.press("ArrowRight")
    expect(show.part("place")).to_have_text("5 to 8 of 12")


def test_who_reveals_by_tab_and_space_goes_on_to_the_next(mount: Callable[..., Show]) -> None:
    show = mount("batch=4&guess=1")
    show.page.get_by_role("button", name="Reveal picture 2").focus()
    show.press("Space")
    expect(show.page.get_by_role("button", name="Reveal picture 3")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tiles_have_no_fault_for_readers(mount: Callable[..., Show], theme: Literal["light", "dark"]) -> None:
    show = mount("batch=4&guess=1")
    show.press("1", "4")
    expect(show.part("tile-truth")).to_have_count(2)
    show.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found = [line for line in faults(show.page) if "tile" in line]
    show.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    assert not found, "\n".join(found)


def test_guesses_stay_with_single_pictures(mount: Callable[..., Show]) -> None:
    show = mount("batch=4&guess=1")
    expect(show.part("choices")).to_be_hidden()
    expect(show.part("score-duel")).to_be_hidden()


def test_another_number_at_once_keeps_the_place_and_the_score(page: Page, address: str) -> None:
    show = Show.load(page, address, "batch=4")
    show.press("ArrowRight")
    expect(show.part("place")).to_have_text("5 to 8 of 12")
    page.get_by_role("textbox", name="Deck").fill("batch=6")
    page.keyboard.press("Enter")
    expect(show.part("place")).to_have_text("1 to 6 of 12")
    page.evaluate("document.activeElement.blur()")
    show.press("ArrowRight", "ArrowRight")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")
    page.get_by_role("textbox", name="Deck").fill("batch=1")
    page.keyboard.press("Enter")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")
    show.button("Previous slide").click()
    show.is_at(7)


def test_reloading_keeps_what_was_revealed_of_a_batch(page: Page, address: str) -> None:
    show = Show.load(page, address, "batch=4&guess=1")
    show.press("4")
    expect(show.part("tile-truth")).to_have_text(["sunflower"])
    page.reload()
    expect(show.part("tile-truth")).to_have_text(["sunflower"])


@pytest.fixture
def wide(loaded: Watched) -> Iterator[None]:
    """Make the window of the shared page as large again as it was."""
    before = loaded.page.viewport_size
    yield
    assert before is not None
    loaded.page.set_viewport_size(before)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (564, 768), (1440, 900)])
@pytest.mark.parametrize("batch", [4, 6, 9])
def test_every_tile_lies_in_the_show_and_is_large_enough(
    mount: Callable[..., Show], wide: None, width: int, height: int, batch: int
) -> None:
    show = mount(f"guess=1&batch={batch}")
    show.page.set_viewport_size({"width": width, "height": height})
    expect(show.part("tile")).to_have_count(batch)
    stage = show.part("stage").bounding_box()
    assert stage is not None
    for tile in show.part("tile").all():
        box = tile.bounding_box()
        assert box is not None
        assert stage["y"] <= box["y"] and box["y"] + box["height"] <= stage["y"] + stage["height"] + 0.5
        assert stage["x"] <= box["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"] + 0.5
    smallest = min(part.bounding_box()["height"] for part in show.part("tile-picture").all())  # type: ignore[index]
    assert smallest >= 44
    place_box, reveal = show.part("place").bounding_box(), show.part("reveal").bounding_box()
    assert place_box is not None and reveal is not None
    below = place_box["y"] + place_box["height"] <= reveal["y"]
    assert below or place_box["x"] + place_box["width"] <= reveal["x"]
    screenshot(show.page, f"slideshow-{batch}-at-{width}")
