"""The frame around every page: the menu, and the choice in the sidebar."""

from pathlib import Path

import streamlit as st

import poetcore.ui
from poetcore.ui.choice import draw_choice
from poetcore.ui.menu import HOME, MENU, SECTIONS

st.set_page_config(
    page_title="Poet",
    page_icon=str(Path(poetcore.ui.__file__).parent / "icon.png"),
    layout="wide",
)

page = st.navigation(
    {"": [st.Page(HOME.file, title=HOME.title, icon=HOME.icon, default=True)]}
    | {
        section: [st.Page(one.file, title=one.title, icon=one.icon) for one in MENU if one.section == section]
        for section in SECTIONS
    }
)
st.html(Path(poetcore.ui.__file__).parent / "theme.css")
st.session_state["page"] = page.url_path
with st.sidebar:
    draw_choice()
page.run()
