"""What stands below each title: what was not kept, a training, the tour, a first visit, what came in."""

import streamlit as st

from poetcore.data.layout import better_level
from poetcore.system.unkept import lately_unkept
from poetcore.ui.choice import chosen, missing
from poetcore.ui.data.bring import bring_dialog
from poetcore.ui.data.found import draw_arrived
from poetcore.ui.first_visit import draw_first_visit
from poetcore.ui.menu import HOME, MenuPage
from poetcore.ui.missing import Missing
from poetcore.ui.model.job_panel import draw_working_banner
from poetcore.ui.page_end import end_page
from poetcore.ui.state import choose, jobs, offer_level, workspace
from poetcore.ui.text import dataset_name, plain
from poetcore.ui.tour import draw_tour
from poetcore.ui.tune.banner import draw_tuning_banner
from poetcore.workspace.run import Run

__all__ = ["draw_notices"]

#: They show the training themselves.
_SHOW_TRAINING = (HOME.name, "train", "live")

#: They show what came in themselves.
_SHOW_DATASET = (HOME.name, "overview")


def draw_notices(page: MenuPage) -> None:
    """Draw the notices; the script stops where the page lacks what it needs."""
    for sentence in lately_unkept():
        st.warning(plain(sentence), icon=":material/save:")
    if page.name not in _SHOW_TRAINING:
        draw_working_banner()
    if page.name != "tune":
        draw_tuning_banner()
    if not draw_tour(page.name, chosen(), working=jobs().running() is not None):
        draw_first_visit(page.name)
    amiss = []
    for one in missing():
        _draw_missing(one)
        amiss.append(one.name)
    choice = chosen()
    came_here = st.session_state.get("arrived_on") == page.name and page.name not in _SHOW_DATASET
    if choice.dataset and came_here and draw_arrived(choice.dataset):
        st.page_link("overview.py", label="See what was found", icon=":material/arrow_forward:")
    for name, folder in (("dataset", choice.dataset), ("demo", choice.demo)):
        if folder and (level := better_level(folder)):
            offer_level(level, name, "notice")
            amiss.append(name)
    if set(amiss) & set(page.needs):
        end_page()


def _draw_missing(one: Missing) -> None:
    """Show in the page that what was asked for is not there, with what can be done at once."""
    hint = "Choose another in the sidebar, or correct the address."
    if one.name != "run":
        hint = "Choose another in the sidebar, or correct its path there."
    if one.is_new:
        hint = "Its pictures are read once you say so: do, if you know who gave you the address."
    st.warning(f"{one.words} {hint}", icon=":material/search_off:")
    with st.container(horizontal=True):
        if one.instead:
            st.button(
                "Use it" if one.is_new else f"Use {plain(_named(one.name, one.instead))}",
                key=f"instead_{one.name}",
                icon=":material/check:",
                on_click=choose,
                kwargs={one.name: one.instead},
            )
        if one.name == "run":
            st.page_link("train.py", label="See all runs", icon=":material/model_training:")
        elif (
            one.name == "dataset"
            and not one.is_new
            and st.button("Bring pictures", key="bring_missing", icon=":material/add_photo_alternate:")
        ):
            bring_dialog()


def _named(name: str, value: str) -> str:
    """Return what people call a run or a dataset. Not escaped."""
    return Run(workspace().runs / value).title if name == "run" else dataset_name(value)
