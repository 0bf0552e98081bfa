"""Evaluate: how good a run is on a demo folder, and exactly where it is wrong."""

import streamlit as st

from poetcore.charts.evaluation import CELL, confusion_chart, coverage_chart, pick_cell
from poetcore.errors import PoetError
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.metrics import threshold_table
from poetcore.evaluation.report import report
from poetcore.ui.choice import chosen
from poetcore.ui.evaluation import downloads, draw_gallery, draw_headline, draw_per_label, still_there
from poetcore.ui.state import evaluation_of, explain, progress_bar, workspace
from poetcore.ui.text import plain, short

st.title("Evaluate")
choice = chosen()
if choice.run is None:
    st.info("There is no finished run to evaluate yet.")
    st.page_link("train.py", label="Train one", icon=":material/model_training:")
    st.stop()
if choice.demo is None:
    st.info(
        "Choose a demo folder in the sidebar: pictures in one folder per label that the model was not"
        " trained on. Type the folder's path into *Demo folder*."
    )
    st.stop()

st.markdown(f"Run **{plain(choice.run.name)}** on **{plain(short(choice.demo))}**")
evaluation = evaluation_of(choice.run, choice.demo)
if st.button(
    "Evaluate again" if evaluation else "Evaluate on the demo folder",
    type="secondary" if evaluation else "primary",
    icon=":material/fact_check:",
):
    try:
        with progress_bar() as show:
            evaluate(choice.run, choice.demo, workspace(), on_progress=show)
    except PoetError as error:
        explain(error)
        st.stop()
    st.rerun()
if evaluation is None:
    st.stop()

metrics = evaluation.metrics
still_there(evaluation, "The figures are those of before: evaluate again.")
draw_headline(metrics)

left, right = st.columns([3, 2])
with left:
    st.subheader("Confusion matrix")
    unit = st.segmented_control(
        "Show", ["counts", "row percentages"], default="counts", required=True, key="matrix_unit"
    )
    event = st.altair_chart(
        confusion_chart(metrics.confusion_matrix, metrics.labels, unit == "row percentages"),
        width="stretch",
        on_select="rerun",
        key=f"matrix_{choice.run.name}_{choice.demo}",
    )
    st.caption("Each row is a true label, each column a predicted one. Click a cell: its pictures are below.")
with right:
    st.subheader("Per-class metrics")
    draw_per_label(evaluation)

draw_gallery(evaluation, pick_cell(event.selection.get(CELL) or []), f"{choice.run.name}_{choice.demo}")

st.subheader("Accuracy against coverage, with a confidence threshold")
st.altair_chart(coverage_chart(threshold_table(evaluation.predictions)), width="stretch")
st.caption(
    "What if the model only answered when it is sure? Move along the lines to a threshold: the dashed line"
    " is the share of pictures that would get an answer, the solid line how many of those answers are right."
)
st.subheader("Download")
downloads(choice.run, evaluation, report)
