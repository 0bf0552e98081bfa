"""The list of earlier runs: settings, results, rename, delete."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError, RunError
from poetcore.system.figures import interval as range_words
from poetcore.ui.choice import chosen, forget
from poetcore.ui.freshness import check, run_changes
from poetcore.ui.model.job_panel import draw_failure
from poetcore.ui.state import choose, evaluation_at, explain, jobs, metrics_of
from poetcore.ui.text import plain, short
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import DAMAGED, RunRecord

__all__ = ["draw_runs"]


def draw_runs() -> None:
    """Show every run in a table; the selected one can be used, renamed or deleted."""
    runs = jobs().workspace.all_runs()
    if not runs:
        return
    st.header("All runs")
    table = st.dataframe(
        pd.DataFrame([_row(run, chosen().demo) for run in runs]),
        hide_index=True,
        width="stretch",
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        # A new key after a change: a selection stays with its row's number, not with its run.
        key=f"runs_table_{st.session_state.get('runs_changed', 0)}",
        column_config={
            "accuracy": st.column_config.TextColumn(
                help="By cross validation, on pictures that were not trained on. The range holds the true"
                " accuracy 19 times out of 20. The figure to compare runs on one dataset by."
            ),
            "test accuracy": st.column_config.TextColumn(
                help="The original script's figure: on the testing part only, so with a wider range."
            ),
            "demo accuracy": st.column_config.TextColumn(
                help="On the demo folder in the next column: the chosen one, or else that of the newest"
                " evaluation. Compare only runs that were evaluated on the same."
            ),
            "remarks": st.column_config.TextColumn(
                width="medium",
                help="What must be known to read the figures: demo pictures seen in training, labels changed"
                " after a model was seen, files changed since, near duplicates on both sides of the split.",
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
        st.warning(plain(status.message), icon=":material/warning:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if status.phase == "done" and st.button("Use this run", icon=":material/check:"):
            choose(run=run.name)
            st.rerun()
        with st.popover("Rename", icon=":material/edit:"):
            _draw_rename(run)
        with st.popover("Delete", icon=":material/delete:"):
            _draw_delete(run)


def _row(run: Run, demo: Path | None) -> dict[str, object]:
    row: dict[str, object] = {"run": run.name, "state": jobs().status(run).phase}
    if row["state"] == "done":
        record = run.record()
        about_demo = _about_demo(run, demo)
        row |= {
            "accuracy": _cross_validated(record),
            "test accuracy": _with_range(
                record.metrics.get("final_test_accuracy"), record.metrics.get("final_test_interval")
            ),
            "demo accuracy": about_demo.figure,
            "demo folder": about_demo.folder,
            "remarks": " · ".join(filter(None, (about_demo.remark, _about_dataset(run, record)))),
            "pictures": sum(record.splits.values()),
            "dataset": short(record.image_dir),
            "backbone": record.backbone,
            "steps": record.options.get("how_many_training_steps"),
            "learning rate": record.options.get("learning_rate"),
            "augmentation": _augmentation(record.options),
        }
    return row


@dataclass(frozen=True)
class _Demo:
    """What the table tells of an evaluation: the figure, on which folder, and how to read it."""

    figure: str | None = None
    folder: str | None = None
    remark: str = ""


def _about_demo(run: Run, demo: Path | None) -> _Demo:
    """Return the figures on the chosen demo folder, or else of the newest evaluation that can be read."""
    chosen_first = [evaluation_at(run, demo)] if demo else []
    for folder in filter(None, [*chosen_first, *run.evaluations()]):
        with contextlib.suppress(RunError):
            found = check(run, folder)
            accuracy, mark = found.headline.accuracy, found.headline.mark
            marks = [mark] if mark else []
            marks += [] if found.changes.known else ["not compared with the files now"]
            return _Demo(
                _with_range(accuracy.value, accuracy.interval) if accuracy else None,
                short(metrics_of(folder).folder),
                f"demo: {'; '.join(marks)}" if marks else "",
            )
    return _Demo()


def _about_dataset(run: Run, record: RunRecord) -> str:
    """Return in a few words what makes the figures of a run doubtful: changed pictures, or their split."""
    remarks = ["dataset changed since"] if run_changes(run).any else []
    remarks += ["near duplicates not kept together"] if (record.groups or {}).get("by") == "exact" else []
    return " · ".join(remarks)


def _cross_validated(record: RunRecord) -> str | None:
    found = record.cross_validation
    return _with_range(found["accuracy"], found["interval"]) if found else None


def _with_range(value: float | None, interval: Sequence[float] | None) -> str | None:
    """Return an accuracy with its range, padded so that text sorts as the numbers do."""
    if value is None or interval is None:
        return None
    return f"{100 * value:5.1f} % ({range_words(*interval)})"


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
