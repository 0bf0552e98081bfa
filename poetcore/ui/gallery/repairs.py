"""The repairs of a dataset on a page: the pending changes, and the history with undo."""

from datetime import datetime
from hashlib import sha1
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.curation.before_after import before_and_after
from poetcore.curation.repair import Change, Pending, Repairs, Step
from poetcore.data.held_out import home_of
from poetcore.data.listing import is_listing
from poetcore.errors import PoetError
from poetcore.ui.gallery.pending import draw_pending_bar, forget_note, settle, summary_of
from poetcore.ui.route import address
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import counted, plain, short

__all__ = ["change_word", "draw_repairs"]

#: Steps that are shown at once; the older ones are folded away.
_RECENT = 5

#: Pictures of a step that are listed on the page; the journal has them all.
_DETAILS = 500


def draw_repairs(folder: Path) -> None:
    """Show the pending changes, to apply or discard them, and the steps that can be undone.

    Args:
        folder: the dataset, which may be a list of held-out pictures: it is repaired where they lie.
    """
    _draw_list(home_of(folder))
    draw_pending_bar(folder)


@st.fragment
def _draw_list(folder: Path) -> None:
    st.header("Repairs", anchor=False)
    repairs = Repairs(folder)
    if is_listing(home_of(folder)):
        st.caption(
            "A CSV file is read only: its pictures stay where they are. To repair them, copy them into"
            " folders first."
        )
        st.page_link("prepare.py", label="Prepare", icon=":material/content_copy:")
        return
    try:
        pending, steps = repairs.pending(), repairs.steps()
        if not pending and not steps:
            st.caption(
                "Nothing repaired yet. Select pictures in a gallery and say what to do with them: the changes"
                " are listed here first, and every step can be undone."
            )
            return
        _draw_pending(repairs, pending)
        if steps:
            _draw_history(repairs, steps)
            _draw_accuracies(repairs.folder, steps)
    except PoetError as error:
        explain(error)


def _draw_pending(repairs: Repairs, pending: list[Pending]) -> None:
    if not pending:
        st.caption("No pending changes.")
        return
    rows = [
        {
            "picture": address(one.change.sha, 120),
            "file": one.change.path.name,
            "from": _label(repairs, one.change.path),
            "to": change_word(one.change),
            "reason": one.change.reason,
        }
        for one in pending
    ]
    ids = [one.id for one in pending]
    # A selection is kept by the rows' numbers, so another list begins without one.
    listed = sha1(" ".join(ids).encode()).hexdigest()[:8]
    table = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        row_height=56,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"pending_{repairs.folder}_{listed}",
        column_config={"picture": st.column_config.ImageColumn(width="small")},
    )
    selected = [ids[row] for row in table.selection.rows if row < len(ids)]
    with st.container(horizontal=True, vertical_alignment="center"):
        discard = st.button(
            f"Discard {len(selected)} selected" if selected else "Discard all",
            icon=":material/playlist_remove:",
            key=f"discard_{repairs.folder}",
        )
        st.caption(
            "*Apply*, at the bottom of the window, carries them out. Nothing is deleted: files move inside"
            " this folder, and each step can be undone."
        )
    if discard:
        repairs.discard(selected or ids)
        forget_note(repairs.folder)
        st.rerun()


def _draw_history(repairs: Repairs, steps: list[Step]) -> None:
    for step in steps[:_RECENT]:
        _draw_step(repairs, step)
    if older := steps[_RECENT:]:
        with st.expander(f"{counted(len(older), 'older step')}"):
            for step in older[:200]:
                _draw_step(repairs, step)


def _draw_step(repairs: Repairs, step: Step) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            when = datetime.fromisoformat(step.time)
            st.markdown(f"**Step {step.id}** · {when:%d %b %Y, %H:%M} · {summary_of(step)}", width="content")
            undo = st.button(
                "Undo",
                icon=":material/undo:",
                key=f"undo_{repairs.folder}_{step.id}",
                disabled=not step.of("applied"),
                help="Bring its pictures back to where they were.",
            )
        with st.expander("Details"):
            st.dataframe(_details(repairs, step), hide_index=True, width="stretch")
            if len(step.outcomes) > _DETAILS:
                st.caption(f"The first {_DETAILS} of {len(step.outcomes)}.")
    if undo:
        undone = repairs.undo(step.id)
        settle(undone)
        stuck = undone.of("applied")
        words = (
            f"{len(stuck)} could not be undone: {plain(stuck[0].trouble)}" if stuck else "as it was before."
        )
        st.toast(f"Step {step.id}: {words}", icon=":material/undo:")
        st.rerun()


def _details(repairs: Repairs, step: Step) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "file": outcome.change.path.name,
                "from": _label(repairs, outcome.change.path),
                "to": change_word(outcome.change),
                "reason": outcome.change.reason,
                "state": outcome.state,
                "trouble": outcome.trouble,
            }
            for outcome in step.outcomes[:_DETAILS]
        ]
    )


def _draw_accuracies(folder: Path, steps: list[Step]) -> None:
    """Show the accuracies of the runs that were trained on the folder, before and after."""
    table = before_and_after(folder, workspace().all_runs(), steps)
    if table.empty:
        return
    table["demo folder"] = table["demo folder"].map(short, na_action="ignore")
    st.markdown("**Accuracy before and after**")
    share = st.column_config.NumberColumn
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        placeholder="–",
        column_config={
            "trained": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "test": share("test accuracy", format="percent"),
            "tested": share("test pictures"),
            "demo": share("demo accuracy", format="percent"),
            "evaluated": share("demo pictures"),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("train.py", label="Train again", icon=":material/model_training:")
        after = table.iloc[0]
        before = table[table["repairs"] != after["repairs"]]
        if not before.empty:
            st.page_link(
                "compare.py",
                label="Compare before and after",
                icon=":material/compare:",
                query_params={"a": before.iloc[0]["run"], "b": after["run"]},
            )
        st.caption(
            "Nothing is computed twice: a moved picture is known by its content. The test pictures were"
            " repaired too, so a higher test accuracy can come from better questions as well as from a better"
            " model; a demo folder that stayed the same tells the two apart."
        )


def _label(repairs: Repairs, path: Path) -> str:
    return path.relative_to(repairs.folder).parts[0]


def change_word(change: Change) -> str:
    """Return a change in a word or two."""
    return {"relabel": f"→ {change.label}", "quarantine": "set aside"}.get(change.action, "label is correct")
