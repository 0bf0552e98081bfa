"""The frame around every page of the public view: the menu, what is looked at, and what cannot be done."""

from pathlib import Path

import streamlit as st

import poetcore.ui
from poetcore.ui.address import draw_history
from poetcore.ui.collecting import spare_imports
from poetcore.ui.public.chosen import draw_public_choice
from poetcore.ui.public.menu import NOTICE, public_pages

_HERE = Path(poetcore.ui.__file__).parent

# Before the menu, whose icons would make the browser ask another host for the page's own.
st.set_page_config(page_icon=str(_HERE / "icon.png"), layout="wide")
pages = public_pages()
shown = st.navigation(list(pages.values()))
name = next(name for name, one in pages.items() if one == shown)
st.set_page_config(page_title="Poet" if name == "home" else f"{shown.title} · Poet")
st.session_state["page"] = name
with st.sidebar:
    draw_public_choice(name)
    draw_history()
st.title("Poet" if name == "home" else shown.title)
st.caption(NOTICE)
shown.run()
spare_imports()
