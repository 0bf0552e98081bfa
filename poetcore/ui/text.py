"""What people typed or named, shown exactly as it is.

Streamlit reads the texts of nearly all its elements as Markdown: `![x](http://...)` in a label would make the
browser fetch that address, `20$` starts a formula. So every label, run, folder, file name and error message
passes through `plain` on its way into an f-string for an element. HTML is rendered by Jinja2 with autoescape
(see pictures.py), and what is shown literally anyway stays as it is: cells of a table, options and values of
a select box, the value of a metric, charts.
"""

import re
from collections.abc import Sequence
from pathlib import Path

__all__ = ["apart", "brief", "few", "in_sentence", "isolated", "plain", "short", "short_names"]

#: What Markdown and Streamlit's additions (formulas, emoji, colours) give a meaning anywhere in a line.
_INLINE = re.compile(r"([\\`*_{}\[\]<>#|~$:&])")

#: What makes a whole line a list, a rule or a heading: "1.", "1)", "-", "+", "=".
_AT_START = re.compile(r"^(\d*)([-+=.)])")

#: Places in what Streamlit replaces once Markdown has been read and backslashes are gone: arrows and dashes
#: between spaces, its icons, and addresses, which become links.
_REPLACED_LATE = re.compile(
    r"(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?!\S))|(?<=:)(?=streamlit:|material/)"
    r"|(?<=http)(?=s?://)|(?<=www)(?=\.)|(?<=@)(?=\w)",
    re.IGNORECASE,
)

#: Invisible, of no width, and breaks no line.
_WORD_JOINER = "\u2060"


#: Letters that are written from right to left, and characters that switch the direction. Without an isolate
#: around them they would turn around what follows in the sentence.
_BIDI = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")


def isolated(text: str) -> str:
    """Return a text that leaves the direction of what stands around it alone (Unicode TR 9, FSI and PDI)."""
    return f"\u2068{text}\u2069" if _BIDI.search(text) else text


def plain(text: object) -> str:
    r"""Return a text as Markdown that shows its characters and nothing else.

    Args:
        text: a label, a name, a path, an error; line breaks and repeated spaces become one space, as they do
            in HTML.

    >>> plain("*20$*")
    '\\*20\\$\\*'
    """
    words = _REPLACED_LATE.sub(_WORD_JOINER, " ".join(str(text).split()))
    return isolated(_AT_START.sub(r"\1\\\2", _INLINE.sub(r"\\\1", words)))


def few(names: Sequence[str], most: int = 12) -> str:
    """Return names as a list in a sentence, the first ones only where there are many. Not escaped.

    >>> few(["ant", "bee", "cat"], 2)
    'ant, bee and 1 more'
    """
    listed = ", ".join(in_sentence(name) for name in names[:most])
    return f"{listed} and {len(names) - most:,} more" if len(names) > most else listed


def brief(name: str, most: int = 48) -> str:
    """Return a name that is not longer than a line, without its middle where it was. Not escaped."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 4 :]}"


def in_sentence(name: str) -> str:
    """Return a name that fits into a sentence: not too long, its direction kept to itself. Not escaped."""
    return isolated(brief(name))


def short(path: Path | str, parts: int = 2) -> str:
    """Return the last parts of a folder's path: `sample/train`. Not escaped."""
    return str(Path(*Path(path).parts[-parts:]))


def apart(one: Path | str, other: Path | str) -> tuple[str, str]:
    """Return a name for each of two folders, long enough to tell them apart. Not escaped."""
    names = short_names([str(one), str(other)])
    return names[str(one)], names[str(other)]


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Return a name for each path: its last two parts, or as many more as tell it from the others.

    Streamlit keeps what is chosen by its name, so two folders must not share one. Not escaped.
    """
    names = {}
    for path in paths:
        parts = 2
        while (
            parts < len(Path(path).parts) and [short(p, parts) for p in paths].count(short(path, parts)) > 1
        ):
            parts += 1
        names[path] = short(path, parts)
    return names
