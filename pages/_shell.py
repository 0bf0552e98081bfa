"""The frame around every page: the menu, the choice in the sidebar, the title, what must be known first."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

import poetcore.ui
from poetcore.ui.address import draw_history
from poetcore.ui.choice import draw_choice
from poetcore.ui.collecting import spare_imports
from poetcore.ui.data.bring import draw_bring_button
from poetcore.ui.menu import HOME, MENU, SECTIONS, MenuPage
from poetcore.ui.notices import draw_notices
from poetcore.ui.page_end import PageEnd

_HERE = Path(poetcore.ui.__file__).parent


def entry(page: MenuPage) -> st.Page:
    """Return a page as the menu wants it."""
    return st.Page(page.file, title=page.title, icon=page.icon, default=page is HOME)


# Before the menu, whose icons would make the browser ask another host for the page's own.
st.set_page_config(page_icon=str(_HERE / "icon.png"), layout="wide")
entries = {page: entry(page) for page in (HOME, *MENU)}
shown = st.navigation(
    {"": [entries[HOME]]}
    | {section: [entries[page] for page in MENU if page.section == section] for section in SECTIONS}
)
page = next(page for page, one in entries.items() if one == shown)
st.set_page_config(page_title="Poet" if page is HOME else f"{page.title} · Poet")
st.session_state["page"] = page.name
with st.sidebar:
    draw_bring_button()
    draw_choice()
    draw_history()
st.title("Poet" if page is HOME else page.title)
with suppress(PageEnd):
    draw_notices(page)
    shown.run()
spare_imports()
