"""The page's address: what is chosen stands in it, to be reloaded, sent to someone and gone back to."""

from collections.abc import Mapping

import streamlit as st

__all__ = ["write_address"]


def write_address(values: Mapping[str, str | None]) -> None:
    """Write values into the page's query; one entry of the browser's history, none where nothing changes.

    Args:
        values: by the names of parameters; None removes one. Other parameters stay.
    """
    before = st.query_params.to_dict()
    after = {name: value for name, value in (before | dict(values)).items() if value is not None}
    if after != before:
        st.query_params.from_dict(after)
