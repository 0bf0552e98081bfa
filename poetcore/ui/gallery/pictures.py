"""Pictures for the browser: their addresses, and galleries of cards with a thumbnail each."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jinja2
import streamlit as st

from poetcore.system.figures import confidence, count
from poetcore.ui.route import address
from poetcore.ui.state import workspace

__all__ = [
    "Card",
    "addresses",
    "card_html",
    "draw_pages",
    "gallery",
    "gallery_css",
    "page_of",
    "pair_gallery",
    "shas",
]

#: Cards on a page of a gallery.
PAGE_SIZE = 24

#: Longer side of a thumbnail, in pixels: twice what is drawn, for sharp screens.
_THUMBNAIL = 360

#: Width in pixels that has room for five page numbers.
_FIVE_PAGES = 290

_FOLDER = Path(__file__).parent

#: Stands where the other picture of a pair should be.
_GONE = "<figure><figcaption>The training picture is not there any more.</figcaption></figure>"


@dataclass(frozen=True)
class Card:
    """One picture in a gallery.

    Attributes:
        sha: the hash of its content.
        title: a line below it.
        lines: more lines, smaller.
        bars: (label, probability from 0 to 1), drawn as bars in this order; as many as there are.
        mark: whether a prediction was right; empty where none is shown.
    """

    sha: str
    title: str
    lines: tuple[str, ...] = ()
    bars: tuple[tuple[str, float], ...] = ()
    mark: Literal["right", "wrong", ""] = ""


def addresses(paths: Sequence[str], pixels: int = 0) -> list[str]:
    """Return the addresses of files' pictures; unchanged files are not read again."""
    return [address(sha, pixels) for sha in shas(tuple(paths))]


@st.cache_data(ttl="60s", max_entries=16, show_spinner=False)
def shas(paths: tuple[str, ...]) -> list[str]:
    """Return the hashes of files' contents; empty for a file that is missing."""
    with workspace().file_index() as index:
        return [p.sha for p in index.lookup([Path(path) for path in paths])]


def gallery(cards: Sequence[Card], key: str, page_size: int = PAGE_SIZE) -> None:
    """Draw pictures as a grid of thumbnails, a page at a time; each links to the full picture."""
    shown = page_of(len(cards), key, page_size)
    grid = "".join(map(card_html, cards[shown.start : shown.stop]))
    st.html(f"<style>{gallery_css()}</style><div class='poet-grid'>{grid}</div>")
    draw_pages(shown, len(cards), key, page_size)


def pair_gallery(pairs: Sequence[tuple[Card, Card | None]], key: str, page_size: int = 12) -> None:
    """Draw pictures two by two, each beside the other; a picture whose other is gone says so."""
    shown = page_of(len(pairs), key, page_size)
    both = "".join(
        f"<div class='poet-pair'>{card_html(one)}{card_html(other) if other else _GONE}</div>"
        for one, other in pairs[shown.start : shown.stop]
    )
    st.html(f"<style>{gallery_css()}</style><div class='poet-grid poet-pairs'>{both}</div>")
    draw_pages(shown, len(pairs), key, page_size)


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


def card_html(card: Card) -> str:
    """Render a card as an HTML `figure`; every text in it is escaped."""
    full, thumbnail = address(card.sha), address(card.sha, _THUMBNAIL)
    return _card_template().render(card=card, full=full, thumbnail=thumbnail)


def gallery_css() -> str:
    """Return the style sheet of a grid (class `poet-grid`) of cards."""
    return (_FOLDER / "gallery.css").read_text(encoding="utf-8")


@functools.cache
def _card_template() -> jinja2.Template:
    source = (_FOLDER / "card.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True)
    environment.filters["confidence"] = confidence
    return environment.from_string(source)
