"""A page that shows each of the names in the file POET_NAMES in several kinds of elements."""

import json
import os
from pathlib import Path

import streamlit as st

from poetcore.ui.text import plain

names = json.loads(Path(os.environ["POET_NAMES"]).read_text(encoding="utf-8"))
for number, name in enumerate(names):
    with st.container(key=f"name_{number}"):
        st.markdown(plain(name))
        st.warning(f"**{plain(name)}** is a label")
        st.button(plain(name), key=f"button_{number}")
        st.caption(f"Pictures of {plain(name)}")
st.text("All shown")
