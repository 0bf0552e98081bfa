"""What a gallery gives its light-box to leaf through."""

import json
from typing import Any

import pytest

from poetcore.ui.gallery.card import Card
from poetcore.ui.gallery.deck import AROUND, Deck
from poetcore.ui.gallery.lazy import Lazy

FOLDER = "/photos/of/last/summer/"


def card(number: int, **more: Any) -> Card:
    name = f"IMG_{number:05d}.jpg"
    return Card(f"{number:064x}", "rose → tulip", (name,), path=FOLDER + name, true="rose", **more)


def unpacked(packed: dict[str, Any], row: list[Any]) -> list[Any]:
    """The words of a packed picture: title, path, lines, true and predicted label."""
    words = packed["words"]
    _, title, folder, name, lines, true, predicted, *_ = row
    return [
        words[title],
        words[folder] + words[name],
        [words[line] for line in lines],
        words[true],
        words[predicted],
    ]


def test_a_picture_keeps_its_words():
    packed = Deck.of([(card(7, predicted="tulip"),)]).packed(range(1))
    assert unpacked(packed, packed["items"][0]) == [
        "rose → tulip",
        f"{FOLDER}IMG_00007.jpg",
        [],
        "rose",
        "tulip",
    ]


def test_a_line_that_is_not_the_name_of_the_file_is_kept():
    one = Card("5" * 64, "rose", ("a.jpg", "looks odd"), path="/x/a.jpg")
    packed = Deck.of([(one,)]).packed(range(1))
    assert unpacked(packed, packed["items"][0])[2] == ["looks odd"]


def test_probabilities_come_with_how_they_are_written():
    packed = Deck.of([(card(1, bars=(("rose", 0.9971), ("tulip", 0.0029))),)]).packed(range(1))
    label, share, words, *_ = packed["items"][0][7]
    assert (packed["words"][label], share, packed["words"][words]) == ("rose", 0.9971, ">99 %")


def test_two_thousand_pictures_are_sent_in_less_than_a_fifth_of_a_kilobyte_each():
    bars = (("rose", 0.51234), ("tulip", 0.31234), ("daisy", 0.1))
    cards = [(card(number, bars=bars),) for number in range(2000)]
    sent = json.dumps(Deck.of(cards).packed(range(24)))
    assert len(sent) < 2000 * 200


def test_of_a_pair_the_first_is_looked_at_beside_the_second():
    deck = Deck.of([(card(1), card(2)), (card(3), card(4))])
    assert [(one.sha[-1], other.sha[-1]) for one, other in deck.stops if other] == [("1", "2"), ("3", "4")]


def test_each_picture_of_a_group_is_looked_at_beside_the_one_it_repeats():
    deck = Deck.of([(card(1), card(2), card(3)), (card(4),)], repeats=True)
    assert [(one.sha[-1], other and other.sha[-1]) for one, other in deck.stops] == [
        ("2", "1"),
        ("3", "1"),
        ("4", None),
    ]


@pytest.mark.parametrize(("row", "place", "stop"), [(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 2)])
def test_a_card_of_a_group_opens_the_stop_that_shows_it(row, place, stop):
    deck = Deck.of([(card(1), card(2), card(3)), (card(4),)], repeats=True)
    assert deck.opened_by(row, place) == stop


def test_of_a_long_list_the_part_around_the_page_is_sent():
    deck = Deck.of([(card(number),) for number in range(3 * AROUND)])
    packed = deck.packed(range(AROUND + 500, AROUND + 524))
    assert (packed["first"], packed["total"], len(packed["items"])) == (500, 3 * AROUND, 2 * AROUND + 24)


def test_of_a_lazy_list_only_what_is_sent_is_made():
    made = []

    def row(number):
        made.append(number)
        return (card(number),)

    deck = Deck.of(Lazy(range(10 * AROUND), row))
    shown = range(5 * AROUND, 5 * AROUND + 24)
    packed, around = deck.packed(shown), range(4 * AROUND, 6 * AROUND + 24)
    assert (packed["first"], packed["total"], len(packed["items"])) == (4 * AROUND, 10 * AROUND, len(around))
    assert deck.around(shown) == around
    assert made == list(around)


def test_a_stop_that_is_no_more_has_the_last_row():
    assert Deck.of([(card(1),), (card(2),)]).row_of(9) == 1


def test_an_empty_gallery_has_an_empty_deck():
    assert Deck.of([]).packed(range(0)) == {"first": 0, "total": 0, "words": [], "items": []}
