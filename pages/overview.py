"""Overview: which pictures there are, how they look, and what is wrong with them."""

import streamlit as st

from poetcore.curation.repair import Repairs
from poetcore.data.held_out import home_of
from poetcore.errors import PoetError
from poetcore.ui.choice import chosen
from poetcore.ui.data.bring import draw_ways_in
from poetcore.ui.data.embedding_map import draw_map
from poetcore.ui.data.found import draw_arrived
from poetcore.ui.data.health import draw_health
from poetcore.ui.data.label_issues import draw_label_issues
from poetcore.ui.data.pictures_section import draw_pictures
from poetcore.ui.gallery.repairs import draw_repairs
from poetcore.ui.page_end import end_page
from poetcore.ui.scans import scanned
from poetcore.ui.state import explain
from poetcore.ui.text import plain
from poetcore.ui.views import pick_view

SECTIONS = ["Pictures", "Health", "Suspect labels", "Map"]

folder = chosen().dataset
if folder is None:
    st.info("No pictures yet: bring some in, or take the sample flowers.")
    draw_ways_in()
    end_page()
draw_arrived(folder)

section = pick_view(SECTIONS, key="overview_section")
try:
    Repairs(home_of(folder)).recover()
    with st.skeleton(560):
        dataset = scanned(folder)
    if dataset.pictures.empty and section != "Health":
        st.warning(f"No usable picture in {plain(folder)}.")
    elif section == "Health":
        draw_health(folder, chosen().demo)
    elif section == "Suspect labels":
        draw_label_issues(dataset)
    elif section == "Map":
        draw_map(dataset)
    else:
        draw_pictures(dataset)
    if section != "Pictures":
        draw_repairs(folder)
except PoetError as error:
    explain(error)
