"""Home: the seven steps, what is done, and the next thing to do."""

import streamlit as st

from poetcore.ui.choice import chosen
from poetcore.ui.evaluation import still_there
from poetcore.ui.job_panel import draw_ended, draw_job
from poetcore.ui.state import evaluation_of, jobs
from poetcore.ui.steps import steps
from poetcore.ui.text import plain

st.title("Poet")
st.markdown("Train a picture classifier on new categories, then show people how good it is.")

running = jobs().running()
if running:
    st.subheader(f"Training {plain(running.name)}")
    draw_job(running)
    st.stop()
draw_ended()

choice = chosen()
evaluation = evaluation_of(choice.run, choice.demo) if choice.run and choice.demo else None
finished = jobs().workspace.finished_runs()
todo = steps(choice, evaluation is not None, len(finished) > 1)
# After an evaluation one may tune the model, but wants to show it.
following = todo[-1] if evaluation else next(step for step in todo if not step.done)

if choice.run is None:
    with st.container(border=True):
        st.subheader("Try it with the sample flowers")
        st.markdown(
            "Draws 400 pictures of five flowers, trains a model to tell them apart and evaluates it on"
            " pictures it has never seen. Works offline and takes about a minute."
        )
        if st.button("Try it with the sample flowers", type="primary", icon=":material/play_circle:"):
            jobs().start_demo()
            st.rerun()
        st.page_link("overview.py", label="Or bring your own pictures", icon=":material/folder_open:")

if evaluation:
    still_there(evaluation, "Evaluate it again on the page *Evaluate*.")
    metrics = evaluation.metrics
    right, wrong, doubt = st.columns(3)
    right.metric("Accuracy on the demo folder", f"{metrics.accuracy:.1%}", border=True)
    wrong.metric("Misclassified pictures", metrics.total - metrics.correct, border=True)
    low, high = metrics.interval
    doubt.metric(
        "95 % interval",
        f"{low:.0%} to {high:.0%}",
        border=True,
        help=f"With {metrics.total} pictures the true accuracy lies in this range, 19 times out of 20.",
    )

st.subheader("The seven steps")
for number, step in enumerate(todo, 1):
    state = ":material/check_circle:" if step.done else ":material/radio_button_unchecked:"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{state} **{number}. {step.name}** · {step.what}", width="stretch")
        st.page_link(
            f"{step.page}.py",
            label="Next" if step is following else "Open",
            icon=":material/arrow_forward:" if step is following else None,
        )
