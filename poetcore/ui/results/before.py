"""What an evaluation lacks, told before it is started: demo pictures, or a model that knows their labels."""

from pathlib import Path

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.freshness import files_as_trained
from poetcore.evaluation.true_labels import true_labels, without_other_labels
from poetcore.ui.freshness import files_now
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import choose, explain, workspace
from poetcore.ui.text import plain
from poetcore.workspace.demo_sets import make_testing_list, testing_list
from poetcore.workspace.run import Run

__all__ = ["draw_no_demo", "draw_other_labels"]


def draw_no_demo(run: Run) -> None:
    """Show that there are no demo pictures, and offer the run's testing pictures in their place."""
    st.info(
        "No demo pictures are chosen. The run kept some pictures of its dataset for testing, which it was not"
        " trained on: it can be evaluated on those, without another folder."
    )
    _offer_testing(run, "primary")
    st.caption(
        "Or choose a folder of other pictures under *Demo pictures* in the sidebar, one folder per label."
    )


def draw_other_labels(run: Run, demo: Path) -> bool:
    """Show where demo pictures have labels that a run was not trained on, with what can be done at once.

    Args:
        run: a finished run.
        demo: the demo pictures.

    Returns:
        Whether they have, so that an evaluation is refused.
    """
    reason = _why_refused(run, demo)
    if not reason:
        return False
    st.warning(plain(reason), icon=":material/label_off:", title="Other labels than the run's")
    with st.container(horizontal=True, vertical_alignment="center"):
        other = next((one for one in workspace().finished_runs() if not _why_refused(one, demo)), None)
        if other:
            st.button(
                f"Use the run {plain(other.title)}, which knows them",
                key="run_that_knows",
                icon=":material/swap_horiz:",
                type="primary",
                on_click=choose,
                kwargs={"run": other.name},
            )
        _offer_testing(run, "secondary" if other else "primary")
        st.page_link("train.py", label="Train on these labels", icon=":material/model_training:")
    return True


def _why_refused(run: Run, demo: Path) -> str:
    """Return in a sentence which labels a run was not trained on; "" where it knows all, as far as known."""
    pictures = files_now(demo)
    if pictures is None:
        return ""
    try:
        known = run.labels()
        pictures = files_as_trained(pictures, run.record())
        if pictures is None:
            return ""
        if run.record().options.get("labels"):  # of all labels some were chosen
            pictures, _ = without_other_labels(pictures, known)
    except PoetError:
        return ""  # evaluating tells it
    try:
        true_labels(pictures.labels, known, f"The run {run.title!r}", demo)
    except PoetError as error:
        return str(error)
    return ""


def _offer_testing(run: Run, kind: str) -> None:
    """Offer the testing pictures of a run; those of an earlier version's run are listed now."""
    if st.button(
        "Evaluate on its testing pictures",
        key="use_testing",
        icon=":material/fact_check:",
        type="primary" if kind == "primary" else "secondary",
    ):
        try:
            choose(demo=str(testing_list(run) or make_testing_list(run)))
        except PoetError as error:
            explain(error)
            return
        forget_scans()
        st.session_state["evaluate_at_once"] = True
        st.rerun()
