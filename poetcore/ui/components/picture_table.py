"""Pictures as a table that is sorted and filtered in the browser; a row opens in the light-box."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha1

import streamlit as st

from poetcore.ui.components.assets import asset
from poetcore.ui.components.lightbox import LIGHTBOX_JS, leave, lightbox_css, lightbox_html
from poetcore.ui.gallery.about import About
from poetcore.ui.gallery.card import Card
from poetcore.ui.gallery.deck import Deck

__all__ = ["Column", "picture_table"]

_component = st.components.v2.component(
    "poet_picture_table",
    html=asset("picture_table.html") + lightbox_html(),
    css=asset("picture_table.css") + lightbox_css(),
    js=asset(*LIGHTBOX_JS, "picture_table.js"),
    isolate_styles=True,
)


@dataclass(frozen=True)
class Column:
    """A column of a table of pictures.

    Attributes:
        name: its heading.
        cells: of each row what is shown, and what it is sorted by; None of what is not known.
        number: whether it has figures, which stand to the right and are sorted from the largest.
        help: what it means, in plain text.
    """

    name: str
    cells: Sequence[tuple[str, str | float | None]]
    number: bool = False
    help: str = ""


def picture_table(
    cards: Sequence[Card], columns: Sequence[Column], about: About, *, name: str, key: str
) -> None:
    """Draw a table of pictures, all at once.

    Args:
        cards: a row each, as the light-box shows them.
        columns: beside the picture.
        about: what is known of the pictures' model.
        name: what the table is of, for who does not see it.
        key: tells this table from others of the page.
    """
    # Streamlit refuses keys with two underlines in a row, which may stand in the names of folders and labels.
    component = f"table_{sha1(key.encode('utf-8', 'surrogateescape')).hexdigest()}"
    deck = Deck.of([(card,) for card in cards])
    data = {
        "name": name,
        "columns": [{"name": one.name, "number": one.number, "help": one.help} for one in columns],
        "values": [list(row) for row in zip(*(one.cells for one in columns), strict=True)],
        "deck": deck.packed(range(len(cards))),
        "about": asdict(about),
        "gallery": component,
    }
    _component(key=component, data=data, on_left_change=lambda: leave(component, lambda stop: None))
