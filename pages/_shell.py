"""The frame around every page: the menu, and the choice in the sidebar."""

from pathlib import Path

import streamlit as st

import poetcore.ui
from poetcore.ui.choice import draw_choice

st.set_page_config(
    page_title="Poet",
    page_icon=str(Path(poetcore.ui.__file__).parent / "icon.png"),
    layout="wide",
)

page = st.navigation(
    [
        st.Page("home.py", title="Home", icon=":material/home:", default=True),
        st.Page("prepare.py", title="Prepare", icon=":material/content_copy:"),
        st.Page("overview.py", title="Overview", icon=":material/photo_library:"),
        st.Page("train.py", title="Train", icon=":material/model_training:"),
        st.Page("evaluate.py", title="Evaluate", icon=":material/fact_check:"),
        st.Page("slideshow.py", title="Slideshow", icon=":material/slideshow:"),
        st.Page("predict.py", title="Predict", icon=":material/image_search:"),
    ]
)
with st.sidebar:
    draw_choice()
page.run()
