"""Two published models compared on the pictures that both were evaluated on."""

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.common import compare_evaluations
from poetcore.evaluation.comparison import Comparison, Evaluated
from poetcore.ui.access import access
from poetcore.ui.choice import run_titles
from poetcore.ui.public.chosen import evaluation_of, explain_nothing, published_runs, shown
from poetcore.ui.results.compare_pictures import draw_comparison
from poetcore.ui.state import workspace
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["can_compare", "draw_compare"]


def can_compare() -> bool:
    """Return whether two published models were evaluated on the same published pictures."""
    titles = [title for run in access().published.runs.values() for title in run.evaluations]
    return len(titles) > len(set(titles))


def draw_compare() -> None:
    """Draw the comparison of the chosen model with another on the chosen pictures."""
    run, name = shown().run, shown().evaluation
    runs = published_runs()
    published = access().published.runs
    others = [n for n, one in runs.items() if run and n != run.name and name in published[n].evaluations]
    if run is None or name is None or not others:
        st.info("No other published model was evaluated on these pictures: choose others in the sidebar.")
        return
    titles = run_titles(runs.values())
    other = st.selectbox("Compare with", others, format_func=lambda n: titles.get(n, n), key="public_other")
    if other not in others:
        return
    try:
        detail = _compared(run, runs[other], name)
        on = published[run.name].evaluations[name]
        st.markdown(f"A is **{plain(run.title)}**, B is **{plain(runs[other].title)}**, on {plain(on)}.")
        draw_comparison(detail, f"public_{run.name}_{other}_{name}")
    except PoetError as error:
        explain_nothing(error)


def _compared(one: Run, other: Run, name: str) -> Comparison:
    a, b = (Evaluated(run.name, run.title, evaluation_of(run, name)[0]) for run in (one, other))
    return compare_evaluations(a, b, workspace())
