"""The slideshow as people play it, with the keys and the mouse: stepping, the score, guessing first."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshot
from tests.browser.dashboard import steady_box
from tests.browser.slideshow.show import Show

# ------------------------------------------------------------------------------------------------- stepping


def test_a_slide_shows_both_labels_confidence_and_the_three_most_probable(show: Show) -> None:
    expect(show.part("predicted")).to_have_text("daisy")
    expect(show.part("truth")).to_have_text("daisy")
    expect(show.part("confidence")).to_have_text("87 %")
    expect(show.part("top-share")).to_have_text(["87 %", "10 %", "3 %"])
    expect(show.part("picture").locator("img")).to_have_attribute("alt", "Picture of daisy")


def test_right_and_wrong_differ_in_word_icon_and_border(show: Show) -> None:
    def look() -> tuple[str, Any, Any]:
        verdict = show.part("verdict")
        border = verdict.evaluate("element => getComputedStyle(element).borderTopStyle")
        return verdict.inner_text(), verdict.locator("use").get_attribute("href"), border

    expect(show.part("verdict")).to_have_text("RIGHT")
    assert look() == ("RIGHT", "#i-right", "solid")
    show.press("End")
    show.is_at(12)
    expect(show.part("verdict")).to_have_text("WRONG")
    assert look() == ("WRONG", "#i-wrong", "dashed")
    screenshot(show.page, "slideshow-wrong")


def test_it_plays_by_itself_and_space_pauses_and_resumes(page: Page, address: str) -> None:
    show = Show.load(page, address)
    show.is_at(1)
    show.stop_the_clock()
    show.press("Space")
    for number in (2, 3):
        show.wait(4)
        show.is_at(number)
    show.press("Space")
    expect(show.button("Play")).to_be_visible()
    show.wait(60)
    show.is_at(3)
    show.press("Space")
    show.wait(4)
    show.is_at(4)


def test_it_plays_to_the_summary(mount: Callable[..., Show]) -> None:
    show = mount("seconds=0.1")
    show.press("Space")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")
    expect(show.button("Play")).to_be_visible()


def test_stepping_by_hand_pauses(slow: Show) -> None:
    slow.press("Space")
    expect(slow.button("Pause")).to_be_visible()
    slow.press("ArrowRight")
    expect(slow.button("Play")).to_be_visible()
    slow.is_at(2)


def test_arrows_page_keys_home_and_end_move(show: Show) -> None:
    for key, number in [
        ("ArrowRight", 2),
        ("PageDown", 3),
        ("ArrowLeft", 2),
        ("PageUp", 1),
        ("ArrowLeft", 1),
        ("End", 12),
        ("Home", 1),
    ]:
        show.press(key)
        show.is_at(number)


def test_buttons_do_what_keys_do_and_leave_space_to_the_show(slow: Show) -> None:
    slow.button("Next slide").click()
    slow.is_at(2)
    slow.press("Space")
    expect(slow.button("Pause")).to_be_visible()
    slow.is_at(2)
    slow.button("Previous slide").click()
    slow.is_at(1)


def test_a_button_reached_by_tab_is_pressed_by_space(show: Show) -> None:
    show.button("Previous slide").focus()
    show.press("Tab", "Tab", "Space")
    show.is_at(2)
    expect(show.button("Play")).to_be_visible()


def test_the_bar_jumps(show: Show) -> None:
    box = steady_box(show.part("bar"))
    show.page.mouse.click(box["x"] + box["width"] * 0.71, box["y"] + box["height"] / 2)
    show.is_at(9)


def test_plus_and_minus_change_the_speed(show: Show) -> None:
    expect(show.part("seconds")).to_have_text("4 s")
    show.press("+")
    expect(show.part("seconds")).to_have_text("2 s")
    show.press("-", "-", "-")
    expect(show.part("seconds")).to_have_text("15 s")


# ----------------------------------------------------------------------------------------------- the score


def test_the_score_at_the_end_is_the_true_count_of_the_deck(show: Show) -> None:
    show.step_to_the_end()
    show.counts("9 / 12 · 75 %")
    show.press("ArrowRight")
    expect(show.part("summary-share")).to_have_text("75 %")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")


def test_going_back_does_not_count_twice(show: Show) -> None:
    show.press("ArrowRight", "ArrowRight", "ArrowRight")
    show.is_at(4)
    show.counts("3 / 4 · 75 %")
    show.press("ArrowLeft", "ArrowLeft")
    show.is_at(2)
    show.counts("2 / 2 · 100 %")
    show.press("ArrowRight", "ArrowRight")
    show.is_at(4)
    show.counts("3 / 4 · 75 %")


def test_home_keeps_what_was_seen_and_restart_forgets_it(show: Show) -> None:
    show.step_to_the_end()
    show.press("Home", "End")
    show.is_at(12)
    show.counts("9 / 12 · 75 %")
    show.button("Restart").click()
    show.is_at(1)
    show.press("End")
    show.is_at(12)
    show.counts("1 / 2 · 50 %")


def test_the_summary_leads_to_only_the_mistakes_and_back(show: Show) -> None:
    show.step_to_the_end()
    show.press("ArrowRight")
    expect(show.part("mistake")).to_have_count(3)
    expect(show.part("mistake-truth")).to_have_text(["sunflower", "rose", "dandelion"])
    expect(show.part("mistake-predicted")).to_have_text(["→ daisy", "→ tulip", "→ sunflower"])
    screenshot(show.page, "slideshow-summary")
    show.page.get_by_role("button", name="Only the mistakes").click()
    expect(show.part("place")).to_have_text("Mistake 1 of 3")
    expect(show.part("truth")).to_have_text("sunflower")
    show.press("ArrowRight", "ArrowRight", "ArrowRight")
    show.page.get_by_role("button", name="All slides").click()
    show.is_at(1)


def test_a_mistake_in_the_summary_leads_to_its_slide(show: Show) -> None:
    show.step_to_the_end()
    show.press("ArrowRight")
    show.part("mistake").nth(1).click()
    show.is_at(8)


# --------------------------------------------------------------------------------------------- guess first


def test_guess_first_hides_the_words_until_they_are_revealed(mount: Callable[..., Show]) -> None:
    show = mount("guess=1")
    show.is_at(1)
    for reveal in ("ArrowRight", "Enter", "PageDown"):
        expect(show.part("question")).to_be_visible()
        for name in ("predicted", "truth", "confidence"):
            expect(show.part(name)).to_be_hidden()
            expect(show.part(name)).to_have_text("")
        expect(show.part("announcer")).to_have_text(re.compile("What is it"))
        show.press(reveal)
        expect(show.part("predicted")).to_be_visible()
        show.press("ArrowRight")
    show.is_at(4)
    show.page.get_by_role("button", name="Reveal").click()
    expect(show.part("truth")).to_have_text("sunflower")


def test_guesses_count_for_the_audience_and_for_the_model(mount: Callable[..., Show]) -> None:
    show = mount("guess=1")
    show.is_at(1)
    # Daisy and rose are guessed, dandelion is only revealed, the fourth is a mistake of the model.
    show.press("1")
    expect(show.part("guess-word")).to_have_text("right")
    show.press("ArrowRight", "ArrowRight", "ArrowRight")
    show.is_at(3)
    show.press("5")
    expect(show.part("guess-word")).to_have_text("wrong")
    expect(show.part("score-duel")).to_have_text("You 1/2 · Model 2/2")
    show.press("ArrowRight")
    show.is_at(4)
    show.page.get_by_role("button", name="sunflower").click()
    expect(show.part("score-duel")).to_have_text("You 2/3 · Model 2/3")
    show.counts("3 / 4 · 75 %")
    screenshot(show.page, "slideshow-guessed")
    show.press("End", "ArrowRight", "ArrowRight")
    expect(show.part("summary-duel")).to_have_text("You 2/3 · Model 2/3: a draw")
    expect(show.part("summary-count")).to_have_text("3 of 5 right, 7 not seen")


def test_a_slide_to_guess_does_not_leak_through_the_score(show: Show) -> None:
    show.counts("1 / 1 · 100 %")
    show.press("g")
    expect(show.part("question")).to_be_visible()
    show.counts("0 / 0 · \N{EN DASH}")
    show.press("g")
    show.counts("1 / 1 · 100 %")


def test_a_guessing_game_plays_by_itself(page: Page, address: str) -> None:
    show = Show.load(page, address, "guess=1")
    show.stop_the_clock()
    show.button("Play").click()
    for number in (1, 2):
        show.is_at(number)
        expect(show.part("question")).to_be_visible()
        show.wait(4)
        expect(show.part("predicted")).to_be_visible()
        show.is_at(number)
        show.wait(4)
