"""Prepare: gather pictures; split clean ones, so many of each label, into training and demo pictures."""

import streamlit as st

from poetcore.ui.data.gathering import draw_gather
from poetcore.ui.data.preparing import draw_prepare
from poetcore.ui.views import pick_view

SPLIT, GATHER = "Split into training and demo", "Gather pictures"

if pick_view([SPLIT, GATHER], "prepare_section") == GATHER:
    draw_gather()
else:
    st.markdown(
        "Copies clean pictures of each label into a new set: training pictures, and demo pictures that the"
        " model never sees, to evaluate it on. Your own folders stay as they are."
    )
    draw_prepare()
