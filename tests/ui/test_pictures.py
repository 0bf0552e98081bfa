"""Cards of pictures as HTML, and the pages of a gallery."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.ui.gallery.card import Card, card_html
from tests.conftest import PATIENCE

SHA = "5" * 64


def test_a_card_links_to_the_picture_and_shows_its_thumbnail():
    html = card_html(Card(SHA, "daisy"))
    assert f'href="/poet/picture/{SHA}"' in html and f'src="/poet/picture/{SHA}?pixels=360"' in html


def test_a_card_has_its_title_its_lines_and_its_bars_in_order():
    html = card_html(Card(SHA, "daisy", ("a.jpg", "old"), (("daisy", 0.754), ("rose", 0.2)), "right"))
    words = re.findall(r">([^<>\s][^<>]*)<", html)
    assert words == ["✓ right", "daisy", "a.jpg", "old", "daisy", "75 %", "rose", "20 %"]
    assert re.findall("width:([0-9.%]+)", html) == ["75.4%", "20.0%"]


def test_no_probability_is_rounded_to_certainty():
    html = card_html(Card(SHA, "daisy", (), (("daisy", 0.998), ("rose", 0.002), ("tulip", 0.0))))
    assert re.findall(r"<b>([^<]*%)</b>", html) == ["&gt;99 %", "&lt;1 %", "0 %"]


def test_a_card_without_a_prediction_has_no_mark():
    assert "mark" not in card_html(Card(SHA, "daisy"))


def test_names_in_a_card_are_no_html():
    nasty = "<img src=x onerror=alert(1)>'\"&"
    html = card_html(Card(SHA, nasty, (nasty,), ((nasty, 0.5),)))
    shown = "&lt;img src=x onerror=alert(1)&gt;&#39;&#34;&amp;"
    assert html.count("<img") == 1 and html.count(shown) == 7


def thirty_cards() -> None:
    """Run as a page: thirty cards, 24 of them on the first page."""
    from poetcore.ui.gallery.pictures import Card, gallery

    gallery([Card("5" * 64, f"picture {number}") for number in range(30)], key="gallery")


@pytest.mark.parametrize(
    ("page", "first", "count", "words"),
    [(1, 0, 24, "1 to 24 of 30"), (2, 24, 6, "25 to 30 of 30"), (9, 24, 6, "25 to 30 of 30")],
    ids=["first", "last", "one that is no more"],
)
@pytest.mark.slow
def test_a_page_of_a_gallery_holds_its_cards(page, first, count, words):
    app = AppTest.from_function(thirty_cards, default_timeout=PATIENCE)
    app.session_state["gallery"] = page
    app.run()
    data = json.loads(app.get("bidi_component")[0].proto.json)
    titles = [re.findall('class="title" title="picture ([0-9]+)"', card["html"])[0] for card in data["cards"]]
    assert titles == [str(number) for number in range(first, first + count)]
    assert app.caption[0].value == words


def a_pair_and_one_alone() -> None:
    """Run as a page: a pair, and a picture whose other is gone."""
    from poetcore.ui.gallery.pictures import Card, pair_gallery

    one, other = Card("5" * 64, "demo"), Card("6" * 64, "training")
    pair_gallery([(one, other), (one, None)], key="pairs")


def a_group_and_one_alone() -> None:
    """Run as a page: two pictures that repeat a third, and one that repeats none."""
    from poetcore.ui.gallery.pictures import Card, group_gallery

    cards = [Card(str(number) * 64, f"picture {number}") for number in range(4)]
    group_gallery([tuple(cards[:3]), (cards[3],)], key="groups")


@pytest.mark.parametrize(
    ("page", "boxes", "opened", "stops"),
    [
        (a_pair_and_one_alone, [0, 0, 1], [0, 0, 1], 2),
        (a_group_and_one_alone, [0, 0, 0, ""], [0, 0, 1, 2], 3),
    ],
    ids=["pairs", "groups"],
)
def test_what_belongs_together_stands_in_a_box_and_opens_side_by_side(page, boxes, opened, stops):
    app = AppTest.from_function(page, default_timeout=PATIENCE).run()
    assert not app.exception
    data = json.loads(app.get("bidi_component")[0].proto.json)
    assert [card["group"] for card in data["cards"]] == boxes
    assert [card["at"] for card in data["cards"]] == opened
    assert data["deck"]["total"] == stops
