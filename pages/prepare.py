"""Prepare: gather pictures; split clean ones, so many of each label, into training and demo pictures."""

import streamlit as st

from poetcore.ui.data.gathering import draw_gather
from poetcore.ui.data.preparing import draw_prepare

section = st.segmented_control(
    "What to do",
    ["Split into training and demo", "Gather pictures"],
    default="Split into training and demo",
    required=True,
    key="prepare_section",
    label_visibility="collapsed",
    persist_state="session",
)
if section == "Gather pictures":
    draw_gather()
else:
    st.markdown(
        "Takes the same number of clean pictures of each label: training pictures, and demo pictures that the"
        " model never sees, to evaluate it on. Your own folders stay as they are."
    )
    draw_prepare()
