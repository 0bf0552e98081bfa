"""Pictures for the browser: their addresses, and a gallery of thumbnails."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from poetcore.ui.route import address
from poetcore.ui.state import workspace

__all__ = ["STYLE", "Card", "addresses", "draw_pages", "gallery", "shas"]

#: Longer side of a thumbnail, in pixels: twice what is drawn, for sharp screens.
THUMBNAIL = 360

#: Width in pixels that has room for five numbers of pages.
_FIVE_PAGES = 290


@dataclass(frozen=True)
class Card:
    """One picture in a gallery.

    Attributes:
        sha: its content.
        title: a line below it.
        lines: more lines, smaller.
        bars: (label, share from 0 to 1) drawn as bars.
        mark: "right", "wrong" or "" for a frame that says so.
    """

    sha: str
    title: str
    lines: tuple[str, ...] = ()
    bars: tuple[tuple[str, float], ...] = ()
    mark: str = ""


def addresses(paths: Sequence[str], pixels: int = 0) -> list[str]:
    """Give the addresses of files; unchanged files are not read again."""
    return [address(sha, pixels) for sha in shas(tuple(paths))]


@st.cache_data(ttl="60s", max_entries=16, show_spinner=False)
def shas(paths: tuple[str, ...]) -> list[str]:
    """Give the contents' hashes of files."""
    index = workspace().file_index()
    try:
        return [p.sha for p in index.take([Path(path) for path in paths])]
    finally:
        index.close()


def gallery(cards: Sequence[Card], key: str, page_size: int = 24) -> None:
    """Show pictures as a grid of thumbnails, a page at a time; each links to the full picture."""
    pages = -(-len(cards) // page_size)
    number = 1
    if pages > 1:
        number = min(st.session_state.get(key, 1), pages)
    first = (number - 1) * page_size
    st.html(
        f"<style>{STYLE}</style><div class='poet-grid'>"
        + "".join(map(_card, cards[first : first + page_size]))
        + "</div>"
    )
    if pages > 1:
        draw_pages(pages, key, f"{first + 1} to {min(first + page_size, len(cards))} of {len(cards)}")


def draw_pages(pages: int, key: str, words: str) -> None:
    """Draw the numbers of a gallery's pages to click, and in words which pictures are shown."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words, width="content")
        # As wide as its content, Streamlit finds no room for the numbers of fewer than five pages.
        st.pagination(pages, key=key, width=_FIVE_PAGES if pages < 5 else "content")


def _card(card: Card) -> str:
    words = {"right": "&#10003; right", "wrong": "&#10007; wrong", "": ""}[card.mark]
    lines = "".join(
        f"<div class='line' title='{escape(line, quote=True)}'>{escape(line)}</div>" for line in card.lines
    )
    bars = "".join(
        f"<div class='bar' title='{escape(label, quote=True)} {share:.1%}'><i style='width:{share:.1%}'></i>"
        f"<span>{escape(label)}</span><b>{share:.0%}</b></div>"
        for label, share in card.bars
    )
    mark = f"<div class='mark {card.mark}'>{words}</div>" if words else ""
    title = escape(card.title, quote=True)
    return (
        f"<figure><a href='{address(card.sha)}' target='_blank' rel='noopener' title='Open the full picture'>"
        f"<img loading='lazy' src='{address(card.sha, THUMBNAIL)}' alt='{title}'></a>"
        f"<figcaption>{mark}<div class='title'>{title}</div>{lines}{bars}</figcaption></figure>"
    )


STYLE = """
.poet-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 14px; }
.poet-grid figure { margin: 0; min-width: 0; }
.poet-grid img { width: 100%; aspect-ratio: 4 / 3; object-fit: cover; display: block; border-radius: 8px;
  background: rgba(128, 128, 128, .15); }
.poet-grid figcaption { font-size: 13px; line-height: 1.35; padding-top: 4px; }
.poet-grid .title { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.poet-grid .line { opacity: .75; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.poet-grid .mark { font-weight: 700; }
.poet-grid .bar { position: relative; display: flex; justify-content: space-between; padding: 1px 6px;
  margin-top: 3px; border-radius: 4px; overflow: hidden; background: rgba(128, 128, 128, .12); }
.poet-grid .bar i { position: absolute; inset: 0 auto 0 0; background: rgba(37, 99, 235, .28); }
.poet-grid .bar span, .poet-grid .bar b { position: relative; font-weight: 500; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
"""
