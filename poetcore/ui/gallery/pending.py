"""The pending changes of a dataset: the bar that applies them, always in view, and why there are so few."""

from collections import Counter
from pathlib import Path

import streamlit as st

from poetcore.curation.repair import Pending, Repairs, Step
from poetcore.data.held_out import home_of
from poetcore.data.listing import is_listing
from poetcore.errors import PoetError
from poetcore.ui.gallery.pictures import shas
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import explain, progress_bar, workspace
from poetcore.ui.text import counted

__all__ = ["draw_pending_bar", "forget_note", "settle", "summary_of", "tell_pending"]


def draw_pending_bar(folder: Path) -> None:
    """Draw the number of pending changes and the button that applies them, at the bottom of the window.

    It stays in view while people scroll through a gallery; without pending changes there is none.

    Args:
        folder: the dataset, which may be a list of held-out pictures.
    """
    home = home_of(folder)
    if is_listing(home):
        return
    repairs = Repairs(home)
    pending = repairs.pending()
    if not pending:
        return
    with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
        note = st.session_state.get(_note(home)) or f"{counted(len(pending), 'change')} pending."
        st.caption(f"{note} See *Repairs*, below the pictures.", width="stretch")
        apply = st.button(
            f"Apply {counted(len(pending), 'change')}",
            type="primary",
            icon=":material/check:",
            key=f"apply_{home}",
            help="Nothing is deleted: files move inside this folder, and each step can be undone.",
        )
        if apply:
            try:
                _apply(repairs, pending)
            except PoetError as error:
                explain(error)


def _apply(repairs: Repairs, pending: list[Pending]) -> None:
    """Apply the changes that were shown as pending, and draw the page anew."""
    with progress_bar() as show:
        step = repairs.apply([one.id for one in pending], show)
    settle(step)
    forget_note(repairs.folder)
    st.toast(f"Step {step.id}: {summary_of(step)}." if step else "Applied in another window already.")
    st.rerun()


def tell_pending(
    folder: Path,
    added: int,
    *,
    selected: int = 0,
    gone: int = 0,
    unsuggested: int = 0,
    unchanged: int = 0,
) -> None:
    """Show that changes were added to the pending ones, and why there are fewer than were selected.

    Args:
        folder: the folder of label folders.
        added: how many became pending.
        selected: of how many selected pictures.
        gone: how many were moved or changed since they were selected.
        unsuggested: how many have no suggested label to be used.
        unchanged: how many have the wanted label already.
    """
    words = f"{counted(added, 'change')} added to the pending ones."
    reasons = [
        f"{number:,} {why}"
        for number, why in (
            (unchanged, "had that label already"),
            (unsuggested, "had no suggested label and stay selected"),
            (gone, "were moved or changed meanwhile"),
        )
        if number
    ]
    if reasons:
        words = f"{words} {selected:,} were selected: {', '.join(reasons)}."
        st.session_state[_note(folder)] = words
    else:
        forget_note(folder)
    st.toast(words, icon=":material/edit_note:")


def forget_note(folder: Path) -> None:
    """Forget what was said of changes that are not pending any more."""
    st.session_state.pop(_note(folder), None)


def settle(step: Step | None) -> None:
    """Record where the files are now, and forget what was scanned."""
    if step:
        with workspace().file_index() as index:
            # The picture's address finds it by its content, and no scan finds those in quarantine.
            index.lookup([outcome.place for outcome in step.outcomes])
    forget_scans()
    shas.clear()


def summary_of(step: Step) -> str:
    """Summarise a step: "3 relabelled, 1 set aside, 1 refused"."""
    words = {"relabel": "relabelled", "quarantine": "set aside", "fine": "verified"}
    did = Counter(words[o.change.action] for o in step.outcomes if o.state != "refused")
    parts = [f"{n} {word}" for word, n in did.items()]
    if undone := len(step.of("undone")):
        parts.append(f"{undone} undone" if step.of("applied") else "undone")
    if refused := len(step.of("refused")):
        parts.append(f"{refused} refused")
    return ", ".join(parts)


def _note(folder: Path) -> str:
    return f"pending_note_{folder}"
