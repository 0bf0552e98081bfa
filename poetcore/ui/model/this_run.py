"""A run: while it is trained, then its result with the way to it, its figures, curves and exports."""

from pathlib import Path

import streamlit as st

from poetcore.ui.choice import Choice
from poetcore.ui.freshness import checked, trained_on
from poetcore.ui.headline import accuracy_metric, draw_remarks
from poetcore.ui.model.curves import draw_curves
from poetcore.ui.model.exports import draw_exports
from poetcore.ui.model.job_panel import draw_job
from poetcore.ui.model.learning_curve import draw_learning_curve
from poetcore.ui.model.preview import draw_preview
from poetcore.ui.model.run_actions import draw_rename
from poetcore.ui.model.run_figures import draw_run
from poetcore.ui.model.tensorboard import draw_tensorboard
from poetcore.ui.text import apart, counted, plain
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.run import Run

__all__ = ["draw_running", "draw_this_run"]


def draw_running(run: Run) -> None:
    """Show a training while it goes on."""
    st.header(f"Training {plain(run.title)}")
    draw_job(run)
    draw_tensorboard()


def draw_this_run(choice: Choice) -> None:
    """Show the chosen run, its result first."""
    run = choice.run
    if run is None:
        st.info("No run was trained on this dataset yet: start one under *New training*.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(plain(run.title), width="content")
        draw_rename(run)
    _draw_origin(run, choice)
    _draw_result(run, choice)
    st.header("Figures of the training")
    draw_run(run)
    draw_curves(run, run.record().options["how_many_training_steps"])
    draw_preview(run, folded=True)
    draw_tensorboard()
    draw_learning_curve(run)
    st.header("Export the model")
    draw_exports(run)
    st.caption(f"On the command line: `--run` {plain(run.name)}. Its files are in {plain(run.folder)}.")


def _draw_origin(run: Run, choice: Choice) -> None:
    """Show on which pictures a run was trained, and loudly where they are others than the chosen dataset."""
    record = run.record()
    number = f"{counted(sum(record.splits.values()), 'picture')} of {counted(len(record.labels), 'label')}"
    if choice.dataset is None or trained_on(run, choice.dataset):
        st.markdown(f"Trained on **{plain(dataset_title(Path(record.image_dir)))}**, {number}.")
        return
    own, chosen_one = map(plain, apart(record.image_dir, choice.dataset))
    st.info(
        f"This run was trained on **{own}**, {number}, and not on {chosen_one}, which is chosen as dataset:"
        " train a new one there, or choose another run.",
        icon=":material/info:",
    )


def _draw_result(run: Run, choice: Choice) -> None:
    """Show the accuracy on the demo pictures, and lead to the evaluation, the mistakes and the slideshow."""
    found = checked(run, choice.demo) if choice.demo else None
    if found is None or choice.demo is None:
        st.page_link("evaluate.py", label="Evaluate it on demo pictures", icon=":material/fact_check:")
        return
    headline = found[1].headline
    wrong = 0
    if accuracy := headline.accuracy:
        wrong = accuracy.total - accuracy.correct
        accuracy_metric(st.container(width=360), f"Accuracy on {plain(dataset_title(choice.demo))}", accuracy)
    draw_remarks(headline, choice)
    with st.container(horizontal=True):
        st.page_link("evaluate.py", label="Evaluation", icon=":material/fact_check:")
        if wrong:
            st.page_link(
                "slideshow.py",
                label=f"Its {counted(wrong, 'mistake')}, one by one",
                icon=":material/close:",
                query_params={"show": "mistakes"},
            )
        st.page_link(
            "slideshow.py", label="Slideshow", icon=":material/slideshow:", query_params={"show": "all"}
        )
