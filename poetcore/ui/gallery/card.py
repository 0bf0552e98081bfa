"""A card: one picture in a gallery, with what stands below it and what the light-box shows of it."""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jinja2

from poetcore.system.figures import confidence
from poetcore.ui.route import address

__all__ = ["Card", "card_html", "gallery_css"]

#: Longer side of a thumbnail, in pixels: twice what is drawn, for sharp screens.
_THUMBNAIL = 360

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Card:
    """One picture in a gallery.

    Attributes:
        sha: the hash of its content.
        title: a line below it.
        lines: more lines, smaller.
        bars: (label, probability from 0 to 1), drawn as bars in this order; as many as there are.
        mark: whether a prediction was right; empty where none is shown.
        path: its file, absolute; "" where there is none.
        true: its true label, or the given one; "" where there is none.
        predicted: its predicted label; "" where there is none.
    """

    sha: str
    title: str
    lines: tuple[str, ...] = ()
    bars: tuple[tuple[str, float], ...] = ()
    mark: Literal["right", "wrong", ""] = ""
    path: str = ""
    true: str = ""
    predicted: str = ""


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
