"""What was computed last, for all sessions: what takes seconds is done once for the same pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

__all__ = ["computed", "times_of"]

T = TypeVar("T")

#: Results of one kind that are kept: the chosen dataset's, and that of the one chosen before.
_KEPT = 2


def computed(kind: str, stamp: object, compute: Callable[[], T]) -> T:
    """Return the result that is kept for a stamp, else compute and keep it.

    Streamlit's own caches cannot hold what draws a progress bar meanwhile, or what is told by a stamp that
    has no hash. What is returned is shared, so nobody may change it.

    Args:
        kind: of the result.
        stamp: whatever it depends on; compared by `==`.
        compute: makes it.
    """
    kept = _kept().setdefault(kind, [])
    for known, value in list(kept):
        if known == stamp:
            found: T = value
            return found
    found = compute()
    kept[:] = [(stamp, found), *kept[: _KEPT - 1]]
    return found


def times_of(*files: Path | None) -> tuple[int, ...]:
    """Return when files or folders were changed last, for a stamp; 0 of what is not there."""
    return tuple(file.stat().st_mtime_ns if file and file.exists() else 0 for file in files)


@st.cache_resource(show_spinner=False)
def _kept() -> dict[str, list[tuple[Any, Any]]]:
    return {}
