"""A gallery to look at: a grid of cards, each of which opens in the light-box.

The cards of the shown page come as finished HTML, escaped in Python; what the light-box leafs through comes
packed (`gallery/deck.py`), for all pages, so that it asks Python for nothing. Closed, it tells which picture
was looked at last, and the gallery turns to its page.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha1
from typing import Any

import streamlit as st

from poetcore.ui.components.assets import asset
from poetcore.ui.components.lightbox import LIGHTBOX_JS, leave, lightbox_css, lightbox_html
from poetcore.ui.gallery.about import About
from poetcore.ui.gallery.card import card_html, gallery_css
from poetcore.ui.gallery.deck import Deck, Row

__all__ = ["card_grid"]

_component = st.components.v2.component(
    "poet_gallery",
    html=asset("gallery.html") + lightbox_html(),
    css=gallery_css() + lightbox_css(),
    js=asset(*LIGHTBOX_JS, "gallery.js"),
    isolate_styles=True,
)


def card_grid(
    rows: Sequence[Row],
    shown: range,
    deck: Deck,
    about: About,
    *,
    key: str,
    on_leave: Callable[[int], None],
    alone: str = "",
    large: bool = False,
) -> None:
    """Draw a page of a gallery.

    Args:
        rows: of the whole gallery.
        shown: the numbers of those on the page.
        deck: what its light-box leafs through.
        about: what is known of the pictures' model.
        key: tells this gallery from others of the page.
        on_leave: called, before the page is drawn anew, with the number of the stop at which the light-box
            was closed, where it is on another page.
        alone: stands where the other picture of a pair is missing; "" where pictures may stand alone.
        large: whether the cards are twice as wide as usual.
    """
    # Streamlit refuses keys with two underlines in a row, which may stand in the names of folders and labels.
    name = f"gallery_{sha1(key.encode('utf-8', 'surrogateescape')).hexdigest()}"

    cards: list[dict[str, Any]] = [
        {
            "html": card_html(card),
            "at": deck.opened_by(row, place),
            "group": row if alone or len(rows[row]) > 1 else "",
        }
        for row in shown
        for place, card in enumerate(rows[row])
    ]
    data = {
        "cards": cards,
        "large": large,
        "alone": alone,
        "deck": deck.packed(shown),
        "about": asdict(about),
        "gallery": name,
    }
    _component(key=name, data=data, on_left_change=lambda: leave(name, on_leave))
