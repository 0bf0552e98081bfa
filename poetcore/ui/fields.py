"""Fields for a path: what is typed or pasted is understood; what is wrong with it stands under the field."""

from pathlib import Path

import streamlit as st

from poetcore.data.dataset import dataset_exists
from poetcore.errors import OptionError
from poetcore.system.paths import to_path
from poetcore.ui.text import plain

__all__ = ["dataset_path", "explain_missing", "typed_path", "why_missing"]


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
    st.warning(why_missing(label, text))


def why_missing(label: str, text: str) -> str:
    """Return why what was typed into a field, by its label, is no dataset, as Markdown."""
    try:
        path = typed_path(text)
    except OptionError as error:
        return plain(error)
    if path.is_file():
        more = " A zip file is brought in by *Bring pictures*." if path.suffix.lower() == ".zip" else ""
        return f"{plain(text)} is a file, and neither a folder of label folders nor a CSV file.{more}"
    return f"{label} not found: {plain(text)}."
