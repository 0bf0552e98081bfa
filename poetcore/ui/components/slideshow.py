"""The slideshow that people present with: it plays in the browser, Python only sends the deck.

The component is registered once, when this module is imported. It is that of `evaluation/slideshow`, which a
show in a file has too; `slideshow_page.js` is what a page adds. A deck is sent as addresses and words, never
as pictures, and nothing comes back but the switch "Guess first": the score is counted in the browser alone,
and a thousand slides cause no rerun. The tab remembers place, score and guesses of each deck.
"""

import streamlit as st

from poetcore.evaluation.slideshow.show import Slideshow, show_css, show_html, show_js
from poetcore.ui.components.assets import asset

__all__ = ["slideshow"]

_component = st.components.v2.component(
    "poet_slideshow",
    html=show_html(),
    css=show_css(),
    js=show_js() + asset("ask_looks.js", "slideshow_page.js"),
    isolate_styles=True,
)


def slideshow(show: Slideshow, *, key: str) -> bool:
    """Draw a show.

    Reruns, reloading the page and coming back to it keep the place and the score of a deck;
    another deck starts at its first slide. An empty deck shows a sentence that says so.

    Args:
        show: the deck, and how it is presented; the addresses of its pictures are of this server.
        key: tells this slideshow from others of the page.

    Returns:
        Whether the labels are hidden until the audience has guessed: as given, until the show switches it.
    """
    told = _component(
        key=key,
        data=show.packed(key),
        default={"guess_first": show.guess_first},
        on_guess_first_change=lambda: None,
    )
    return bool(told.guess_first)
