"""Evaluate: how good a run is on a demo folder, and exactly where it is wrong."""

from pathlib import Path

import streamlit as st

from poetcore.charts.style import FEW_LABELS
from poetcore.errors import PoetError
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.report import report
from poetcore.system.figures import count
from poetcore.ui.choice import chosen
from poetcore.ui.freshness import checked, forget_scans
from poetcore.ui.glossary import term
from poetcore.ui.no_run import draw_no_run
from poetcore.ui.results.before import draw_no_demo, draw_other_labels
from poetcore.ui.results.calibration import draw_calibration
from poetcore.ui.results.confusion import draw_confusions, draw_matrix
from poetcore.ui.results.coverage import draw_coverage
from poetcore.ui.results.evaluation import downloads, draw_headline, draw_per_label, still_there
from poetcore.ui.results.label_sets import draw_label_sets
from poetcore.ui.results.leaks import draw_leaks
from poetcore.ui.results.mistakes import draw_mistakes
from poetcore.ui.results.temperature import draw_temperature
from poetcore.ui.state import explain, progress_bar, workspace
from poetcore.ui.subsets import subset_words
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import dataset_title, testing_list
from poetcore.workspace.run import Run

choice = chosen()
if choice.run is None:
    draw_no_run("evaluate")
    st.stop()
if choice.demo is None:
    draw_no_demo(choice.run)
    st.stop()


def evaluate_now(run: Run, demo: Path) -> None:
    """Evaluate with a progress bar, and draw the page anew."""
    try:
        with progress_bar() as show:
            evaluate(run, demo, workspace(), on_progress=show)
        forget_scans()
    except PoetError as error:
        explain(error)
        st.stop()
    st.rerun()


run, demo = choice.run, choice.demo
st.markdown(f"Run **{plain(run.title)}** on **{plain(dataset_title(demo))}**")
if part := subset_words(run):
    st.caption(plain(part))
if demo == testing_list(run):
    st.caption(term("testing pictures"))
found = checked(run, demo)
refused = draw_other_labels(run, demo)
asked = not refused and st.button(
    "Evaluate again" if found else "Evaluate",
    type="secondary" if found and found[1].fresh else "primary",
    icon=":material/fact_check:",
)
at_once = st.session_state.pop("evaluate_at_once", False) and not found and not refused
if asked or at_once:
    evaluate_now(run, demo)
if found is None:
    st.stop()

evaluation, known = found
metrics = evaluation.metrics
still_there(evaluation, known, "The figures are those of before: evaluate again.")
key = f"{run.name}_{demo}"
if metrics.multi_label:
    draw_label_sets(evaluation, known, key)
    st.header("Download")
    downloads(run, evaluation)
    st.stop()
draw_headline(metrics, known)
draw_leaks(evaluation.predictions, metrics, Path(run.record().image_dir), key=f"leaks_{run.name}_{demo}")

if len(metrics.labels) > FEW_LABELS:
    draw_matrix(metrics, key)
    draw_per_label(evaluation)
else:
    beside = st.grid(2, min_column_width=340, gap="large")
    with beside.cell():
        draw_matrix(metrics, key)
    with beside.cell():
        draw_per_label(evaluation)
draw_confusions(evaluation, key)
if known.headline.accuracy is None:
    st.caption(
        "Most of these pictures were seen in training: matrix and metrics do not show how good the model is."
    )
elif seen := metrics.total - known.headline.accuracy.total:
    st.caption(
        f"Matrix, metrics and accuracy against coverage are of all {count(metrics.total)} pictures, the"
        f" {count(seen)} seen in training included."
    )

draw_mistakes(evaluation, key)

beside = st.grid(2, min_column_width=340, gap="large")
with beside.cell():
    st.header("Can the probabilities be believed?", help=term("calibration"))
    draw_calibration(metrics)
    draw_temperature(run, lambda: evaluate_now(run, demo))
with beside.cell():
    st.header("Accuracy against coverage", help=term("coverage"))
    if known.headline.accuracy is None:
        st.caption("Most of these pictures were seen in training, so that it would show the memory only.")
    else:
        draw_coverage(evaluation.predictions)
st.header("Download")
downloads(run, evaluation, lambda one: report(one, known.changes))
