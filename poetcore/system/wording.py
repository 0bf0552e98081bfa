"""Names and numbers as they stand in a sentence: short, in their own direction, with their noun."""

import re
from collections.abc import Sequence

__all__ = ["brief", "counted", "few", "in_sentence", "isolated"]

#: Letters that are written from right to left, and characters that switch the direction. Without an isolate
#: around them they would turn around what follows in the sentence.
_BIDI = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "file"), counted(2000, "file")
    ('1 file', '2,000 files')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def isolated(text: str) -> str:
    """Return a text that leaves the direction of what stands around it alone (Unicode TR 9, FSI and PDI)."""
    return f"\u2068{text}\u2069" if _BIDI.search(text) else text


def few(names: Sequence[str], most: int = 12) -> str:
    """Return names as a list in a sentence, the first ones only where there are many.

    >>> few(["ant", "bee", "cat"], 2)
    'ant, bee and 1 more'
    """
    listed = ", ".join(in_sentence(name) for name in names[:most])
    return f"{listed} and {len(names) - most:,} more" if len(names) > most else listed


def brief(name: str, most: int = 48) -> str:
    """Return a name that is not longer than a line, without its middle where it was."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 4 :]}"


def in_sentence(name: str) -> str:
    """Return a name that fits into a sentence: not too long, its direction kept to itself."""
    return isolated(brief(name))
