"""Tune: many settings on the same pictures; which differences are real, and what to take."""

import streamlit as st

from poetcore.ui.choice import chosen
from poetcore.ui.damaged import draw_damaged_tunings
from poetcore.ui.state import tunings
from poetcore.ui.tune.new_tuning import draw_new_tuning
from poetcore.ui.tune.result import draw_study
from poetcore.ui.tune.studies import has_tuning, pick_study
from poetcore.ui.views import pick_view

NEW, RESULT = "New tuning", "Result"

tunings().recover()
choice = chosen()
if "tune_view_next" in st.session_state:
    st.session_state["tune_view"] = st.session_state.pop("tune_view_next")
at_work = tunings().running() is not None
view = pick_view([NEW, RESULT], "tune_view", RESULT if at_work or has_tuning(choice.dataset) else NEW)
if view == NEW:
    draw_new_tuning(choice)
elif study := pick_study(choice.dataset):
    draw_study(study)
else:
    st.info("No tuning was started yet: plan one under *New tuning*.")
if view != NEW:
    draw_damaged_tunings()
