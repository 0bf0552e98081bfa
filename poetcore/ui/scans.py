"""Folders as they were scanned last: the disk is asked at most every 15 seconds whether anything has changed.

Only then is a folder scanned again: of 200,000 pictures that takes seconds, the question half of one. What is
returned is shared by all sessions, so nobody may change it.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from poetcore.data.contents import state_of
from poetcore.data.dataset import Dataset, scan
from poetcore.data.disk_state import disk_state
from poetcore.data.layout import LevelError
from poetcore.errors import DatasetError
from poetcore.ui.computed import last_write
from poetcore.ui.state import workspace
from poetcore.ui.text import plain

__all__ = ["Now", "forget_scans", "now_of", "on_disk", "scanned"]


@dataclass(frozen=True)
class Now:
    """A folder as it was scanned last: its pictures, and a hash of their contents and labels."""

    dataset: Dataset | None
    state: str


def scanned(folder: Path) -> Dataset:
    """Scan a folder of label folders; files that did not change are not read again.

    Raises:
        DatasetError: the folder is none, or has no label folders.
    """
    return _scanned(str(folder), on_disk(folder))


def now_of(folder: Path | str) -> Now:
    """Return the pictures of a folder as they are now, whatever level it is; none where it cannot be used."""
    return _now(str(folder), on_disk(folder))


def on_disk(folder: Path | str) -> object:
    """Return what is another as soon as something in the folder is; see `disk_state`."""
    return _on_disk(str(folder))


def forget_scans() -> None:
    """Forget how folders were found, after something of the dashboard's own changed or scanned them."""
    for cache in (_on_disk, _scanned, _now):
        cache.clear()


@st.cache_resource(ttl="15s", max_entries=32, show_spinner=False)
def _on_disk(folder: str) -> object:
    """Look at the files, and at whether the index learnt something else of their contents."""
    learnt = last_write(workspace().bottlenecks / "fingerprints.sqlite")
    return (disk_state(Path(folder)) or time.monotonic_ns(), learnt)


@st.cache_resource(max_entries=8, show_spinner=False)
def _scanned(folder: str, disk: object) -> Dataset:
    return _scan(folder)


@st.cache_resource(max_entries=16, show_spinner=False)
def _now(folder: str, disk: object) -> Now:
    try:
        dataset = _scanned(folder, disk)
    except LevelError:
        try:
            dataset = _scan(folder, None)
        except DatasetError:
            return Now(None, "")
    except DatasetError:
        return Now(None, "")
    return Now(dataset, state_of(dataset.pictures))


def _scan(folder: str, known_labels: tuple[str, ...] | None = ()) -> Dataset:
    with workspace().file_index() as index, st.spinner(f"Scanning {plain(folder)} ...", show_time=True):
        return scan(Path(folder), index, known_labels=known_labels)
