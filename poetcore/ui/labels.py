"""Choosing a label: buttons for a few, a list that can be searched for many."""

from collections.abc import Sequence

import streamlit as st

from poetcore.system.names import natural_key
from poetcore.ui.text import plain

__all__ = ["filter_label", "pick_label"]

#: More labels than this are a list, not buttons; so are labels with more letters altogether.
_BUTTONS, _LETTERS = 12, 160


def pick_label(labels: Sequence[str], key: str) -> str:
    """Draw the choice of one label and return it.

    Args:
        labels: at least one.
        key: of the widget.
    """
    ordered = sorted(labels, key=natural_key)
    if len(ordered) > _BUTTONS or sum(map(len, ordered)) > _LETTERS:
        chosen: str = st.selectbox("Label", ordered, key=key, width=320)
        return chosen
    return st.segmented_control(
        "Label", ordered, default=ordered[0], required=True, format_func=plain, key=key
    )


def filter_label(
    title: str, labels: Sequence[str], key: str, disabled: bool = False, placeholder: str = "any"
) -> str | None:
    """Draw the choice of a label or of all, and return it; None for all.

    Args:
        title: over the field.
        labels: to choose from.
        key: of the widget.
        disabled: whether nothing can be chosen now.
        placeholder: what stands in the field where none is chosen.
    """
    return st.selectbox(
        title,
        sorted(labels, key=natural_key),
        index=None,
        key=key,
        placeholder=placeholder,
        disabled=disabled,
        width=240,
    )
