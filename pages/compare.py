"""Compare: which of two models is better on the same pictures, how surely, and on which pictures."""

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.compare import compare
from poetcore.ui.choice import chosen
from poetcore.ui.no_run import draw_no_run
from poetcore.ui.page_end import end_page
from poetcore.ui.results.compare_choice import pick_models
from poetcore.ui.results.compare_figures import draw_ranking, names_of
from poetcore.ui.results.compare_found import comparison_on
from poetcore.ui.results.compare_pictures import draw_comparison
from poetcore.ui.results.compare_runs import draw_runs_compared
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import explain, progress_bar, workspace
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import dataset_title
from poetcore.workspace.not_offered import NOT_OFFERED
from poetcore.workspace.run import Run

choice = chosen()
if not workspace().finished_runs():
    draw_no_run("compare")
    end_page()
models = pick_models(choice)
if not models:
    st.info(
        "Choose a model A and what to compare with it: another run, trained with other settings or on"
        " repaired pictures, or the path of an old frozen graph or an exported file."
    )
    st.page_link("train.py", label="Train another run", icon=":material/model_training:")
    end_page()
runs = [model for model in models if isinstance(model, Run)]
if any(run.record().multi_label for run in runs):
    st.info(NOT_OFFERED["compare"], icon=":material/info:")
    draw_runs_compared(models[0], models[1])
    end_page()
try:
    found = comparison_on(choice.demo, models)
    if found is None and choice.demo is None:
        st.info("Choose demo pictures in the sidebar: a file keeps no evaluations of its own.")
        end_page()
    if found is None and choice.demo is not None:
        st.caption(
            "Not all of them were evaluated on these pictures yet:"
            f" **{plain(dataset_title(choice.demo))}**, as they are now."
        )
        if not st.button("Evaluate and compare", type="primary", icon=":material/compare:"):
            end_page()
        with progress_bar() as show:
            compare(models, choice.demo, workspace(), on_progress=show)
        forget_scans()
        st.rerun()
except PoetError as error:
    explain(error)
    draw_runs_compared(models[0], models[1])
    end_page()
assert found is not None
if choice.demo is not None:
    st.caption(f"On **{plain(dataset_title(choice.demo))}**, as these pictures are now.")
else:
    st.caption("No demo pictures are chosen: these are the newest evaluations of the runs.")
number = 0
if len(found) > 1:
    draw_ranking(found)
    titles = names_of(found)
    number = titles.index(st.selectbox("B in detail", titles, key="compare_detail"))
detail = found[number]
key = f"{detail.a.name}_{detail.b.name}_{choice.demo}"
draw_comparison(detail, key)
draw_runs_compared(models[0], models[number + 1])
