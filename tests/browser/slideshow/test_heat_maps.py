"""Where the model looks, over the slides: the key H."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Request, expect

from tests.browser.slideshow.show import Show


def asked_for(show: Show, *keys: str) -> Request:
    """Press keys, and return the request for a heat map that they cause."""
    with show.page.expect_request("**/map?*") as sent:
        show.press(*keys)
    return sent.value


def test_h_draws_the_map_of_the_predicted_label_over_the_picture(mount: Callable[..., Show]) -> None:
    show = mount("run=first")
    assert asked_for(show, "h").url.endswith("/poet/looks/first/0/map?label=daisy")
    expect(show.part("heat-map img")).to_be_visible()
    assert show.part("heat-map img").bounding_box() == show.part("picture img").bounding_box()
    expect(show.part("look-note")).to_contain_text("Orange speaks for daisy")
    show.press("h")
    expect(show.part("heat-map img")).to_have_count(0)
    expect(show.part("look-note")).to_be_hidden()


def test_of_a_mistake_the_true_label_follows_and_the_next_slide_keeps_the_choice(
    mount: Callable[..., Show],
) -> None:
    show = mount("run=first&show=mistakes")
    predicted, true = asked_for(show, "h"), asked_for(show, "h")
    assert (predicted.url.split("=")[-1], true.url.split("=")[-1]) == ("daisy", "sunflower")
    assert asked_for(show, "ArrowRight").url.endswith("/7/map?label=rose")
    expect(show.part("heat-map img")).to_be_visible()


def test_what_is_to_be_guessed_has_none_before_it_is_revealed(mount: Callable[..., Show]) -> None:
    show = mount("run=first&guess=1")
    show.press("h")
    expect(show.part("heat-map img")).to_have_count(0)
    asked_for(show, "Enter")
    expect(show.part("heat-map img")).to_be_visible()


def test_several_pictures_have_one_each(mount: Callable[..., Show]) -> None:
    show = mount("run=first&batch=4")
    show.button("Heat map").click()
    expect(show.part("tile-picture img:nth-child(2):not([hidden])")).to_have_count(4)
    expect(show.part("look-note")).to_contain_text("Orange speaks for the label")


@pytest.mark.complains("422")
def test_where_there_is_none_a_sentence_says_why(mount: Callable[..., Show]) -> None:
    show = mount("run=mapless")
    show.press("h")
    expect(show.part("look-note")).to_have_text("This network has no map.")


def test_a_show_without_a_run_offers_none(show: Show) -> None:
    expect(show.part("look")).to_be_hidden()
    show.press("h")
    expect(show.part("heat-map img")).to_have_count(0)
