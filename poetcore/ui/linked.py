"""Folders that a page's address names: one that is new here is not looked at before somebody agrees.

Any site may lead here with a folder in the address. To look at it would read a disk for somebody else; on
Windows such a path may even be another computer, to which the system would prove who its user is.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from poetcore.system.files import is_unicode
from poetcore.ui.state import workspace
from poetcore.workspace.browse import is_remembered

__all__ = ["drop_link", "is_new_link", "note_link"]


def note_link(name: str, text: str) -> None:
    """Remember that the address has named a dataset, demo folder or run, until somebody chooses one."""
    st.session_state[f"linked_{name}"] = text


def drop_link(name: str) -> None:
    """Forget what the address named: somebody has chosen."""
    st.session_state.pop(f"linked_{name}", None)


def is_new_link(name: str, text: str | None, known: Sequence[str]) -> bool:
    """Return whether only the address names a folder, and nothing of it was ever used here.

    The disk is not asked, only what is remembered of it.

    Args:
        name: "dataset" or "demo".
        text: what is to be chosen.
        known: the folders of this workspace and of its runs.
    """
    if text is None or text in known or text != st.session_state.get(f"linked_{name}"):
        return False
    path = Path(os.path.normpath(text))
    if "\0" in text or not path.is_absolute() or not is_unicode(path):
        return True
    if path.is_relative_to(workspace().root.absolute()) or is_remembered(workspace(), path):
        return False
    with workspace().file_index() as index:
        return not index.knows(path)
