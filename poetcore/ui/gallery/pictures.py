"""Pictures for the browser: their addresses, and galleries of cards, each of which opens in the light-box."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from poetcore.system.figures import count
from poetcore.ui.access import access
from poetcore.ui.components.gallery import card_grid
from poetcore.ui.gallery.about import About
from poetcore.ui.gallery.card import Card
from poetcore.ui.gallery.deck import Deck, Row
from poetcore.ui.gallery.lazy import Lazy
from poetcore.ui.route import address
from poetcore.ui.state import workspace

__all__ = [
    "Card",
    "addresses",
    "draw_pages",
    "gallery",
    "group_gallery",
    "page_of",
    "pair_gallery",
    "shas",
    "turn_to",
]

#: Cards on a page of a gallery.
PAGE_SIZE = 24

#: Width in pixels that has room for five page numbers.
_FIVE_PAGES = 290

#: Stands where the other picture of a pair should be.
_GONE = "The training picture is not there any more."


def addresses(paths: Sequence[str], pixels: int = 0) -> list[str]:
    """Return the addresses of files' pictures; unchanged files are not read again."""
    return [address(sha, pixels) for sha in shas(tuple(paths))]


@st.cache_data(ttl="60s", max_entries=16, show_spinner=False)
def shas(paths: tuple[str, ...]) -> list[str]:
    """Return the hashes of files' contents; empty where it is missing, or not for visitors."""
    if (allowed := access()).public:
        return [allowed.shas.get(path, "") for path in paths]
    with workspace().file_index() as index:
        return [p.sha for p in index.lookup([Path(path) for path in paths])]


def gallery(
    cards: Sequence[Card],
    key: str,
    page_size: int = PAGE_SIZE,
    about: About | None = None,
    *,
    large: bool = False,
) -> None:
    """Draw pictures as a grid of thumbnails, a page at a time; each opens in the light-box.

    Args:
        cards: the pictures.
        key: tells this gallery from others of the page.
        page_size: on one page.
        about: the model whose predictions are shown, if there is one.
        large: whether the cards are twice as wide as usual.
    """
    _draw(Lazy(cards, lambda card: (card,)), key, page_size, about, large=large)


def pair_gallery(
    pairs: Sequence[tuple[Card, Card | None]], key: str, page_size: int = 12, about: About | None = None
) -> None:
    """Draw pictures two by two, each beside the other; a picture whose other is gone says so."""
    _draw(tuple((one, other) if other else (one,) for one, other in pairs), key, page_size, about, gone=_GONE)


def group_gallery(rows: Sequence[Row], key: str, page_size: int = 12, about: About | None = None) -> None:
    """Draw pictures in groups: the others of a group repeat its first, and are looked at beside it."""
    _draw(tuple(rows), key, page_size, about, repeats=True, things="groups")


@st.fragment
def _draw(
    rows: Sequence[Row],
    key: str,
    page_size: int,
    about: About | None,
    *,
    repeats: bool = False,
    gone: str = "",
    things: str = "",
    large: bool = False,
) -> None:
    """Draw a page of a gallery; another page draws nothing else anew."""
    if access().public:  # where its file lies is nothing for visitors
        rows = Lazy(rows, _bare) if isinstance(rows, Lazy) else tuple(map(_bare, rows))
    shown = page_of(len(rows), key, page_size)
    deck = Deck.of(rows, repeats=repeats)
    card_grid(
        rows,
        shown,
        deck,
        about or About(),
        key=key,
        alone=gone,
        large=large,
        on_leave=lambda stop: turn_to(key, deck.row_of(stop), page_size),
    )
    draw_pages(shown, len(rows), key, page_size, things)


def _bare(row: Row) -> Row:
    return tuple(replace(card, path="") for card in row)


def turn_to(key: str, row: int, page_size: int) -> None:
    """Have a gallery show the page of a row when it is drawn next.

    Args:
        key: of its page numbers.
        row: its number, from 0.
        page_size: rows on one page.
    """
    st.session_state[key] = row // page_size + 1


def page_of(total: int, key: str, page_size: int = PAGE_SIZE) -> range:
    """Return the numbers, from 0, of the cards on the page that was chosen with `draw_pages`."""
    pages = max(1, -(-total // page_size))
    first = (min(st.session_state.get(key, 1), pages) - 1) * page_size
    return range(first, min(first + page_size, total))


def draw_pages(shown: range, total: int, key: str, page_size: int = PAGE_SIZE, things: str = "") -> None:
    """Draw the page numbers of a gallery to click, and which cards are shown; nothing where all are.

    Args:
        shown: as `page_of` returned it.
        total: how many there are on all pages.
        key: of the widget.
        page_size: on one page.
        things: what is counted, where it is not single pictures: "groups".
    """
    if total <= page_size:
        return
    pages = -(-total // page_size)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{count(shown.start + 1)} to {count(shown.stop)} of {count(total)} {things}", width="content"
        )
        # As wide as its content, Streamlit finds no room for the numbers of fewer than five pages.
        st.pagination(pages, key=key, width=_FIVE_PAGES if pages < 5 else "content")
