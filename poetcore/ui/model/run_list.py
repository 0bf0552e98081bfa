"""All runs: searched, compared, renamed, deleted; and those that did not finish, with their reasons."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from poetcore.ui.choice import chosen
from poetcore.ui.glossary import term
from poetcore.ui.model.job_panel import draw_failure
from poetcore.ui.model.run_actions import draw_delete, draw_rename
from poetcore.ui.model.run_table import differing, matching, row_of
from poetcore.ui.results.compare_choice import open_comparison
from poetcore.ui.state import choose, jobs
from poetcore.ui.text import counted, plain
from poetcore.workspace.run import Run

__all__ = ["draw_runs"]

#: Pixels of a column; with Streamlit's own measure they jump once a row is selected.
_NAME, _TIME, _FIGURE = 220, 140, 145

_COLUMNS = {
    "run": st.column_config.TextColumn(width=_NAME),
    "started": st.column_config.DatetimeColumn(format="D MMM YYYY HH:mm", width=_TIME),
    "accuracy": st.column_config.TextColumn(
        width=_FIGURE,
        help=f"{term('cross validation')} The figure to compare runs on one dataset by, with its interval.",
    ),
    "evaluated on": st.column_config.TextColumn(width=_NAME),
    "test accuracy": st.column_config.TextColumn(
        width=_FIGURE,
        help="The original script's figure: on the testing part only, so with a wider interval.",
    ),
    "demo accuracy": st.column_config.TextColumn(
        width=_FIGURE,
        help="On the chosen demo pictures, or else by the newest evaluation. Compare only runs that were"
        " evaluated on the same.",
    ),
    "reason": st.column_config.TextColumn(width="large"),
    "remarks": st.column_config.TextColumn(
        width="medium",
        help="What must be known to read the figures: demo pictures seen in training, labels changed"
        " after a model was seen, files changed since, near duplicates on both sides of the split.",
    ),
    "pictures": st.column_config.NumberColumn(format="localized"),
    "steps": st.column_config.NumberColumn(format="localized", help=term("step")),
    "learning rate": st.column_config.NumberColumn(help=term("learning rate")),
    "batch size": st.column_config.NumberColumn(help=term("batch size")),
    "seed": st.column_config.NumberColumn(help=term("seed")),
    "backbone": st.column_config.TextColumn(help=term("backbone")),
    "augmentation": st.column_config.TextColumn(help=term("augmentation")),
}


def draw_runs() -> None:
    """Show the finished runs in a table that can be searched, and below it those that did not finish."""
    place = jobs()
    finished, others = [], []
    for run in place.workspace.all_runs():
        status = place.status(run)
        if status.phase == "done":
            finished.append(run)
        elif status.final:
            others.append(run)
    if finished:
        _draw_finished(finished)
    else:
        st.info("No training has finished yet: start one under *New training*.")
    if others:
        # With a key it stays open while what stands above comes and goes.
        title = f"{counted(len(others), 'training')} not finished"
        with st.expander(title, icon=":material/report:", key="unfinished_runs"):
            _draw_unfinished(others)


def _draw_finished(runs: Sequence[Run]) -> None:
    demo = chosen().demo
    rows = [row_of(run, demo) for run in runs]
    words = ""
    if len(runs) > 1:
        words = st.text_input(
            "Search the runs",
            key="search_runs",
            placeholder="a name, dataset, backbone or setting",
            icon=":material/search:",
            persist_state="session",
            width=420,
        )
    kept = [n for n, fits in enumerate(matching(rows, words)) if fits]
    if not kept:
        st.info("No run has all of these words.")
        return
    runs = [runs[n] for n in kept]
    table, alike = differing([rows[n] for n in kept])
    selected = _select(runs, table, "finished")
    if alike and len(runs) > 1:
        told = " · ".join(f"{name} {value}" for name, value in alike.items())
        st.caption(f"All alike: {plain(told)}.")
    if not selected:
        st.caption("Select a run to use, rename or delete it; select two or more to compare them.")
        return
    with st.container(horizontal=True):
        if len(selected) == 1:
            st.button(
                "Use this run",
                icon=":material/check:",
                key="use_run",
                type="primary",
                on_click=_use,
                args=(selected[0],),
            )
            draw_rename(selected[0])
        elif st.button("Compare them", icon=":material/compare:", key="compare_runs", type="primary"):
            open_comparison(selected)
        draw_delete(selected)


def _draw_unfinished(runs: Sequence[Run]) -> None:
    place = jobs()
    status = {run.name: place.status(run) for run in runs}
    table = pd.DataFrame(
        [
            {
                "run": run.title,
                "state": status[run.name].phase,
                "started": datetime.fromtimestamp(status[run.name].started),
                "reason": status[run.name].message,
            }
            for run in runs
        ]
    )
    selected = _select(runs, table, "unfinished")
    if not selected:
        st.caption("Select one to see the end of its log, or several to delete them.")
        return
    if len(selected) == 1 and status[selected[0].name].phase == "failed":
        draw_failure(selected[0], status[selected[0].name])
    with st.container(horizontal=True):
        if len(selected) == 1:
            draw_rename(selected[0])
        draw_delete(selected)


def _select(runs: Sequence[Run], table: pd.DataFrame, key: str) -> list[Run]:
    """Draw a table with a row for each run and return those that are selected, whatever rows are added.

    Streamlit remembers rows by their numbers, so the runs are remembered here, by name.
    """
    names = [run.name for run in runs]
    remembered: list[str] = st.session_state.get(f"selected_{key}", [])
    of_these = hashlib.sha1("/".join(names).encode()).hexdigest()[:8]
    picked = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [names.index(one) for one in remembered if one in names]}},
        key=f"runs_{key}_{of_these}",
        column_config=_COLUMNS,
        alt=f"{counted(len(runs), 'run')}, a row each",
    )
    selected = [runs[row] for row in picked.selection.rows if row < len(runs)]
    st.session_state[f"selected_{key}"] = [run.name for run in selected]
    return selected


def _use(run: Run) -> None:
    """Choose a run and show it."""
    choose(run=run.name)
    st.session_state["train_view"] = "This run"
