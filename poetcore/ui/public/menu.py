"""The pages of the public view: those that have something published to show."""

from functools import partial

import streamlit as st

from poetcore.ui.access import access
from poetcore.ui.menu import page_named
from poetcore.ui.public.comparing import can_compare, draw_compare
from poetcore.ui.public.evaluated import draw_evaluate, draw_slideshow
from poetcore.ui.public.home import draw_home
from poetcore.ui.public.overview import draw_overview
from poetcore.ui.public.trying import draw_live, draw_predict

__all__ = ["NOTICE", "public_pages"]

#: Stands at the top of each page.
NOTICE = (
    "A public view: look around and try the models. Nothing can be changed, trained or stored here; pictures"
    " that you send and frames of your camera are not kept."
)


def public_pages() -> dict[str, st.Page]:
    """Return the pages by name, as the menu wants them."""
    published = access().published
    evaluated = any(run.evaluations for run in published.runs.values())
    drawn = {
        "overview": (draw_overview, bool(published.datasets)),
        "evaluate": (draw_evaluate, evaluated),
        "compare": (draw_compare, can_compare()),
        "slideshow": (draw_slideshow, evaluated),
        "predict": (draw_predict, bool(published.runs)),
        "live": (draw_live, bool(published.runs)),
    }
    pages: dict[str, st.Page] = {}
    home = page_named("home")
    pages["home"] = st.Page(
        partial(draw_home, pages), title=home.title, icon=home.icon, default=True, url_path="home"
    )
    for name, (draw, there) in drawn.items():
        one = page_named(name)
        if there:
            pages[name] = st.Page(draw, title=one.title, icon=one.icon, url_path=name)
    return pages
