"""Prepare: gather pictures; choose clean ones, so many of each label, to learn from and to judge on."""

import streamlit as st

from poetcore.ui.gathering import draw_gather
from poetcore.ui.preparing import draw_prepare

st.title("Prepare")
section = st.segmented_control(
    "What to do",
    ["Make a set", "Gather pictures"],
    default="Make a set",
    required=True,
    key="prepare_section",
    label_visibility="collapsed",
    persist_state="session",
)
if section == "Gather pictures":
    draw_gather()
else:
    st.markdown(
        "Takes the same number of clean pictures of each label: some to learn from, some to judge on that the"
        " model never sees. Your own folders stay as they are."
    )
    draw_prepare()
