"""Evaluate: how good a run is on a demo folder, and exactly where it is wrong."""

from pathlib import Path

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.report import report
from poetcore.ui.choice import chosen
from poetcore.ui.damaged import draw_damaged_evaluations
from poetcore.ui.freshness import checked
from poetcore.ui.glossary import term
from poetcore.ui.label_groups.predicted import summary_of
from poetcore.ui.label_groups.section import draw_label_groups
from poetcore.ui.no_run import draw_no_run
from poetcore.ui.page_end import end_page
from poetcore.ui.results.before import draw_no_demo, draw_other_labels
from poetcore.ui.results.confidence import draw_confidence
from poetcore.ui.results.evaluation import downloads, draw_confusion, draw_headline, still_there
from poetcore.ui.results.label_sets import draw_label_set_headline, draw_label_sets
from poetcore.ui.results.leaks import draw_leaks
from poetcore.ui.results.mistakes import draw_mistakes
from poetcore.ui.results.publishing import draw_publish_button
from poetcore.ui.results.slices import draw_slices
from poetcore.ui.review.kept import kept_review
from poetcore.ui.review.section import draw_review
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import explain, progress_bar, workspace
from poetcore.ui.subsets import subset_words
from poetcore.ui.text import plain
from poetcore.ui.views import pick_view
from poetcore.workspace.demo_sets import dataset_title, testing_list
from poetcore.workspace.run import Run

SECTIONS = ["Mistakes", "Where it fails", "Confidence", "Groups and costs"]
#: Of a run of several labels a picture: of these there is no one confidence, and no one answer with a cost.
LABEL_SET_SECTIONS = ["Labels", "Where it fails", "Groups"]

choice = chosen()
if choice.run is None:
    draw_no_run("evaluate")
    end_page()
if choice.demo is None:
    draw_no_demo(choice.run)
    end_page()


def evaluate_now(run: Run, demo: Path) -> None:
    """Evaluate with a progress bar, and draw the page anew."""
    try:
        with progress_bar() as show:
            evaluate(run, demo, workspace(), on_progress=show)
        forget_scans()
    except PoetError as error:
        explain(error)
        end_page()
    st.rerun()


run, demo = choice.run, choice.demo
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(f"Run **{plain(run.title)}** on **{plain(dataset_title(demo))}**", width="content")
    draw_publish_button(run)
if part := subset_words(run):
    st.caption(plain(part))
if demo == testing_list(run):
    st.caption(term("testing pictures"))
draw_damaged_evaluations(run)
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
    end_page()

evaluation, known = found
metrics = evaluation.metrics
still_there(evaluation, known, "The figures are those of before: evaluate again.")
key = f"{run.name}_{demo}"
if metrics.multi_label:
    draw_label_set_headline(metrics, known)
else:
    draw_headline(metrics, known)
    draw_leaks(evaluation.predictions, metrics, Path(run.record().image_dir), key=f"leaks_{run.name}_{demo}")

section = pick_view(LABEL_SET_SECTIONS if metrics.multi_label else SECTIONS, "evaluate_section")
if section == "Where it fails":
    draw_slices(evaluation, key)
elif section == "Confidence":
    draw_confidence(run, evaluation, known, lambda: evaluate_now(run, demo))
elif section in ("Groups and costs", "Groups"):
    draw_label_groups(run, evaluation, key)
elif metrics.multi_label:
    draw_label_sets(evaluation, key)
else:
    draw_confusion(evaluation, known, key)
    draw_review(evaluation, key)
    draw_mistakes(evaluation, key)
st.header("Download")
if metrics.multi_label:
    downloads(run, evaluation)
else:
    downloads(run, evaluation, lambda one: report(one, known.changes, kept_review(one), summary_of(run, one)))
