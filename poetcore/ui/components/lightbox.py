"""The light-box: a picture as large as the window, with what is known of it, opened from a card of a gallery.

It has no component of its own: every component with cards includes its markup, style and behaviour, and
gives it a deck (`gallery/deck.py`). What else is shown beside a picture is a panel: one file in `LIGHTBOX_JS`
with a class that it adds to `LightBox.panels`, and its style in `lightbox_css`.
"""

from collections.abc import Callable

import streamlit as st

from poetcore.ui.components.assets import asset

__all__ = ["LIGHTBOX_JS", "leave", "lightbox_css", "lightbox_html"]

#: What the browser gets before the script of a component with cards; panels follow `lightbox.js`.
LIGHTBOX_JS = (
    "cards.js",
    "pictures.js",
    "lightbox_deck.js",
    "lightbox_stage.js",
    "lightbox_facts.js",
    "lightbox.js",
    "review_store.js",
    "lightbox_review.js",
    "looks.js",
    "ask_looks.js",
    "lightbox_looks.js",
)


def lightbox_html() -> str:
    """Return the markup of a light-box, closed."""
    return asset("lightbox.html")


def lightbox_css() -> str:
    """Return the style of a light-box and its panels."""
    return asset("lightbox.css", "lightbox_review.css", "lightbox_looks.css")


def leave(name: str, on_leave: Callable[[int], None]) -> None:
    """Tell a gallery at which of its stops the light-box was closed; called where its trigger `left` changed.

    Args:
        name: the key of the component.
        on_leave: what is called with the number of the stop.
    """
    left = st.session_state[name].left
    if left is not None:
        on_leave(int(left["at"]))
