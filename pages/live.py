"""Live: a model at work on a camera or a video, and pictures taken for a new one."""

import streamlit as st

from poetcore.ui.choice import chosen
from poetcore.ui.live.camera_section import draw_camera
from poetcore.ui.live.collect_section import draw_collect
from poetcore.ui.live.collect_training import draw_trained_here
from poetcore.ui.live.video_section import draw_video
from poetcore.ui.model.job_panel import draw_working_banner
from poetcore.ui.no_run import draw_no_run
from poetcore.ui.page_end import end_page
from poetcore.ui.views import pick_view

SECTIONS = {"Camera": draw_camera, "Video": draw_video, "Collect": draw_collect}

if "live_section_next" in st.session_state:
    st.session_state["live_section"] = st.session_state.pop("live_section_next")
run = chosen().run
section = pick_view(list(SECTIONS), key="live_section", default=None if run else "Collect")
if run is None and section != "Collect":
    draw_no_run("try live")
    st.button(
        "Take pictures for one",
        icon=":material/photo_camera:",
        on_click=lambda: st.session_state.update(live_section="Collect"),
    )
    end_page()
if section != "Collect":  # which shows the training itself
    draw_working_banner()
    draw_trained_here()
if run is None:
    st.caption("Camera and video need a trained model, and none is chosen: take pictures for one here.")
SECTIONS[section]()
