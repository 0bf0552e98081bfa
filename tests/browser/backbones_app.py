"""A page with nothing but the choice of a backbone."""

import streamlit as st

from poetcore.ui.model.backbone_choice import pick_backbone

st.text(f"Chosen: {pick_backbone()}")
