"""The list of earlier runs: settings, results, rename, delete."""

import contextlib
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError, RunError
from poetcore.evaluation.metrics import Metrics
from poetcore.ui.choice import choose, chosen, forget
from poetcore.ui.job_panel import draw_failure
from poetcore.ui.state import explain, jobs
from poetcore.ui.text import plain, short
from poetcore.workspace.records import read_record
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import DAMAGED

__all__ = ["draw_runs"]


def draw_runs() -> None:
    """Show every run in a table; the selected one can be used, renamed or deleted."""
    runs = jobs().workspace.all_runs()
    if not runs:
        return
    st.subheader("All runs")
    table = st.dataframe(
        pd.DataFrame([_row(run) for run in runs]),
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        # A new key after a change: a selection stays with its row's number, not with its run.
        key=f"runs_table_{st.session_state.get('runs_changed', 0)}",
        column_config={
            "test": st.column_config.NumberColumn("test accuracy", format="percent"),
            "demo": st.column_config.NumberColumn(
                "demo accuracy",
                format="percent",
                help="On the demo folder of the newest evaluation; compare only runs evaluated on the same.",
            ),
            "steps": st.column_config.NumberColumn(format="localized"),
        },
    )
    selected = table.selection.rows
    if not selected:
        st.caption("Select a row to use, rename or delete its run.")
        return
    run = runs[selected[0]]
    status = jobs().status(run)
    if status.phase == "failed":
        draw_failure(run, status)
    elif status.phase == DAMAGED:
        st.warning(status.message, icon=":material/warning:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if status.phase == "done" and st.button("Use this run", icon=":material/check:"):
            choose(run=run.name)
            st.rerun()
        with st.popover("Rename", icon=":material/edit:"):
            _draw_rename(run)
        with st.popover("Delete", icon=":material/delete:"):
            _draw_delete(run)


def _row(run: Run) -> dict[str, object]:
    row: dict[str, object] = {"run": run.name, "state": jobs().status(run).phase}
    if row["state"] == "done":
        record = run.record()
        row |= {
            "test": record.metrics["final_test_accuracy"],
            "demo": _demo_accuracy(run),
            "pictures": sum(record.splits.values()),
            "dataset": short(record.image_dir),
            "backbone": record.backbone,
            "steps": record.options["how_many_training_steps"],
            "learning rate": record.options["learning_rate"],
            "augmentation": _augmentation(record.options),
        }
    return row


def _demo_accuracy(run: Run) -> float | None:
    """Return the accuracy of the newest evaluation that can be read, if there is one."""
    for evaluation in run.evaluations():
        with contextlib.suppress(RunError):
            return read_record(evaluation.metrics_file, Metrics).accuracy
    return None


def _augmentation(options: Mapping[str, Any]) -> str:
    """Return in a few words how the training pictures were augmented."""
    words = ["mirrored"] if options.get("flip_left_right") else []
    percents = {name: options.get(f"random_{name}") for name in ("crop", "scale", "brightness")}
    words += [f"{name} {percent} %" for name, percent in percents.items() if percent]
    return f"{options['distortion_variants']} x {', '.join(words)}" if words else ""


def _draw_rename(run: Run) -> None:
    name = st.text_input("New name", run.name, key=f"rename_{run.name}")
    if st.button("Rename", key="rename_now", type="primary") and name.strip() != run.name:
        try:
            renamed = jobs().workspace.rename_run(run, name.strip())
        except PoetError as error:
            explain(error)
            return
        _changed(run, renamed.name)


def _draw_delete(run: Run) -> None:
    st.markdown(f"**{plain(run.name)}** with its model and its evaluations will be gone. The pictures stay.")
    sure = st.checkbox("Yes, I am sure", key=f"sure_{run.name}")
    if st.button("Delete for good", key="delete_now", disabled=not sure):
        jobs().workspace.delete_run(run)
        _changed(run, None)


def _changed(run: Run, name: str | None) -> None:
    """Rerun the page after a run was renamed or, with None, deleted."""
    st.session_state.pop("runs_done", None)  # a new name is no new run
    st.session_state["runs_changed"] = st.session_state.get("runs_changed", 0) + 1
    choice = chosen().run
    if choice and choice.name == run.name:
        forget("run")
        if name:
            choose(run=name)
    st.rerun()
