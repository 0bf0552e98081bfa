"""Train: start a training, follow it and see its result; compare and manage all runs."""

import streamlit as st

from poetcore.ui.choice import chosen
from poetcore.ui.model.job_panel import draw_ended, draw_working_banner
from poetcore.ui.model.new_training import draw_new_training
from poetcore.ui.model.run_list import draw_runs
from poetcore.ui.model.this_run import draw_running, draw_this_run
from poetcore.ui.state import jobs
from poetcore.ui.views import pick_view

NEW, THIS, ALL = "New training", "This run", "All runs"

jobs().recover()
running, choice = jobs().running(), chosen()
if "train_view_next" in st.session_state:
    st.session_state["train_view"] = st.session_state.pop("train_view_next")
if running and st.session_state.get("followed") != running.name:
    st.session_state["followed"] = running.name
    st.session_state["train_view"] = THIS  # wherever it was started
draw_ended()
view = pick_view([NEW, THIS, ALL], "train_view", THIS if choice.run or running else NEW)

if running and view == THIS:
    draw_running(running)
elif view == THIS:
    draw_this_run(choice)
elif view == ALL:
    draw_working_banner()
    draw_runs()
else:
    draw_working_banner()
    draw_new_training(choice)
