"""What a presenter chooses: mistakes only, two teams, what is hidden; and what a tab remembers."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import screenshot
from tests.browser.slideshow.show import Show

# ------------------------------------------------------------------------------------------- mistakes only


def test_mistakes_only_are_counted_and_are_no_accuracy(mount: Callable[..., Show]) -> None:
    show = mount("show=mistakes")
    expect(show.part("score-name")).to_have_text("Mistakes seen")
    show.counts("1 of 3")
    expect(show.part("place")).to_have_text("Mistake 1 of 3")


def test_the_end_of_the_mistakes_tells_the_true_total(mount: Callable[..., Show]) -> None:
    show = mount("show=mistakes&total=In total 75 %25 right")
    show.press("End", "ArrowRight")
    expect(show.part("summary-share")).to_have_text("3 mistakes")
    expect(show.part("summary-count")).to_have_text("1 not seen")
    expect(show.part("summary-total")).to_have_text("In total 75 % right")


def test_the_model_plays_no_duel_over_its_own_mistakes(mount: Callable[..., Show]) -> None:
    show = mount("show=mistakes&guess=1")
    show.press("4")  # sunflower, as the first mistake is
    expect(show.part("score-duel")).to_have_text("You 1/1")


# ------------------------------------------------------------------------------------------------ two teams


def test_two_teams_guess_by_turns_before_the_labels_are_revealed(mount: Callable[..., Show]) -> None:
    show = mount("guess=1&teams=1")
    expect(show.part("question")).to_have_text("Team A: what is it?")
    show.press("1")
    expect(show.part("question")).to_have_text("Team B: what is it?")
    expect(show.part("truth")).to_have_text("")
    show.press("2")
    expect(show.part("guess-word")).to_have_text(["right", "wrong"])
    expect(show.part("score-duel")).to_have_text("Team A 1/1 · Team B 0/1 · Model 1/1")
    screenshot(show.page, "slideshow-teams")


def test_the_summary_names_the_team_that_won(mount: Callable[..., Show]) -> None:
    show = mount("guess=1&teams=1")
    show.press("End")
    show.is_at(12)
    show.press("2", "5", "ArrowRight")  # the last is a dandelion, which the model takes for a sunflower
    expect(show.part("summary-duel")).to_have_text("Team A 1/1 · Team B 0/1 · Model 0/1: Team A wins")


# ------------------------------------------------------------------------------------- guess first, and Space


def test_space_plays_and_pauses_also_while_something_is_to_be_guessed(mount: Callable[..., Show]) -> None:
    show = mount("guess=1&seconds=3600")
    expect(show.part("question")).to_be_visible()
    show.press("Space")
    expect(show.button("Pause")).to_be_visible()
    expect(show.part("question")).to_be_visible()
    show.press("Space")
    expect(show.button("Play")).to_be_visible()


def test_python_is_told_of_the_one_switch(show: Show) -> None:
    show.press("g")
    expect(show.page.get_by_text("Guess first: True")).to_be_visible()
    show.press("g")
    expect(show.page.get_by_text("Guess first: False")).to_be_visible()


def test_the_confidence_can_be_hidden(mount: Callable[..., Show]) -> None:
    show = mount("plain=1")
    expect(show.part("predicted")).to_have_text("daisy")
    expect(show.part("confidence")).to_have_text("")
    expect(show.part("top")).to_be_hidden()
    expect(show.part("announcer")).not_to_have_text(re.compile("%"))


# --------------------------------------------------------------------------------------- what a tab remembers


def test_reloading_keeps_place_score_and_guesses(page: Page, address: str) -> None:
    show = Show.load(page, address, "guess=1")
    show.is_at(1)
    show.press("1", "ArrowRight", "ArrowRight", "ArrowRight")
    show.is_at(3)
    page.reload()
    show.is_at(3)
    expect(show.part("question")).to_be_visible()
    expect(show.part("score-duel")).to_have_text("You 1/1 · Model 1/1")
    show.counts("2 / 2 · 100 %")
    show.press("ArrowLeft", "ArrowLeft")
    expect(show.part("guess-word")).to_have_text("right")


# --------------------------------------------------------------------------------------- keyboard, room


def test_help_takes_the_focus_and_gives_it_back(show: Show) -> None:
    show.press("?")
    expect(show.page.get_by_role("button", name="Close")).to_be_focused()
    show.press("Tab")
    expect(show.page.get_by_role("button", name="Close")).to_be_focused()
    show.press("Escape", "ArrowRight")
    show.is_at(2)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (620, 768), (1440, 900)])
def test_many_sets_of_labels_can_be_read_and_leave_the_question_free(
    page: Page, address: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    show = Show.load(page, address, "guess=1&sets=1")
    words = show.part("choice-word")
    expect(words).to_have_count(15)
    assert words.evaluate_all("all => all.every((word) => word.scrollHeight <= word.clientHeight + 1)")
    inside = "all => all.every((one) => one.scrollHeight <= one.clientHeight + 1)"
    assert show.part("choice").evaluate_all(inside)
    question, first = show.part("question").bounding_box(), show.part("choices").bounding_box()
    assert question is not None and first is not None
    assert question["y"] + question["height"] <= first["y"]


@pytest.mark.parametrize(("width", "height"), [(820, 768), (720, 768), (600, 600)])
def test_a_window_of_four_to_three_shows_all_answers_and_controls(
    page: Page, address: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})  # as beside the sidebar at 1024 x 768
    show = Show.load(page, address, "guess=1&teams=1")
    frame = page.locator(".show").bounding_box()
    assert frame is not None
    expect(show.part("choice")).to_have_count(5)
    answers = show.part("choice").all()
    buttons = show.button("Guess first"), show.button("Full screen")
    for part in [*answers, show.part("reveal"), *buttons]:
        box = part.bounding_box()
        assert box is not None
        assert frame["y"] <= box["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    choices = show.part("choices")
    assert choices.evaluate("box => box.scrollHeight <= box.clientHeight")
    score = show.part("score").bounding_box()
    assert score is not None and all(one.bounding_box()["y"] < score["y"] for one in answers)  # type: ignore[index]
