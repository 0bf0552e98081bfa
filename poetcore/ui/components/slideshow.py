"""The slideshow that people present with: it plays in the browser, Python only sends the deck.

The component is registered once, when this module is imported. It is that of `evaluation/slideshow`, which a
show in a file has too; `slideshow_page.js` and `slideshow_audience.js` are what a page adds. A deck is sent
as addresses and words, never as pictures, and nothing comes back but the switch "Guess first": the score is
counted in the browser alone, and a thousand slides cause no rerun. The tab remembers place, score and guesses
of each deck.
"""

import streamlit as st

from poetcore.evaluation.slideshow.show import Slideshow, show_css, show_html, show_js
from poetcore.ui.audience.invitation import Invitation
from poetcore.ui.components.assets import asset

__all__ = ["slideshow"]

_component = st.components.v2.component(
    "poet_slideshow",
    html=show_html() + asset("slideshow_audience.html"),
    css=show_css() + asset("slideshow_audience.css"),
    js=show_js() + asset("ask_looks.js", "slideshow_audience.js", "slideshow_page.js"),
    isolate_styles=True,
)


def slideshow(show: Slideshow, *, key: str, audience: Invitation | None = None) -> bool:
    """Draw a show.

    Reruns, reloading the page and coming back to it keep the place and the score of a deck;
    another deck starts at its first slide. An empty deck shows a sentence that says so.

    Args:
        show: the deck, and how it is presented; the addresses of its pictures are of this server.
        key: tells this slideshow from others of the page.
        audience: who votes with phones, or None.

    Returns:
        Whether the labels are hidden until the audience has guessed: as given, until the show switches it.
    """
    told = _component(
        # With an audience the labels are hidden, whatever the switch in the show said before.
        key=f"{key} {audience.id}" if audience else key,
        data=show.packed(key) | {"audience": audience and _packed(audience)},
        default={"guess_first": show.guess_first},
        on_guess_first_change=lambda: None,
    )
    return bool(told.guess_first)


def _packed(audience: Invitation) -> dict[str, str]:
    return {"id": audience.id, "address": audience.address, "code": audience.qr_code()}
