"""Evaluate: how good a run is on a demo folder, and exactly where it is wrong."""

import streamlit as st

from poetcore.charts import CELL, confidence_chart, confusion_chart
from poetcore.errors import PoetError
from poetcore.evaluation.evaluate import confusion_table, evaluate, pick_cell, threshold_table
from poetcore.evaluation.report import report
from poetcore.ui.choice import chosen
from poetcore.ui.evaluation import downloads, draw_gallery, draw_headline, draw_per_label, still_there
from poetcore.ui.state import evaluation_of, explain, progress_bar, workspace
from poetcore.ui.text import short

st.title("Evaluate")
choice = chosen()
if choice.run is None:
    st.info("There is no finished run to judge yet.")
    st.page_link("train.py", label="Train one", icon=":material/model_training:")
    st.stop()
if choice.demo is None:
    st.info(
        "Choose a demo folder in the sidebar: pictures in one folder per label that the model has not learnt"
        " from. Type the folder's path into *Demo folder*."
    )
    st.stop()

st.markdown(f"Run **{choice.run.name}** on **{short(choice.demo)}**")
evaluation = evaluation_of(choice.run, choice.demo)
if st.button(
    "Judge again" if evaluation else "Judge the demo folder",
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

metrics, predictions = evaluation.metrics, evaluation.predictions
still_there(evaluation, "The figures are of before: judge again.")
draw_headline(metrics)

left, right = st.columns([3, 2])
with left:
    st.subheader("Confusion matrix")
    shares = st.segmented_control(
        "Write", ["counts", "shares"], default="counts", required=True, key="matrix_unit"
    )
    matrix = confusion_table(predictions["label"], predictions["predicted"], metrics.labels)
    event = st.altair_chart(
        confusion_chart(matrix, shares == "shares"),
        width="stretch",
        on_select="rerun",
        key=f"matrix_{choice.run.name}_{choice.demo}",
    )
    st.caption(
        "Each row is a true label, each column what the model said. Click a cell: its pictures are below."
    )
with right:
    st.subheader("Each label")
    draw_per_label(evaluation)

draw_gallery(evaluation, pick_cell(event.selection.get(CELL) or []), f"{choice.run.name}_{choice.demo}")

st.subheader("If it only answered when it is sure")
st.altair_chart(confidence_chart(threshold_table(predictions)), width="stretch")
st.caption(
    "Move along the lines to a confidence: the dashed line says how many of the pictures would get an answer,"
    " the solid line how many of those answers are right."
)
st.subheader("Take it with you")
downloads(choice.run, evaluation, report)
