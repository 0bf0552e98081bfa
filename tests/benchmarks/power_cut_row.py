"""The row of the campaign of power cuts in the table of all campaigns."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tests.benchmarks.campaign import Campaign

__all__ = ["row_of_power_cuts"]

_LOST = ("lost", "not as it was", "no longer done", "not whole")


def row_of_power_cuts(
    told: Mapping[str, Sequence[str]], disks: int, left: Sequence[str], command: str, seconds: float
) -> Campaign:
    """Return what the power cuts of several works found.

    Args:
        told: name of a work -> what was wrong, a sentence each that begins with the work and the cut.
        disks: that were made.
        left: works that were not begun.
        command: what runs it again.
        seconds: how long it took.
    """
    faults = [fault for some in told.values() for fault in some]
    found = Counter(_kind(fault.split(": ", 1)[1]) for fault in faults)
    notes = [*faults[:20], *([f"not begun in the time that it had: {', '.join(left)}."] if left else [])]
    return Campaign(
        "power cuts",
        command,
        disks,
        disks,
        losses=found["loss"],
        silent=found["silent"],
        tracebacks=found["traceback"],
        seed=0,
        seconds=round(seconds),
        notes=tuple(notes),
    )


def _kind(words: str) -> str:
    if re.match(r"\w+(Error|Exception|Interrupt): ", words):
        return "traceback"
    return "loss" if any(one in words for one in _LOST) else "silent"
