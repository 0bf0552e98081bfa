"""Fields for a path: what is typed or pasted is understood; what is wrong with it stands under the field."""

from pathlib import Path

import streamlit as st

from poetcore.data.dataset import dataset_exists
from poetcore.errors import OptionError
from poetcore.system.paths import to_path
from poetcore.ui.text import plain

__all__ = ["dataset_path", "explain_missing", "typed_path"]


def dataset_path(text: str) -> Path | None:
    """Return the dataset that a text names: a folder or a CSV file; None where there is none.

    Raises:
        OptionError: it can be no path.
    """
    path = typed_path(text)
    return path if dataset_exists(path) else None


def typed_path(text: str) -> Path:
    """Return the path that was typed or pasted, from the file system's root on.

    Raises:
        OptionError: it can be no path.
    """
    return to_path(text).absolute()


def explain_missing(label: str, text: str) -> None:
    """Show under a field, by its label, why what was typed into it is no dataset."""
    try:
        path = typed_path(text)
    except OptionError as error:
        st.warning(plain(error))
        return
    if path.is_file():
        more = " A zip file is brought in on the page Overview." if path.suffix.lower() == ".zip" else ""
        st.warning(f"{plain(text)} is a file, and neither a folder of label folders nor a CSV file.{more}")
    else:
        st.warning(f"{label} not found: {plain(text)}")
