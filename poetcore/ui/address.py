"""The page's address: what is chosen stands in it, to be reloaded, sent to someone and gone back to."""

from collections.abc import Mapping

import streamlit as st

from poetcore.ui.components.assets import asset

__all__ = ["draw_history", "write_address"]

_history = st.components.v2.component("poet_history", js=asset("address.js"))


def draw_history() -> None:
    """Draw what makes a page one entry of the browser's history; nothing of it is seen."""
    _history(key="history", height=0)


def write_address(values: Mapping[str, str | None]) -> None:
    """Write values into the page's query where they are not there yet.

    Args:
        values: by the names of parameters; None removes one. Other parameters stay.
    """
    changed = {name: value for name, value in values.items() if value and st.query_params.get(name) != value}
    if changed:
        st.query_params.update(changed)
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
