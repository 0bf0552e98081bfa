"""What was computed last, for all sessions: what takes seconds is done once for the same pictures."""

import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

__all__ = ["Same", "computed", "last_write", "times_of"]

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
    return tuple(_state(file)[1] if file else 0 for file in files)


def last_write(database: Path) -> tuple[int, ...]:
    """Return what is another once a SQLite file was written, for a stamp.

    As long as some process has it open, what is new may stand in the write-ahead log beside it alone.
    """
    log = _state(Path(f"{database}-wal"))
    return (*times_of(database), *(log if log[0] else (0, 0)))  # an empty one comes with whoever reads


class Same:
    """A stamp of an object, such as a dataset: equal to those of this very object, which it does not keep.

    What is on the disk now is no stamp of a dataset that was scanned a moment ago.
    """

    def __init__(self, of: object) -> None:
        self._of = weakref.ref(of)

    def __eq__(self, other: object) -> bool:
        one = self._of()
        return one is not None and isinstance(other, Same) and other._of() is one

    __hash__ = None  # type: ignore[assignment]


def _state(file: Path) -> tuple[int, int]:
    """Return the size of a file and when it was changed."""
    try:
        stat = file.stat()
    except OSError:
        return 0, 0
    return stat.st_size, stat.st_mtime_ns


@st.cache_resource(show_spinner=False)
def _kept() -> dict[str, list[tuple[Any, Any]]]:
    return {}
