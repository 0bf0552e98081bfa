"""Train: choose a backbone and settings, follow the training, and manage the runs."""

import streamlit as st

from poetcore.data.layout import better_level
from poetcore.errors import PoetError
from poetcore.training.config import RunConfig
from poetcore.training.train import TrainingOptions
from poetcore.ui.choice import chosen
from poetcore.ui.freshness import files_now
from poetcore.ui.model.exports import draw_exports
from poetcore.ui.model.job_panel import draw_curves, draw_ended, draw_job
from poetcore.ui.model.learning_curve import draw_learning_curve
from poetcore.ui.model.run_figures import draw_run
from poetcore.ui.model.run_list import draw_runs
from poetcore.ui.model.settings import pick_augmentation, pick_backbone, pick_options, pick_subset
from poetcore.ui.model.tensorboard import draw_tensorboard
from poetcore.ui.state import explain, jobs, offer_level
from poetcore.ui.text import plain, short

jobs().recover()
running = jobs().running()
if running:
    st.header(f"Training {plain(running.name)}")
    draw_job(running)
    draw_tensorboard()
    st.stop()
draw_ended()

choice = chosen()
if choice.dataset is None:
    st.info("Choose a dataset to train on first.")
    st.page_link("overview.py", label="Go to the overview", icon=":material/photo_library:")
    st.stop()

if level := better_level(choice.dataset):
    offer_level(level)
    st.stop()

st.header("A new training")
st.markdown(f"Trains on **{plain(short(choice.dataset))}**.")
backbone = pick_backbone()
try:
    options: TrainingOptions | None = pick_options()
except PoetError as error:
    explain(error)
    options = None
augmentation = pick_augmentation()
dataset = files_now(choice.dataset)
labels, most = pick_subset(dataset) if dataset else ("", -1)
for label in dataset.empty if dataset else ():
    st.caption(f":material/info: {plain(label)}: no pictures. Training goes on without this label.")
evaluate_too = st.checkbox(
    f"Then evaluate it on {plain(short(choice.demo))}"
    if choice.demo
    else "Then evaluate it on a demo folder",
    value=choice.demo is not None,
    disabled=choice.demo is None,
    help="The demo folder is chosen in the sidebar.",
)
name = st.text_input("Name of the run", placeholder="from date and time", max_chars=100)
if (
    st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=options is None)
    and options
):
    try:
        demo_dir = choice.demo if evaluate_too else None
        jobs().start_training(
            RunConfig(
                choice.dataset,
                backbone,
                options,
                augmentation,
                demo_dir=demo_dir,
                name=name.strip() or None,
                labels=labels,
                max_pictures_per_label=most,
            )
        )
    except PoetError as error:
        explain(error)
    else:
        st.rerun()

if choice.run:
    record = choice.run.record()
    st.header(f"Run {plain(record.name)}")
    draw_run(choice.run)
    draw_curves(choice.run, record.options["how_many_training_steps"])
    draw_learning_curve(choice.run)
    draw_exports(choice.run)
    st.caption(f"The run is in {plain(choice.run.folder)}")
    st.page_link("evaluate.py", label="Evaluate on a demo folder", icon=":material/fact_check:")

draw_tensorboard()
draw_runs()
