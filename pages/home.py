"""Home: the seven steps, what is done, and the next thing to do."""

import streamlit as st

from poetcore.ui.choice import chosen
from poetcore.ui.freshness import checked
from poetcore.ui.headline import accuracy_metric, draw_remarks
from poetcore.ui.model.job_panel import draw_ended, draw_job
from poetcore.ui.state import jobs, workspace
from poetcore.ui.steps import next_step, steps
from poetcore.ui.text import plain

st.markdown("Train a picture classifier on new categories, then show people how good it is.")

running = jobs().running()
if running:
    st.header(f"Training {plain(running.name)}")
    draw_job(running)
    st.stop()
draw_ended()

choice = chosen()
found = checked(choice.run, choice.demo) if choice.run and choice.demo else None
todo = steps(choice, found[1] if found else None, workspace().finished_runs())
following = next_step(todo)

if choice.run is None:
    with st.container(border=True):
        st.header("Try it with the sample flowers")
        st.markdown(
            "Draws 400 pictures of five flowers, trains a model to tell them apart and evaluates it on"
            " pictures it has never seen. Works offline and takes about a minute."
        )
        if st.button("Try it with the sample flowers", type="primary", icon=":material/play_circle:"):
            jobs().start_demo()
            st.rerun()
        st.page_link("overview.py", label="Or bring your own pictures", icon=":material/folder_open:")

if found:
    headline = found[1].headline
    accuracy = headline.accuracy
    if accuracy:
        right, wrong = st.columns(2)
        accuracy_metric(right, "Accuracy on the demo folder", accuracy)
        wrong.metric(
            "Misclassified pictures",
            f"{accuracy.total - accuracy.correct:,}",
            f"of {accuracy.total:,}",
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    draw_remarks(headline, choice)

st.header("The seven steps")
for number, step in enumerate(todo, 1):
    state = ":material/check_circle:" if step.done else ":material/radio_button_unchecked:"
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap="xxsmall"):
            st.markdown(f"{state} **{number}. {step.name}** · {step.what}")
            if step.note:
                st.caption(step.note)
        st.page_link(
            f"{step.page}.py",
            label="Next" if step is following else "Open",
            icon=":material/arrow_forward:" if step is following else None,
        )
