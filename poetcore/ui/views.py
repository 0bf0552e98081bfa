"""The sections of a page, one shown at a time: kept over a reload, in an address, and over other pages."""

from collections.abc import Sequence

import streamlit as st

from poetcore.ui.address import write_address

__all__ = ["pick_view", "view_to_restore"]

#: The parameter of the address. A page has one such control at the most.
_VIEW = "view"


def pick_view(views: Sequence[str], key: str, default: str | None = None) -> str:
    """Draw the choice among the sections of a page and return the one to show.

    Args:
        views: their names, as they are shown.
        key: of the widget, for each page its own. A button may set `st.session_state[key]` before a rerun.
        default: the one to begin with; None for the first.
    """
    usual = default or views[0]
    linked = st.query_params.get(_VIEW)
    if linked != st.session_state.get(f"{key}_linked") and (linked is None or linked in views):
        st.session_state[key] = linked or usual
    elif st.session_state.get(key) not in views:
        st.session_state[key] = usual
    # No default: the widget would complain where a button has set its state too.
    picked = st.segmented_control(
        "Section", views, required=True, key=key, label_visibility="collapsed", persist_state="session"
    )
    shown = None if picked == usual else str(picked)
    st.session_state[f"{key}_linked"] = st.session_state[f"view_at_{_page()}"] = shown
    write_address({_VIEW: shown})
    return str(picked)


def view_to_restore() -> dict[str, str | None]:
    """Return the section that a page without any query showed last, for its address; else nothing."""
    return {} if st.query_params else {_VIEW: st.session_state.get(f"view_at_{_page()}")}


def _page() -> str:
    """Return the name of the page that is shown; the shell keeps it."""
    return str(st.session_state.get("page", ""))
