"""Home: bring pictures, train and evaluate, see the result; the menu with what is done and what is next."""

from pathlib import Path

import streamlit as st

from poetcore.evaluation.headline import Headline
from poetcore.ui.choice import Choice, chosen
from poetcore.ui.data.bring import draw_ways_in
from poetcore.ui.data.found import draw_found
from poetcore.ui.freshness import checked, files_now
from poetcore.ui.headline import accuracy_metric, draw_remarks
from poetcore.ui.menu import SECTIONS
from poetcore.ui.model.job_panel import draw_ended, draw_job
from poetcore.ui.model.start import draw_start
from poetcore.ui.page_end import end_page
from poetcore.ui.state import jobs
from poetcore.ui.steps import Step, next_step, steps
from poetcore.ui.text import dataset_name, plain
from poetcore.ui.tour import draw_tour_offer


def draw_begin(choice: Choice) -> None:
    """Show how to come to a result: bring pictures, then one button."""
    dataset = files_now(choice.dataset) if choice.dataset else None
    if choice.dataset is None:
        st.header("Bring your pictures")
        draw_ways_in()
        draw_tour_offer()
        return
    st.header(plain(dataset_name(choice.dataset)))
    if dataset:
        draw_found(dataset)
    draw_start(choice)


def draw_result(choice: Choice, demo: Path, headline: Headline) -> None:
    """Show how good the chosen run is, and the ways to its mistakes and its slideshow."""
    st.header(f"The result on {plain(dataset_name(demo))}")
    if accuracy := headline.accuracy:
        place = st.grid(2, min_column_width=140)
        accuracy_metric(place, "Accuracy", accuracy)
        place.metric(
            "Misclassified pictures",
            f"{accuracy.total - accuracy.correct:,}",
            f"of {accuracy.total:,}",
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    draw_remarks(headline, choice)
    with st.container(horizontal=True):
        if st.button("Start the slideshow", type="primary", icon=":material/slideshow:"):
            st.switch_page("slideshow.py")
        if st.button("See the mistakes", icon=":material/fact_check:"):
            st.switch_page("evaluate.py")
        if st.button("Try it live", icon=":material/videocam:"):
            st.switch_page("live.py", query_params={"view": "Camera"})


def draw_step(step: Step, following: Step | None) -> None:
    """Draw a page of the menu: the way to it, whether its work is done, and what should be known of that."""
    page = step.page
    icon = ":material/check_circle:" if step.done else page.icon
    name = f"**Next: {page.title}**" if step is following else page.title
    st.page_link(page.file, label=f"{name} (done)" if step.done else name, icon=icon)
    st.caption(step.note if step.note and (step is following or step.done is not None) else page.what)


running = jobs().running()
if running:
    st.header(f"Training {plain(running.title)}")
    draw_job(running)
    end_page()
draw_ended()

choice = chosen()
found = checked(choice.run, choice.demo) if choice.run and choice.demo else None
todo = steps(choice, found[1] if found else None)
following = next_step(todo)
if choice.run is None:
    draw_begin(choice)
elif found and choice.demo:
    draw_result(choice, choice.demo, found[1].headline)
else:
    st.header(plain(choice.run.title))
    st.markdown(following.note or following.page.what)
    st.page_link(following.page.file, label=following.page.title, icon=":material/arrow_forward:")

st.header("All pages")
beside = st.grid(len(SECTIONS), min_column_width=190)
for section in SECTIONS:
    with beside.container(border=True, height="stretch"):
        st.markdown(f"### {section}")
        for step in todo:
            if step.page.section == section:
                # Without pictures, bringing some is next, and stands at the top of this page.
                draw_step(step, following if choice.dataset else None)
